"""Events as Stripe once sent them, signed anew: every kind goes through, shuffled and doubled."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from skillwise_commerce.models import Discrepancy, LedgerEntry, Order, Payment, ProviderEvent
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

FOLDER = Path(
    os.environ.get(
        "STRIPE_EVENTS", Path(__file__).parents[3].parent / "shared" / "data" / "stripe" / "events"
    )
)
RECORDED = sorted(FOLDER.glob("*.json"))


def recorded() -> list[dict[str, Any]]:
    """The recordings bear one id between them, and would pass for repetitions of one event: each has its own
    here.
    """
    events: list[dict[str, Any]] = [json.loads(path.read_text()) for path in RECORDED]
    return [event | {"id": f"evt_recorded_{number}"} for number, event in enumerate(events)]


def shuffled_and_doubled(events: list[dict[str, Any]]) -> list[str]:
    bodies = [json.dumps(event, indent=2) for event in events] * 2
    random.shuffle(bodies)
    return bodies


@pytest.mark.skipif(not RECORDED, reason=f"no recorded events of Stripe in {FOLDER}")
@pytest.mark.django_db
def test_recorded_events_of_every_kind_are_taken_and_book_nothing(
    stripe: StandIn,
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
) -> None:
    for body in shuffled_and_doubled(recorded()):
        response = post_event(body)
        assert response.status_code == 200, (response.content, body[:200])
    deliver_events()

    assert ProviderEvent.objects.count() == len(RECORDED)
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) <= {
        "ignored",
        "repeated",
        "unknown_payment",
    }
    assert not any(model.objects.exists() for model in (Order, Payment, LedgerEntry))


@pytest.mark.skipif(not RECORDED, reason=f"no recorded events of Stripe in {FOLDER}")
@pytest.mark.django_db
@pytest.mark.parametrize("is_paid", [False, True], ids=["unpaid", "paid"])
def test_recorded_events_about_an_order_of_ours_book_what_stripe_says_and_not_what_they_say(
    is_paid: bool,
    buyer: ApiClient,
    buy: Callable[..., HttpResponse],
    make_course: Callable[..., UUID],
    stripe: StandIn,
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
) -> None:
    """Each event has its object changed for our order's payment: successes, failures and cancellations of
    other amounts and in other currencies that never were.
    """
    ordered = buyer.json(buy(buyer, make_course()))
    intent = ordered["payment"]["payment_intent"]
    if is_paid:
        stripe.pay(intent)

    for body in shuffled_and_doubled([about(intent, event) for event in recorded()]):
        response = post_event(body)
        assert response.status_code == 200, (response.content, body[:200])
    deliver_events()

    order = Order.objects.get()
    assert order.status == ("paid" if is_paid else "pending")
    assert not Discrepancy.objects.exists()
    assert Payment.objects.count() == is_paid
    clearing = LedgerEntry.objects.filter(account="stripe_clearing", transaction__kind="sale")
    assert [entry.amount for entry in clearing] == ([order.total] if is_paid else [])


def about(intent: str, event: dict[str, Any]) -> dict[str, Any]:
    subject = event["data"]["object"]
    if subject["object"] == "payment_intent":
        subject |= {"id": intent}
    elif "payment_intent" in subject:
        subject |= {"payment_intent": intent}
    return event
