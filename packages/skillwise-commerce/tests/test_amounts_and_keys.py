"""Amounts that are none, and two requests with one key at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from endpoints import problem
from skillwise_commerce.models import Order, Refund
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

MakeCourse = Callable[..., UUID]


@pytest.mark.parametrize("amount", [-1, 0, 0.5, 10.0, "10", True, None, 2**62])
@pytest.mark.django_db
def test_a_negative_or_fractional_amount_is_refused_and_nothing_is_given_back(
    api: ApiClient, make_course: MakeCourse, amount: Any
) -> None:
    course = make_course(price=Money(4999, "USD"))
    order = make_paid_order(buyer_id=make_user().id, course_ids=[course], now=now())
    admin = api.as_actor(make_user(roles=["admin"]).id, roles=["admin"])
    line = {"course_id": str(course), "amount": {"amount": amount, "currency": "USD"}}

    response = admin.post(
        f"/api/v1/admin/orders/{order}/refunds/",
        {"reason": "a test", "lines": [line]},
        headers={"Idempotency-Key": str(new_id())},
    )

    assert 400 <= response.status_code < 500, response.content
    assert ApiClient.json(response)["code"] in ("invalid_input", "commerce.refund_exceeds_paid")
    assert not Refund.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_key_in_flight_is_not_taken_a_second_time(
    api: ApiClient, buy: Callable[..., HttpResponse], make_course: MakeCourse, stripe: StandIn
) -> None:
    buyer_id, course, key = make_user().id, make_course(), str(new_id())
    stripe.fail_calls(mode="slow", method="POST", path="/v1/payment_intents", seconds=3)

    def tap(wait: float) -> HttpResponse:
        threading.Event().wait(wait)
        try:
            return buy(api.as_actor(buyer_id), course, key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(tap, (0, 0.5)), key=lambda answer: answer.status_code)

    assert answers[0].status_code == 201
    problem(answers[1], 409, "idempotency_key_in_flight")
    assert Order.objects.count() == 1
    assert len(stripe.calls("POST", "/v1/payment_intents")) == 1
