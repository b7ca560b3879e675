"""A card that is refused is not a provider that is down; and a provider may be down at any call."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from endpoints import problem
from skillwise_commerce.errors import ProviderUnavailableError
from skillwise_commerce.gateways import get_gateway
from skillwise_commerce.models import Order, ProviderEvent
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.services.refunds.sending import send_refund
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.services.webhooks import process_provider_event
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db

Buy = Callable[..., HttpResponse]
INTENTS = "/v1/payment_intents"


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [(402, 402, "commerce.payment_declined"), (503, 503, "commerce.provider_unavailable")],
    ids=["card error", "outage"],
)
def test_a_card_error_is_told_apart_from_an_outage_and_after_both_the_buyer_may_try_again(
    buyer: ApiClient,
    buy: Buy,
    make_course: Callable[..., UUID],
    stripe: StandIn,
    answer: int,
    status: int,
    code: str,
) -> None:
    course = make_course()
    stripe.fail_calls(
        mode="status", status=answer, method="POST", path=INTENTS, times=3 if answer > 500 else 1
    )

    problem(buy(buyer, course), status, code)

    assert buy(buyer, course).status_code == 201
    assert Order.objects.count() == 1


class TestAfterTheSale:
    @pytest.fixture
    def bought(
        self, buyer: ApiClient, buy: Buy, make_course: Callable[..., UUID], stripe: StandIn
    ) -> tuple[UUID, str]:
        """An order and its intent, paid at the stand-in."""
        answer = buyer.json(buy(buyer, make_course()))
        intent = answer["payment"]["payment_intent"]
        stripe.pay(intent)
        settle(get_gateway("stripe").fetch(intent), now=now())
        return UUID(answer["order"]["id"]), intent

    def test_a_provider_that_is_down_while_we_look_for_an_earlier_refund_makes_none(
        self, bought: tuple[UUID, str], stripe: StandIn
    ) -> None:
        order_id, intent = bought
        refund = open_refund_by_admin(
            admin_id=new_id(), order_id=order_id, amounts=None, reason="asked nicely", now=now()
        )
        stripe.fail_calls(mode="status", status=500, method="POST", path="/v1/refunds", times=3)
        send_refund(refund_id=refund.id, now=now())
        stripe.fail_calls(mode="before", method="GET", path="/v1/refunds", times=3)

        assert send_refund(refund_id=refund.id, now=now()).status == "pending"
        assert stripe.client.v1.refunds.list({"payment_intent": intent}).data == []
        assert send_refund(refund_id=refund.id, now=now()).status == "succeeded"

    @pytest.mark.parametrize("subject", ["refund", "dispute"])
    def test_a_webhook_waits_while_the_provider_cannot_say_what_is_true(
        self,
        bought: tuple[UUID, str],
        stripe: StandIn,
        post_event: Callable[..., HttpResponse],
        subject: str,
    ) -> None:
        order_id, intent = bought
        if subject == "refund":
            made = stripe.client.v1.refunds.create({"payment_intent": intent}).id
            (event,) = stripe.events_about(intent, "refund.created")
        else:
            made = stripe.dispute(intent)
            (event,) = stripe.events_about(intent, "charge.dispute.created")
        post_event(event)
        stored: Any = ProviderEvent.objects.get()
        stripe.fail_calls(mode="before", method="GET", path=f"/v1/{subject}s/{made}", times=3)

        with pytest.raises(ProviderUnavailableError):
            process_provider_event(provider_event_id=stored.id, now=now())
        assert Order.objects.get(id=order_id).status == "paid"
        process_provider_event(provider_event_id=stored.id, now=now())

        expected = {"refund": "refunded", "dispute": "disputed"}[subject]
        assert Order.objects.get(id=order_id).status == expected
