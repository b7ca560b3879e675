"""Orders that nobody paid in time: closed once they can no longer be paid, and no sooner."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from skillwise_commerce.models import Discrepancy, Entitlement, Order, OrderTransition
from skillwise_commerce.services.expiry import expire_orders
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import make_order, paid_in_full
from skillwise_kernel.clock import now
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def course_id(make_course: Callable[..., UUID]) -> UUID:
    return make_course()


@pytest.fixture
def ordered(
    buyer: ApiClient, buy: Callable[..., HttpResponse], course_id: UUID, stripe: StandIn
) -> dict[str, Any]:
    """What `payments/create/` answered for one course."""
    answer: dict[str, Any] = buyer.json(buy(buyer, course_id))
    return answer


def order_of(ordered: dict[str, Any]) -> Order:
    return Order.objects.get(id=ordered["order"]["id"])


def tomorrow() -> datetime:
    """When today's orders have expired."""
    return now() + timedelta(hours=25)


def test_an_order_in_time_is_left_alone(ordered: dict[str, Any]) -> None:
    assert expire_orders(now=now() + timedelta(hours=23)) == 0

    assert order_of(ordered).status == "pending"


def test_an_order_that_nobody_paid_expires_after_its_payment_is_canceled(
    ordered: dict[str, Any], stripe: StandIn
) -> None:
    intent = ordered["payment"]["payment_intent"]

    assert expire_orders(now=tomorrow()) == 1

    assert order_of(ordered).status == "expired"
    assert stripe.client.v1.payment_intents.retrieve(intent).status == "canceled"
    last = OrderTransition.objects.last()
    assert last is not None
    assert (last.to_status, last.cause, last.reference) == ("expired", "expiry", intent)
    assert expire_orders(now=tomorrow()) == 0


def test_its_courses_can_be_bought_anew(
    ordered: dict[str, Any], buyer: ApiClient, buy: Callable[..., HttpResponse], course_id: UUID
) -> None:
    expire_orders(now=tomorrow())

    again = buyer.json(buy(buyer, course_id))

    assert again["order"]["id"] != ordered["order"]["id"]
    assert again["order"]["status"] == "pending"


def test_an_order_that_was_paid_without_our_hearing_of_it_is_fulfilled_instead(
    ordered: dict[str, Any], stripe: StandIn
) -> None:
    stripe.pay(ordered["payment"]["payment_intent"])

    assert expire_orders(now=tomorrow()) == 0

    assert order_of(ordered).status == "paid"
    assert Entitlement.objects.count() == 1
    assert not Discrepancy.objects.exists()


def test_an_order_whose_money_is_on_its_way_is_not_closed(ordered: dict[str, Any], stripe: StandIn) -> None:
    intent = ordered["payment"]["payment_intent"]
    stripe.pay(intent, "pm_usBankAccount_processing")
    assert stripe.client.v1.payment_intents.retrieve(intent).status == "processing"

    assert expire_orders(now=tomorrow()) == 0

    assert order_of(ordered).is_open


def test_an_order_of_which_the_provider_never_answered_expires(
    buyer_id: UUID, course_id: UUID, stripe: StandIn
) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[course_id], now=now())

    assert expire_orders(now=tomorrow()) == 1

    assert Order.objects.get(id=order_id).status == "expired"


def test_an_order_whose_payment_the_provider_lost_expires(ordered: dict[str, Any], stripe: StandIn) -> None:
    Order.objects.filter(id=ordered["order"]["id"]).update(provider_payment_id="pi_lost")

    assert expire_orders(now=tomorrow()) == 1

    assert order_of(ordered).status == "expired"


def test_a_held_order_is_for_a_person_and_never_expires(
    buyer_id: UUID, course_id: UUID, stripe: StandIn
) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[course_id], now=now())
    payment = paid_in_full(order_id)
    settle(replace(payment, received=1), now=now())

    assert expire_orders(now=tomorrow()) == 0

    assert Order.objects.get(id=order_id).status == "held"


def test_while_the_provider_does_not_answer_nothing_is_closed(
    ordered: dict[str, Any], stripe: StandIn
) -> None:
    stripe.fail_calls(mode="before", times=None)

    assert expire_orders(now=tomorrow()) == 0
    assert order_of(ordered).status == "pending"

    stripe.behave()
    assert expire_orders(now=tomorrow()) == 1


def test_paying_an_expired_order_is_fulfilled_and_noted(
    ordered: dict[str, Any], stripe: StandIn, buyer_id: UUID, course_id: UUID
) -> None:
    """It should not happen: the payment was canceled first. Whoever paid gets the course all the same."""
    expire_orders(now=tomorrow())

    settle(paid_in_full(order_of(ordered).id), now=tomorrow())

    assert order_of(ordered).status == "paid"
    assert Entitlement.objects.filter(user_id=buyer_id, course_id=course_id).count() == 1
    assert Discrepancy.objects.get().kind == "paid_after_cancellation"
