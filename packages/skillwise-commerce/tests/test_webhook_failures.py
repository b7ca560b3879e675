"""Webhooks that cannot be processed: nothing half done, the error kept with them, and a way to try again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from skillwise_commerce.models import Entitlement, LedgerTransaction, Order, Payment, ProviderEvent
from skillwise_commerce.services import fulfilment
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.models import Delivery
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db

EVENTS = "admin:skillwise_commerce_providerevent_changelist"


@pytest.fixture
def order_id(
    buyer: ApiClient,
    buy: Callable[..., HttpResponse],
    make_course: Callable[..., Any],
    stripe: StandIn,
    post_event: Callable[..., HttpResponse],
) -> str:
    """An order that is paid at Stripe, whose webhook is stored."""
    ordered = buyer.json(buy(buyer, make_course()))
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent)
    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    answer: str = ordered["order"]["id"]
    return answer


@pytest.fixture
def office(db: None) -> Client:
    client = Client()
    client.force_login(make_user(roles=["admin"]))
    return client


def break_invoices(patch: pytest.MonkeyPatch) -> None:
    """The last thing that being paid means goes wrong."""

    def fail(order: object, **_: object) -> None:
        raise RuntimeError("the printer\x00 is on fire \ud800")

    patch.setattr(fulfilment, "issue_invoice", fail)


def deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.filter(subscriber="commerce.process_provider_events")


def let_time_pass() -> None:
    deliveries().update(next_attempt_at=now())


def test_a_failing_handler_takes_back_its_writes_and_keeps_its_error(
    order_id: str, deliver_events: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_invoices(monkeypatch)

    deliver_events(raising=False)

    assert Order.objects.get().status == "pending"
    assert not any(model.objects.exists() for model in (Payment, Entitlement, LedgerTransaction))
    event = ProviderEvent.objects.get()
    assert (event.attempts, event.outcome, event.processed_at) == (1, "", None)
    assert event.error == r"RuntimeError: the printer\x00 is on fire \ud800"
    delivery = deliveries().get()
    assert delivery.status == "pending"
    assert delivery.next_attempt_at > now()


def test_a_failed_event_is_tried_again_by_itself(
    order_id: str, deliver_events: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        break_invoices(patch)
        deliver_events(raising=False)
        let_time_pass()
        deliver_events(raising=False)
    assert ProviderEvent.objects.get().attempts == 2

    let_time_pass()
    deliver_events()

    assert Order.objects.get().status == "paid"
    event = ProviderEvent.objects.get()
    assert (event.outcome, event.error) == ("applied", "")


def test_an_event_that_was_given_up_is_replayed_from_the_back_office(
    order_id: str,
    office: Client,
    deliver_events: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    settings.SKILLWISE_OUTBOX = {"MAX_ATTEMPTS": 1}
    with monkeypatch.context() as patch:
        break_invoices(patch)
        deliver_events(raising=False)
    let_time_pass()
    assert deliver_events() == 0
    event = ProviderEvent.objects.get()
    page = office.get(reverse(EVENTS), {"error__isempty": "0"})
    assert "the printer" in page.content.decode()

    office.post(reverse(EVENTS), {"action": "replay", "_selected_action": [str(event.id)]})
    deliver_events()

    assert Order.objects.get().status == "paid"
    event.refresh_from_db()
    assert (event.outcome, event.error) == ("applied", "")


def test_replaying_what_was_processed_books_nothing_twice(
    order_id: str, office: Client, deliver_events: Callable[..., int]
) -> None:
    deliver_events()
    event = ProviderEvent.objects.get()

    for _ in range(2):
        office.post(reverse(EVENTS), {"action": "replay", "_selected_action": [str(event.id)]})
    deliver_events()

    assert Payment.objects.count() == 1
    assert LedgerTransaction.objects.filter(kind="sale").count() == 1
    event.refresh_from_db()
    assert event.outcome == "repeated"


def test_only_who_may_change_events_replays_them(order_id: str, deliver_events: Callable[..., int]) -> None:
    guest = Client()
    event = ProviderEvent.objects.get()

    guest.post(reverse(EVENTS), {"action": "replay", "_selected_action": [str(event.id)]})

    assert deliveries().count() == 1


@pytest.mark.parametrize("version", ["2015-10-16", "2026-08-26.dahlia", "2099-01-01.zinnia", None])
def test_an_event_of_another_api_version_is_taken_for_what_it_names(
    order_id: str,
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
    version: str | None,
) -> None:
    """Fields come and go between versions: of an event, only what it is about is read."""
    intent = Order.objects.get().provider_payment_id
    ProviderEvent.objects.all().delete()
    deliveries().delete()

    post_event(
        {
            "id": "evt_of_another_age",
            "api_version": version,
            "type": "payment_intent.succeeded",
            "data": {"object": {"id": intent, "object": "payment_intent", "amount": "many", "charges": 7}},
            "added_since": [{}],
        }
    )
    deliver_events()

    assert Order.objects.get().status == "paid"


@pytest.mark.parametrize(
    "event",
    [
        {
            "type": "customer.deleted",
            "data": {"object": {"id": "cus_1", "object": "customer", "deleted": True}},
        },
        {"type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1", "deleted": True}}},
        {"type": "payment_intent.succeeded", "data": {"object": None}},
        {"type": "payment_intent.succeeded", "data": None},
        {"type": "charge.refunded", "data": {"object": {"object": "charge", "payment_intent": None}}},
        {"type": "charge.succeeded", "data": {"object": {"object": "charge", "payment_intent": "pi_gone"}}},
        {
            "type": "payment_intent.canceled",
            "data": {"object": {"object": "payment_intent", "id": "pi_gone"}},
        },
    ],
    ids=lambda event: event["type"],
)
def test_an_event_about_what_is_deleted_or_not_there_does_no_harm(
    stripe: StandIn,
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
    event: dict[str, Any],
) -> None:
    assert post_event({"id": "evt_1"} | event).status_code == 200
    deliver_events()

    assert ProviderEvent.objects.get().outcome in ("ignored", "unknown_payment")
