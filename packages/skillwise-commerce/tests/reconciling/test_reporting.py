"""What differs between our books and the provider's is seen, and left for a person to decide."""

from collections.abc import Callable
from uuid import UUID

import pytest
from reconciliation import an_hour_ago, counted, run, run_ending_with
from skillwise_commerce.models import Discrepancy, LedgerTransaction, Order, Payment, Refund
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from stand_in import StandIn

pytestmark = pytest.mark.django_db


def test_a_payment_for_no_order_of_ours_is_reported_until_somebody_settles_it(
    stripe: StandIn, db: None
) -> None:
    intent = stripe.pay_without_us(999)
    stripe.client.v1.payment_intents.create({"amount": 5000, "currency": "usd"})  # never paid: nobody's loss

    printed = run_ending_with(1, since=an_hour_ago())

    assert intent in printed
    found = Discrepancy.objects.get()
    assert (found.kind, found.provider_payment_id, found.received.amount) == ("unknown_payment", intent, 999)
    assert counted() == (2, 0, 1)
    run_ending_with(1, since=an_hour_ago())
    Discrepancy.objects.update(settled_at=now())
    assert intent not in run(since=an_hour_ago())
    assert Discrepancy.objects.count() == 1


def test_a_payment_that_the_provider_does_not_know_is_reported(
    buyer_id: UUID, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())

    run_ending_with(1, since=an_hour_ago())

    found = Discrepancy.objects.get()
    assert (found.kind, found.order_id) == ("missing_payment", order_id)
    assert Order.objects.get().status == "paid", "what we believe is for a person to decide"


def test_a_payment_that_is_booked_with_another_amount_is_reported(
    buyer_id: UUID, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
    booked = Payment.objects.get()
    intent = stripe.pay_without_us(booked.amount_amount - 1, order_id=str(order_id))
    rename(booked, intent)

    run_ending_with(1, since=an_hour_ago())

    found = Discrepancy.objects.get()
    assert (found.kind, found.order_id, found.received.amount) == (
        "payment_mismatch",
        order_id,
        booked.amount_amount - 1,
    )


def test_a_payment_of_another_amount_than_asked_holds_its_order_and_is_reported(
    buyer_id: UUID, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
    stripe.pay_without_us(60, order_id=str(order_id))

    run_ending_with(1, since=an_hour_ago())

    assert Order.objects.get().status == "held"
    assert Discrepancy.objects.get().kind == "amount_mismatch"
    assert not LedgerTransaction.objects.exists()


def test_refunds_that_fit_nothing_are_reported(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    order_id, intent = purchase()
    stripe.pay(intent)
    run(since=an_hour_ago())
    stranger = stripe.pay_without_us(999)
    unknown = stripe.client.v1.refunds.create({"payment_intent": stranger})
    open_refund_by_admin(admin_id=new_id(), order_id=order_id, amounts=None, reason="asked", now=now())
    Refund.objects.update(provider_refund_id="re_nobody_knows")

    run_ending_with(1, since=an_hour_ago())

    found = dict(Discrepancy.objects.values_list("kind", "provider_payment_id"))
    assert found == {
        "unknown_payment": stranger,
        "unknown_refund": unknown.id,
        "missing_refund": "re_nobody_knows",
    }


def rename(booked: Payment, intent: str) -> None:
    """Payments are written once: this one is as if it had been written of another payment."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE skillwise_commerce_payment SET provider_payment_id = %s WHERE id = %s",
            [intent, booked.id],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
