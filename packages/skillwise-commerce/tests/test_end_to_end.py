"""The whole way over HTTP: our API, Stripe's stand-in, and its signed webhooks back to us."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from conftest import WEBHOOK
from django.http import HttpResponse
from pytest_django.live_server_helper import LiveServer
from skillwise_commerce.events import OrderPaid
from skillwise_commerce.models import Invoice, Order, Payment, ProviderEvent
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn, sign

DEADLINE = 15


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [None, "double", "reorder", "drift", "delay"])
def test_a_course_is_bought_whatever_becomes_of_the_webhooks(
    api: ApiClient,
    buy: Callable[..., HttpResponse],
    make_course: Callable[..., UUID],
    stripe: StandIn,
    live_server: LiveServer,
    settings: Any,
    deliver_events: Callable[..., int],
    published: Callable[..., list[Any]],
    trouble: str | None,
) -> None:
    secret = settings.SKILLWISE_COMMERCE["STRIPE_WEBHOOK_SECRET"]
    stripe.send_webhooks_to(f"{live_server.url}{WEBHOOK}", secret)
    if trouble:
        stripe.break_webhooks(mode=trouble, seconds=0.2)
    buyer = api.as_actor(make_user().id)
    ordered = buyer.json(buy(buyer, make_course()))
    intent = ordered["payment"]["payment_intent"]

    stripe.pay(intent, "pm_card_authenticationRequired")
    stripe.authenticate(intent)

    def is_paid() -> bool:
        deliver_events()
        return Order.objects.get(id=ordered["order"]["id"]).status == "paid"

    _wait_until(is_paid)
    _wait_until(
        lambda: (
            ProviderEvent.objects.filter(kind__startswith="payment_intent.", subject_id=intent).count()
            == len(stripe.events(intent))
        )
    )
    deliver_events()
    assert is_paid()
    assert Payment.objects.count() == Invoice.objects.count() == len(published(OrderPaid)) == 1
    assert not ProviderEvent.objects.filter(processed_at=None).exists()
    assert len(sent_mails()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_endpoint_takes_what_stripes_servers_send(live_server: LiveServer) -> None:
    """Stripe's headers, and no cookie, token or form among them."""
    body = json.dumps({"id": "evt_1", "object": "event", "type": "balance.available"})

    response = httpx.post(
        f"{live_server.url}{WEBHOOK}",
        content=body,
        headers={
            "Accept": "*/*; q=0.5, application/xml",
            "Cache-Control": "no-cache",
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(body),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
    )

    assert (response.status_code, response.json()) == (200, {"received": True})
    assert ProviderEvent.objects.get().payload == body


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
