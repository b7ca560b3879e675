"""What a worker makes of stored webhooks: repeats, disorder and old news do no harm."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from endpoints import ORDERS
from skillwise_commerce.domain.payments import ProviderRefund
from skillwise_commerce.errors import OrderNotFoundError
from skillwise_commerce.events import OrderPaid
from skillwise_commerce.gateways.stripe import StripeGateway
from skillwise_commerce.models import Invoice, Order, Payment, ProviderEvent
from skillwise_commerce.services.webhooks import process_provider_event
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

PostEvent = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]
Ordered = dict[str, Any]

EVENT = {
    "id": "evt_of_a_test",
    "object": "event",
    "type": "payment_intent.succeeded",
    "data": {"object": {"id": "pi_of_a_test", "object": "payment_intent"}},
}


@pytest.fixture
def ordered(
    buyer: ApiClient, buy: Callable[..., HttpResponse], make_course: MakeCourse, stripe: StandIn
) -> Ordered:
    """What `payments/create/` answered for one course."""
    body: Ordered = buyer.json(buy(buyer, make_course()))
    return body


def status_of(ordered: Ordered) -> str:
    return Order.objects.get(id=ordered["order"]["id"]).status


def test_a_payment_that_arrived_pays_the_order(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
) -> None:
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent)

    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    assert status_of(ordered) == "pending"
    deliver_events()

    assert status_of(ordered) == "paid"
    event = ProviderEvent.objects.get()
    assert event.outcome == "applied"
    assert event.processed_at is not None


def test_an_event_is_no_proof(
    ordered: Ordered, post_event: PostEvent, deliver_events: Callable[..., int]
) -> None:
    """A genuine event may be old news by the time that it is read: Stripe is asked what is true."""
    intent = ordered["payment"]["payment_intent"]

    post_event(
        EVENT | {"data": {"object": {"id": intent, "object": "payment_intent", "status": "succeeded"}}}
    )
    deliver_events()

    assert status_of(ordered) == "pending"
    assert ProviderEvent.objects.get().outcome == "repeated"


def test_three_d_secure_is_shown_and_then_paid(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
) -> None:
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent, "pm_card_authenticationRequired")
    post_event(stripe.last_event(intent, "payment_intent.requires_action"))
    deliver_events()
    assert status_of(ordered) == "requires_action"

    stripe.authenticate(intent)
    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    deliver_events()

    assert status_of(ordered) == "paid"


def test_success_after_a_failure_pays_the_order(
    ordered: Ordered,
    buyer: ApiClient,
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Callable[..., int],
) -> None:
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent, "pm_card_visa_chargeDeclinedInsufficientFunds")
    post_event(stripe.last_event(intent, "payment_intent.payment_failed"))
    deliver_events()
    shown = buyer.json(buyer.get(f"{ORDERS}{ordered['order']['id']}/"))
    assert (shown["status"], shown["failure_code"]) == ("failed", "insufficient_funds")

    stripe.pay(intent)
    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    deliver_events()

    shown = buyer.json(buyer.get(f"{ORDERS}{ordered['order']['id']}/"))
    assert (shown["status"], shown["failure_code"]) == ("paid", None)


def test_every_event_of_a_payment_in_any_order_twice_pays_it_once(
    ordered: Ordered,
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Callable[..., int],
    published: Callable[..., list[Any]],
) -> None:
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent, "pm_card_visa_chargeDeclinedInsufficientFunds")
    stripe.pay(intent, "pm_card_authenticationRequired")
    stripe.authenticate(intent)
    events = stripe.events(intent)
    assert len(events) >= 4

    for event in [*reversed(events), *events]:
        assert post_event(event).status_code == 200
        deliver_events()

    assert status_of(ordered) == "paid"
    assert Payment.objects.count() == 1
    assert len(published(OrderPaid)) == 1
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"applied", "repeated"}


def test_a_late_failure_takes_nothing_back(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
) -> None:
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent, "pm_card_visa_chargeDeclinedInsufficientFunds")
    stripe.pay(intent)
    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    deliver_events()

    post_event(stripe.last_event(intent, "payment_intent.payment_failed"))
    deliver_events()

    assert status_of(ordered) == "paid"


def test_a_canceled_payment_cancels_the_order(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
) -> None:
    intent = ordered["payment"]["payment_intent"]
    stripe.client.v1.payment_intents.cancel(intent)

    post_event(stripe.last_event(intent, "payment_intent.canceled"))
    deliver_events()

    assert status_of(ordered) == "canceled"


def test_an_event_that_is_faster_than_our_own_commit_finds_its_order(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
) -> None:
    """Stripe may tell of a payment before its answer that names the payment has been stored."""
    intent = ordered["payment"]["payment_intent"]
    Order.objects.filter(id=ordered["order"]["id"]).update(provider_payment_id=None)
    stripe.pay(intent)

    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    deliver_events()

    order = Order.objects.get(id=ordered["order"]["id"])
    assert (order.status, order.provider_payment_id) == ("paid", intent)


def test_a_kind_of_event_that_is_none_of_ours_is_kept_and_ignored(
    stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int], db: None
) -> None:
    post_event({"id": "evt_1", "type": "invented.tomorrow", "data": {"object": {"id": "x", "object": "y"}}})
    post_event({"id": "evt_2", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found"})
    deliver_events()

    assert list(ProviderEvent.objects.values_list("outcome", flat=True)) == ["ignored", "ignored"]


def test_a_payment_for_no_order_of_ours_is_kept_and_left_alone(
    stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int], db: None
) -> None:
    create = stripe.client.v1.payment_intents.create
    foreign = [
        create({"amount": 999, "currency": "usd", "metadata": metadata})
        for metadata in ({}, {"order_id": "not-a-uuid"})
    ]

    for intent in foreign:
        post_event(stripe.last_event(intent.id, "payment_intent.created"))
    deliver_events()

    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"unknown_order"}


def test_a_payment_for_an_order_that_may_not_be_committed_yet_is_looked_at_again_for_an_hour(
    stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int], db: None
) -> None:
    intent = stripe.client.v1.payment_intents.create(
        {"amount": 999, "currency": "usd", "metadata": {"order_id": str(new_id())}}
    )
    post_event(stripe.last_event(intent.id, "payment_intent.created"))
    event = ProviderEvent.objects.get()

    with pytest.raises(OrderNotFoundError):
        process_provider_event(provider_event_id=event.id, now=event.received_at + timedelta(minutes=59))
    process_provider_event(provider_event_id=event.id, now=event.received_at + timedelta(minutes=60))

    assert ProviderEvent.objects.get().outcome == "unknown_order"


def test_a_payment_that_stripe_no_longer_knows_is_kept_and_left_alone(
    stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int], db: None
) -> None:
    post_event(EVENT)
    deliver_events()

    assert ProviderEvent.objects.get().outcome == "unknown_payment"


def test_while_stripe_does_not_answer_the_event_waits_with_its_error(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
) -> None:
    from skillwise_kernel.models import Delivery

    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent)
    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    stripe.fail_calls(mode="status", status=500, method="GET", path=f"/v1/payment_intents/{intent}", times=3)

    deliver_events(raising=False)

    assert status_of(ordered) == "pending"
    assert ProviderEvent.objects.get().outcome == ""
    delivery = Delivery.objects.get(subscriber="commerce.process_provider_events")
    assert "ProviderFailedError" in delivery.last_error
    Delivery.objects.filter(id=delivery.id).update(next_attempt_at=delivery.event.occurred_at)
    deliver_events()
    assert status_of(ordered) == "paid"


def test_a_refund_that_is_heard_of_before_its_payment_keeps_no_other_sale_waiting_for_stripe(
    ordered: Ordered,
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All sales wait for the invoice's number: Stripe is asked for everything before it is taken."""
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent)
    stripe.client.v1.refunds.create({"payment_intent": intent})
    (refunded,) = stripe.events_about(intent, "charge.refunded")
    asked_after: list[int] = []
    refunds_of = StripeGateway.refunds_of

    def ask(gateway: StripeGateway, payment_id: str) -> list[ProviderRefund]:
        asked_after.append(Invoice.objects.count())
        return refunds_of(gateway, payment_id)

    monkeypatch.setattr(StripeGateway, "refunds_of", ask)
    post_event(refunded)
    deliver_events()

    assert asked_after == [0]
    assert status_of(ordered) == "refunded"


@pytest.mark.django_db(transaction=True)
def test_events_of_one_payment_processed_at_once_pay_it_once(
    api: ApiClient,
    buy: Callable[..., HttpResponse],
    make_course: MakeCourse,
    stripe: StandIn,
    post_event: PostEvent,
    published: Callable[..., list[Any]],
) -> None:
    from skillwise_kernel import outbox

    buyer = api.as_actor(make_user().id)
    ordered = buyer.json(buy(buyer, make_course()))
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent)
    event = stripe.last_event(intent, "payment_intent.succeeded")
    for number in range(8):
        post_event(event | {"id": f"evt_{intent}_{number}"})

    def work(_: int) -> None:
        try:
            outbox.deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    assert status_of(ordered) == "paid"
    assert Payment.objects.count() == 1
    assert len(published(OrderPaid)) == 1
    assert sorted(ProviderEvent.objects.values_list("outcome", flat=True)) == [
        "applied",
        *["repeated"] * 7,
    ]
