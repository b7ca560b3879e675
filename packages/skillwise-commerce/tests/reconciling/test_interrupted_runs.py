"""A reconciliation that is interrupted keeps what it did, says so, and is made up for by the next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from reconciliation import an_hour_ago, run, run_ending_with
from skillwise_commerce.models import Order, Payment, ReconciliationRun
from skillwise_commerce.services.reconciliation import Finding, reconcile, since_last_run
from skillwise_kernel.clock import now
from stand_in import StandIn

pytestmark = pytest.mark.django_db


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
