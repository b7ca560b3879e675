"""With every provider a refund is made once, and never of more than was paid."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from benches import Bench
from skillwise_commerce.domain.payments import ProviderPayment, ProviderRefund, RefundStatus
from skillwise_commerce.errors import RefundRefusedError
from skillwise_commerce.gateways import PaymentGateway, PaymentRequest, RefundRequest
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

pytestmark = pytest.mark.django_db


def test_a_refund_asked_for_twice_is_one(
    gateway: PaymentGateway, bench: Bench, give_back: Callable[..., ProviderRefund], paid: ProviderPayment
) -> None:
    refund_id = new_id()

    first, second = give_back(1000, refund_id), give_back(1000, refund_id)
    rest = give_back(bench.total.amount - 1000)

    assert (first.id, first.refund_id, first.payment_id) == (second.id, refund_id, paid.id)
    assert (first.amount, rest.amount.amount) == (
        Money(1000, bench.total.currency),
        bench.total.amount - 1000,
    )
    assert {one.id for one in gateway.refunds_of(paid.id)} == {first.id, rest.id}
    assert gateway.fetch(paid.id) == paid, "what arrived has arrived, whatever went back"


def test_more_than_was_paid_is_never_given_back(
    bench: Bench, give_back: Callable[..., ProviderRefund]
) -> None:
    with pytest.raises(RefundRefusedError):
        give_back(bench.total.amount + 1)
    give_back(bench.total.amount - 1000)
    with pytest.raises(RefundRefusedError):
        give_back(1001)

    assert give_back(1000).amount.amount == 1000


def test_what_was_not_paid_is_not_given_back(
    gateway: PaymentGateway, payment: ProviderPayment, asked: PaymentRequest
) -> None:
    request = RefundRequest(
        refund_id=new_id(), attempt=0, payment_id=payment.id, amount=asked.total, reason=""
    )

    with pytest.raises(RefundRefusedError):
        gateway.refund(request)


def test_a_refund_is_told_as_it_is_now(
    gateway: PaymentGateway, give_back: Callable[..., ProviderRefund]
) -> None:
    refund = give_back(1000)

    told = gateway.fetch_refund(refund.id)

    assert told.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED)
    assert (told.id, told.amount, told.refund_id) == (refund.id, refund.amount, refund.refund_id)
    assert abs(told.created_at - now()) < timedelta(minutes=1)
