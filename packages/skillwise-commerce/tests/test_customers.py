"""A buyer is one customer at Stripe, and another one when Stripe failed to make it or lost it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.http import HttpResponse
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

Buy = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]


@pytest.mark.parametrize("moment", ["the first customer", "a lost customer's replacement"])
def test_a_customer_whom_stripe_once_failed_to_create_is_asked_for_anew(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn, moment: str
) -> None:
    course = make_course()
    if moment == "a lost customer's replacement":
        stripe.client.v1.customers.delete(buyer.json(buy(buyer, course))["payment"]["customer"])
    stripe.fail_calls(mode="status", status=500, method="POST", path="/v1/customers")

    first = buy(buyer, course)
    second = buy(buyer, course)

    assert {first.status_code, second.status_code} == {201}
    payments = [buyer.json(response)["payment"] for response in (first, second)]
    assert payments[0]["customer"] == payments[1]["customer"]
    assert payments[0]["payment_intent"] == payments[1]["payment_intent"]


@pytest.mark.parametrize("moment", ["before the first order", "between an order and its resumption"])
def test_a_customer_that_was_deleted_at_stripe_is_replaced(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn, moment: str
) -> None:
    course, other = make_course(), make_course()
    lost = buyer.json(buy(buyer, other))["payment"]["customer"]
    if moment == "between an order and its resumption":
        buy(buyer, course)
    stripe.client.v1.customers.delete(lost)

    response = buy(buyer, course)

    assert response.status_code == 201
    payment = buyer.json(response)["payment"]
    assert payment["customer"] != lost
    intent = stripe.client.v1.payment_intents.retrieve(payment["payment_intent"])
    assert intent.customer == payment["customer"]
