"""Who has paid has the course, though money went back and came again, or goes back while more is paid."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from skillwise_commerce import api as commerce
from skillwise_commerce.domain.payments import (
    DisputeStatus,
    PaymentStatus,
    ProviderDispute,
    ProviderRefund,
    RefundStatus,
)
from skillwise_commerce.models import Gift, OrderLine, Payment
from skillwise_commerce.services.claims import claim_gift
from skillwise_commerce.services.disputes import record_provider_dispute
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import (
    end_entitlements_of,
    make_order,
    make_paid_gift,
    make_paid_order,
    paid_in_full,
)
from skillwise_identity.testing import make_user
from skillwise_kernel.testing.racing import wait_until_blocked

MakeCourse = Callable[..., UUID]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def course(make_course: MakeCourse) -> UUID:
    return make_course()


@pytest.fixture
def gift(buyer_id: UUID, course: UUID) -> Gift:
    """Paid for by the buyer, and waiting to be claimed."""
    make_paid_gift(buyer_id=buyer_id, course_ids=[course], email="gran@example.org", now=NOW)
    return Gift.objects.select_related("line").get()


def refunded(gift: Gift, status: RefundStatus) -> None:
    """The provider says of a refund of all that was paid for the gift that it is `status`."""
    payment = Payment.objects.get(order_id=gift.line.order_id)
    refund = ProviderRefund(
        provider=payment.provider,
        id="re_of_a_test",
        payment_id=payment.provider_payment_id,
        status=status,
        amount=payment.amount,
        refund_id=None,
        created_at=NOW,
    )
    record_provider_refund(refund, now=NOW)


def disputed(gift: Gift, status: DisputeStatus, *, taken: bool) -> None:
    """The bank says of a dispute about all that was paid for the gift that it is `status`."""
    payment = Payment.objects.get(order_id=gift.line.order_id)
    dispute = ProviderDispute(
        provider=payment.provider,
        id="du_of_a_test",
        payment_id=payment.provider_payment_id,
        status=status,
        amount=payment.amount,
        reason="fraudulent",
        is_withdrawn=taken,
        created_at=NOW,
    )
    record_provider_dispute(dispute, now=NOW)


@pytest.mark.django_db
def test_a_gift_whose_refund_fails_later_can_be_claimed_again(gift: Gift, course: UUID) -> None:
    claimer_id = make_user().id
    refunded(gift, RefundStatus.SUCCEEDED)

    refunded(gift, RefundStatus.FAILED)

    claim_gift(user_id=claimer_id, code=gift.code, now=NOW)
    assert commerce.get_entitled_course_ids(user_id=claimer_id, course_ids=[course]) == {course}


@pytest.mark.django_db
def test_a_gift_can_be_claimed_again_when_a_lost_dispute_is_won_after_all(gift: Gift, course: UUID) -> None:
    claimer_id = make_user().id
    disputed(gift, DisputeStatus.LOST, taken=True)

    disputed(gift, DisputeStatus.WON, taken=False)

    claim_gift(user_id=claimer_id, code=gift.code, now=NOW)
    assert commerce.get_entitled_course_ids(user_id=claimer_id, course_ids=[course]) == {course}


@pytest.mark.django_db(transaction=True)
def test_who_pays_while_their_other_order_for_the_course_is_refunded_has_the_course(
    make_course: MakeCourse,
) -> None:
    """The first order was canceled, and its payment arrives all the same, just as the second's goes back."""
    course, person = make_course(), make_user().id
    first = make_order(buyer_id=person, course_ids=[course], now=NOW)
    late = paid_in_full(first)
    settle(replace(late, status=PaymentStatus.CANCELED, received=0), now=NOW)
    second = make_paid_order(buyer_id=person, course_ids=[course], now=NOW)

    def pay() -> None:
        try:
            settle(late, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            end_entitlements_of(second, now=NOW)  # the end is written, and not committed
            paying = pool.submit(pay)
            wait_until_blocked(unless=paying.done)
        paying.result(timeout=30)

    assert commerce.get_entitled_course_ids(user_id=person, course_ids=[course]) == {course}
    assert OrderLine.objects.get(order_id=first).entitlements.count() == 1
