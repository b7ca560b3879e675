"""Paying on Stripe's own page, a Checkout Session: the same order, however we hear of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from endpoints import ORDERS
from skillwise_commerce.models import Discrepancy, Order, Payment, Refund
from skillwise_commerce.services.expiry import expire_orders
from skillwise_commerce.services.fees import book_payment_fees
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db

Buy = Callable[..., HttpResponse]
PostEvent = Callable[..., HttpResponse]
Deliver = Callable[..., int]
Ordered = dict[str, Any]


@pytest.fixture
def course(make_course: Callable[..., UUID]) -> UUID:
    return make_course(price=Money(4999, "USD"), title="Bread & butter")


@pytest.fixture
def ordered(buyer: ApiClient, buy: Buy, course: UUID, stripe: StandIn) -> Ordered:
    """What `payments/create/` answered for one course on the web."""
    body: Ordered = buyer.json(buy(buyer, course, channel="web"))
    return body


def session_of(ordered: Ordered, stripe: StandIn) -> Any:
    return stripe.client.v1.checkout.sessions.retrieve(ordered["payment"]["payment_id"])


def told(ordered: Ordered, stripe: StandIn) -> list[dict[str, Any]]:
    """All that Stripe tells of the page and of the payment made on it, the oldest first."""
    session = session_of(ordered, stripe)
    return [*stripe.events(session.id), *stripe.events(session.payment_intent)]


def status_of(ordered: Ordered) -> str:
    return Order.objects.get(id=ordered["order"]["id"]).status


def test_the_page_shows_what_is_bought_and_names_the_order(ordered: Ordered, stripe: StandIn) -> None:
    session = session_of(ordered, stripe)

    assert ordered["payment"]["gateway_page_url"] == session.url
    assert (session.client_reference_id, session.amount_total) == (ordered["order"]["id"], 4999)
    items = stripe.client.v1.checkout.sessions.line_items.list(session.id).data
    assert [(item.description, item.amount_total) for item in items] == [("Bread & butter", 4999)]


@pytest.mark.parametrize("kinds", [["checkout.session.completed"], ["payment_intent.succeeded"]])
def test_a_payment_on_the_page_pays_the_order_however_we_hear_of_it(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Deliver, kinds: list[str]
) -> None:
    stripe.pay_on_page(ordered["payment"]["gateway_page_url"])

    for event in told(ordered, stripe):
        if event["type"] in kinds:
            post_event(event)
    deliver_events()

    assert status_of(ordered) == "paid"
    assert Payment.objects.get().provider_payment_id == session_of(ordered, stripe).payment_intent
    assert not Discrepancy.objects.exists()


def test_every_event_in_any_order_twice_pays_it_once_and_surprises_nobody(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Deliver
) -> None:
    stripe.pay_on_page(ordered["payment"]["gateway_page_url"], "pm_card_visa_chargeDeclined")
    for event in told(ordered, stripe):
        post_event(event)
    deliver_events()
    assert status_of(ordered) == "failed"
    stripe.pay_on_page(ordered["payment"]["gateway_page_url"])

    events = told(ordered, stripe)
    for event in [*reversed(events), *events]:
        assert post_event(event).status_code == 200
        deliver_events()

    assert status_of(ordered) == "paid"
    assert Payment.objects.count() == 1
    assert not Discrepancy.objects.exists()


def test_asking_again_leads_to_the_same_page(
    ordered: Ordered, buyer: ApiClient, buy: Buy, course: UUID
) -> None:
    again = buyer.json(buy(buyer, course, channel="web"))

    assert again["order"]["id"] == ordered["order"]["id"]
    assert again["payment"] == ordered["payment"]


def test_paying_in_the_app_instead_closes_the_page_first(
    ordered: Ordered, buyer: ApiClient, buy: Buy, course: UUID, stripe: StandIn
) -> None:
    in_app = buyer.json(buy(buyer, course))

    assert in_app["payment"]["payment_intent"].startswith("pi_")
    assert session_of(ordered, stripe).status == "expired"
    assert status_of(ordered) == "canceled"


def test_an_order_that_was_paid_on_its_page_is_not_charged_again(
    ordered: Ordered, buyer: ApiClient, buy: Buy, course: UUID, stripe: StandIn
) -> None:
    stripe.pay_on_page(ordered["payment"]["gateway_page_url"])

    refused = buy(buyer, course)

    assert (refused.status_code, buyer.json(refused)["code"]) == (409, "commerce.order_already_paid")
    assert status_of(ordered) == "paid"


def test_a_page_that_nobody_paid_on_expires_with_its_order(ordered: Ordered, stripe: StandIn) -> None:
    assert expire_orders(now=now() + timedelta(days=2)) == 1

    assert (status_of(ordered), session_of(ordered, stripe).status) == ("expired", "expired")


def test_a_page_that_stripe_closed_closes_its_order(
    ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Deliver
) -> None:
    stripe.client.v1.checkout.sessions.expire(ordered["payment"]["payment_id"])

    post_event(stripe.last_event(ordered["payment"]["payment_id"], "checkout.session.expired"))
    deliver_events()

    assert status_of(ordered) == "canceled"


def test_what_was_paid_on_a_page_has_its_fee_booked_and_is_refunded_like_any_other(
    ordered: Ordered, buyer: ApiClient, stripe: StandIn, post_event: PostEvent, deliver_events: Deliver
) -> None:
    stripe.pay_on_page(ordered["payment"]["gateway_page_url"])
    for event in told(ordered, stripe):
        post_event(event)
    deliver_events()

    assert book_payment_fees(now=now()) == 1
    address = f"{ORDERS}{ordered['order']['id']}/refunds/"
    assert buyer.post(address, {}, headers={"Idempotency-Key": str(new_id())}).status_code == 201

    assert (Refund.objects.get().status, status_of(ordered)) == ("succeeded", "refunded")
