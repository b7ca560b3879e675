"""What our books have missed and the provider has is made good."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db.models import Sum
from reconciliation import an_hour_ago, counted, run
from skillwise_commerce.models import Entitlement, Invoice, LedgerEntry, Order, Payment, Refund
from skillwise_commerce.services.reconciliation import Finding, reconcile
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.testing import make_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from stand_in import StandIn

pytestmark = pytest.mark.django_db


def test_a_payment_of_which_we_never_heard_is_settled_as_its_webhook_would_have(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    order_id, intent = purchase()
    stripe.pay(intent)

    printed = run(since=an_hour_ago())

    assert Order.objects.get(id=order_id).status == "paid"
    assert all(model.objects.count() == 1 for model in (Payment, Invoice, Entitlement))
    assert counted() == (1, 1, 0)
    assert "payments" in printed
    run(since=an_hour_ago())
    assert counted() == (1, 0, 0)


def test_a_failure_and_a_cancellation_of_which_we_never_heard_are_made_good(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    failed, failing = purchase()
    stripe.pay(failing, "pm_card_visa_chargeDeclinedInsufficientFunds")
    canceled, canceling = purchase()
    stripe.client.v1.payment_intents.cancel(canceling)
    waiting, _ = purchase()

    run(since=an_hour_ago())

    assert counted() == (3, 2, 0)
    statuses = dict(Order.objects.values_list("id", "status"))
    assert statuses == {failed: "failed", canceled: "canceled", waiting: "pending"}


def test_a_payment_that_was_begun_long_before_is_found_by_its_order(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    order_id, intent = purchase()
    stripe.pay(intent)
    Order.objects.update(updated_at=now() - timedelta(minutes=20))

    run(since=now() + timedelta(minutes=1))

    assert Order.objects.get(id=order_id).status == "paid"
    assert counted() == (1, 1, 0)


def test_a_payment_whose_answer_was_never_stored_finds_its_order(
    buyer_id: UUID, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    """A crash after Stripe answered and before we committed."""
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
    order = Order.objects.get(id=order_id)
    intent = stripe.pay_without_us(order.total_amount, order_id=str(order_id))

    run(since=an_hour_ago())

    order.refresh_from_db()
    assert (order.status, order.provider_payment_id) == ("paid", intent)


def test_a_refund_that_was_made_in_the_dashboard_is_recorded(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    order_id, intent = purchase()
    stripe.pay(intent)
    stripe.client.v1.refunds.create({"payment_intent": intent})

    run(since=an_hour_ago())

    assert Order.objects.get(id=order_id).status == "refunded", "the payment was unknown to us as well"
    assert Entitlement.objects.get().ended_at is not None
    assert counted("refunds") == (1, 1, 0)
    run(since=an_hour_ago())
    assert counted("refunds") == (1, 0, 0)


def test_a_refund_of_ours_whose_end_we_missed_is_booked(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    """It was asked for long ago, and is asked about because it is still pending here."""
    order_id, intent = purchase()
    stripe.pay(intent)
    run(since=an_hour_ago())
    refund = open_refund_by_admin(
        admin_id=new_id(), order_id=order_id, amounts=None, reason="asked", now=now()
    )
    made = stripe.client.v1.refunds.create(
        {"payment_intent": intent, "metadata": {"refund_id": str(refund.id)}}
    )
    Refund.objects.update(provider_refund_id=made.id)

    run(since=now() + timedelta(minutes=1))

    assert Refund.objects.get().status == "succeeded"
    assert Order.objects.get(id=order_id).status == "refunded"


def test_with_every_webhook_dropped_for_a_day_all_is_right_after_one_run(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    """Sales, failures, cancellations, refunds and disputes, of none of which anything was heard."""
    orders = dict(purchase() for _ in range(8))
    paid, failed, canceled, refunded, partly, disputed, lost, waiting = orders
    intents = stripe.client.v1.payment_intents
    for order_id in (paid, refunded, partly, disputed, lost):
        stripe.pay(orders[order_id])
    stripe.pay(orders[failed], "pm_card_visa_chargeDeclinedInsufficientFunds")
    intents.cancel(orders[canceled])
    stripe.client.v1.refunds.create({"payment_intent": orders[refunded]})
    stripe.client.v1.refunds.create({"payment_intent": orders[partly], "amount": 100})
    stripe.dispute(orders[disputed])
    stripe.resolve(stripe.dispute(orders[lost]), "lost")

    first = reconcile(provider="stripe", since=now() - timedelta(days=1), now=now())
    second = reconcile(provider="stripe", since=now() - timedelta(days=1), now=now())

    assert (first.is_complete, first.total(Finding.REPORTED), first.total(Finding.FAILED)) == (True, 0, 0)
    assert {kind: row["repaired"] for kind, row in first.counts.items()} == {
        "payments": 7,
        "refunds": 2,
        "disputes": 2,
    }
    assert second.total(Finding.RIGHT) == sum(row["seen"] for row in second.counts.values()) == 12
    assert dict(Order.objects.values_list("id", "status")) == {
        paid: "paid",
        failed: "failed",
        canceled: "canceled",
        refunded: "refunded",
        partly: "partially_refunded",
        disputed: "disputed",
        lost: "charged_back",
        waiting: "pending",
    }
    assert_as_the_provider_has_it(orders, stripe, still_entitled={paid, partly})


def assert_as_the_provider_has_it(
    orders: dict[UUID, str], stripe: StandIn, *, still_entitled: set[UUID]
) -> None:
    """Books, invoices, entitlements."""
    assert LedgerEntry.objects.aggregate(total=Sum("amount_amount"))["total"] == 0
    left = stripe.client.v1.balance_transactions.list({"limit": 100})
    held = LedgerEntry.objects.filter(account="stripe_clearing").exclude(transaction__kind__endswith="fee")
    assert held.aggregate(total=Sum("amount_amount"))["total"] == sum(item.amount for item in left.data)
    entitled = Entitlement.objects.filter(ended_at=None, suspended_at=None)
    assert set(entitled.values_list("line__order_id", flat=True)) == still_entitled
    numbered = Invoice.objects.filter(kind=Invoice.Kind.INVOICE).order_by("sequence")
    assert list(numbered.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert Invoice.objects.filter(kind=Invoice.Kind.CREDIT_NOTE).count() == 2
