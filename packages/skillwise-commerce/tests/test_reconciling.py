"""Our books against the provider's: what was missed is made good, what differs is seen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.http import HttpResponse
from skillwise_commerce.models import (
    Discrepancy,
    Entitlement,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    Order,
    Payment,
    ReconciliationRun,
    Refund,
)
from skillwise_commerce.services.reconciliation import Finding, reconcile, since_last_run
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase(
    api: ApiClient, buy: Callable[..., HttpResponse], make_course: Callable[..., UUID], stripe: StandIn
) -> Callable[[], tuple[UUID, str]]:
    """`purchase()`: a new buyer's order of which no webhook will be heard, and its payment at Stripe."""

    def purchase() -> tuple[UUID, str]:
        buyer = api.as_actor(make_user().id)
        ordered = buyer.json(buy(buyer, make_course()))
        return UUID(ordered["order"]["id"]), ordered["payment"]["payment_intent"]

    return purchase


@pytest.fixture(autouse=True)
def _nothing_at_stripe(stripe: StandIn) -> None:
    stripe.forget()


def run(*, since: datetime | None = None) -> str:
    """What `manage reconcile` prints."""
    printed = StringIO()
    moment = ["--since", since.isoformat()] if since else []
    call_command("reconcile", "--provider", "stripe", *moment, stdout=printed)
    return printed.getvalue()


def run_ending_with(code: int, *, since: datetime) -> str:
    printed = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("reconcile", "--provider", "stripe", "--since", since.isoformat(), stdout=printed)
    assert ended.value.returncode == code
    return printed.getvalue()


def an_hour_ago() -> datetime:
    return now() - timedelta(hours=1)


def counted(kind: str = "payments") -> tuple[int, int, int]:
    """Of the last run: how many were seen, repaired and reported."""
    row = ReconciliationRun.objects.latest("started_at").counts[kind]
    return row["seen"], row["repaired"], row["reported"]


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
    intent = paid_intent(stripe, order.total_amount, order_id=str(order_id))

    run(since=an_hour_ago())

    order.refresh_from_db()
    assert (order.status, order.provider_payment_id) == ("paid", intent)


def test_a_payment_for_no_order_of_ours_is_reported_until_somebody_settles_it(
    stripe: StandIn, db: None
) -> None:
    intent = paid_intent(stripe, 999)
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
    intent = paid_intent(stripe, booked.amount_amount - 1, order_id=str(order_id))
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
    paid_intent(stripe, 60, order_id=str(order_id))

    run_ending_with(1, since=an_hour_ago())

    assert Order.objects.get().status == "held"
    assert Discrepancy.objects.get().kind == "amount_mismatch"
    assert not LedgerTransaction.objects.exists()


def test_a_provider_that_goes_down_in_the_middle_loses_nothing_and_is_said_so(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    for _ in range(4):
        _, intent = purchase()
        stripe.pay(intent)
    stripe.fail_calls(mode="before", method="GET", path=f"/v1/payment_intents/{intent}", times=None)

    # Stripe lists the newest first: the order of which it will not speak is among the first ones asked for
    printed = run_ending_with(2, since=an_hour_ago())

    assert "does not answer" in printed
    failed_run = ReconciliationRun.objects.get()
    assert "does not answer" in failed_run.error
    assert failed_run.finished_at is not None

    stripe.behave()
    at = now()
    assert since_last_run(provider="stripe", now=at) < at - timedelta(days=30), "no run was complete"
    run()
    assert set(Order.objects.values_list("status", flat=True)) == {"paid"}
    assert Payment.objects.count() == 4


def test_what_was_repaired_before_the_provider_went_down_stays(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    first, first_intent = purchase()
    stripe.pay(first_intent)
    _, second_intent = purchase()
    stripe.pay(second_intent)
    stripe.fail_calls(mode="before", method="GET", path=f"/v1/payment_intents/{first_intent}", times=None)

    outcome = reconcile(provider="stripe", since=now() - timedelta(hours=1), now=now())

    assert not outcome.is_complete
    assert outcome.total(Finding.REPAIRED) == 1
    assert Order.objects.exclude(id=first).get().status == "paid"


def test_one_payment_that_cannot_be_repaired_keeps_the_others_from_nothing(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skillwise_commerce.services import fulfilment

    orders = []
    for _ in range(3):
        order_id, intent = purchase()
        stripe.pay(intent)
        orders.append(order_id)
    issue = fulfilment.issue_invoice

    def issue_but_one(order: Order, **options: Any) -> Any:
        if order.id == orders[1]:
            raise RuntimeError("the printer is on fire")
        return issue(order, **options)

    monkeypatch.setattr(fulfilment, "issue_invoice", issue_but_one)

    printed = run_ending_with(2, since=an_hour_ago())

    assert "the printer is on fire" in printed
    statuses = [Order.objects.get(id=order_id).status for order_id in orders]
    assert statuses == ["paid", "pending", "paid"]


def test_the_next_run_begins_before_the_last_complete_one_did(stripe: StandIn, db: None) -> None:
    at = now()
    reconcile(provider="stripe", since=at, now=at)
    ReconciliationRun.objects.create(
        provider="stripe", since=at, started_at=at + timedelta(hours=3), finished_at=at, error="down"
    )

    assert since_last_run(provider="stripe", now=at) == at - timedelta(hours=1)


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


def test_refunds_that_fit_nothing_are_reported(
    purchase: Callable[[], tuple[UUID, str]], stripe: StandIn
) -> None:
    order_id, intent = purchase()
    stripe.pay(intent)
    run(since=an_hour_ago())
    stranger = paid_intent(stripe, 999)
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


def paid_intent(stripe: StandIn, amount: int, **metadata: str) -> str:
    """A payment that was made at Stripe without us."""
    intent = stripe.client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "metadata": metadata,
            "payment_method": "pm_card_visa",
            "payment_method_types": ["card"],
            "confirm": True,
        }
    )
    return intent.id


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
