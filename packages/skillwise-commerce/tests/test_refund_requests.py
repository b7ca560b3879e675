"""Asking for money back over HTTP, and hearing of it by webhook: with Stripe's stand-in."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from endpoints import ORDERS, problem
from skillwise_commerce import tasks
from skillwise_commerce.events import OrderRefunded
from skillwise_commerce.models import (
    Discrepancy,
    Entitlement,
    LedgerTransaction,
    Order,
    OrderLine,
    Payment,
    ProviderEvent,
    Refund,
)
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.rest.models import IdempotencyRecord
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db

MakeCourse = Callable[..., UUID]
Buy = Callable[..., HttpResponse]
PostEvent = Callable[..., HttpResponse]
Deliver = Callable[..., int]
Bought = dict[str, Any]


@pytest.fixture
def admin(api: ApiClient) -> ApiClient:
    return api.as_actor(make_user(roles=["admin"]).id, roles=["admin"])


@pytest.fixture
def purchase(
    buyer: ApiClient,
    buy: Buy,
    make_course: MakeCourse,
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Deliver,
) -> Callable[..., Bought]:
    """`purchase(4999, 1001, method=…)`: an order of courses at these prices in US cents, paid."""

    def purchase(*prices: int, method: str = "pm_card_visa") -> Bought:
        courses = [make_course(price=Money(price, "USD")) for price in prices]
        answer = buyer.json(buy(buyer, *courses))
        intent = answer["payment"]["payment_intent"]
        stripe.pay(intent, method)
        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        deliver_events()
        return {"order_id": answer["order"]["id"], "courses": [str(one) for one in courses], "intent": intent}

    return purchase


def ask(client: ApiClient, order_id: str, key: str | None = None, **body: Any) -> HttpResponse:
    return client.post(
        f"{ORDERS}{order_id}/refunds/", body, headers={"Idempotency-Key": key or str(new_id())}
    )


def created(response: HttpResponse) -> dict[str, Any]:
    assert response.status_code == 201, response.content
    body: dict[str, Any] = ApiClient.json(response)
    return body


def decide(client: ApiClient, order_id: str, **body: Any) -> HttpResponse:
    return client.post(
        f"/api/v1/admin/orders/{order_id}/refunds/",
        {"reason": "asked nicely", **body},
        headers={"Idempotency-Key": str(new_id())},
    )


def made_at(stripe: StandIn, intent: str) -> list[int]:
    """What went back there, in minor units."""
    return [one.amount for one in stripe.client.v1.refunds.list({"payment_intent": intent}).data]


def tell(stripe: StandIn, post_event: PostEvent, intent: str, *kinds: str) -> None:
    """Send what the stand-in has to say of these kinds about a payment, the oldest first."""
    for event in stripe.events_about(intent, *kinds):
        assert post_event(event).status_code == 200


def wait_for(stripe: StandIn, intent: str, status: str) -> None:
    """Until the bank has answered the one refund of a payment."""
    deadline = time.monotonic() + 20
    while [one.status for one in stripe.client.v1.refunds.list({"payment_intent": intent}).data] != [status]:
        assert time.monotonic() < deadline, "the bank does not answer"
        time.sleep(0.1)


def test_a_buyer_has_one_course_back_and_keeps_the_other(
    buyer: ApiClient,
    buyer_id: UUID,
    purchase: Callable[..., Bought],
    stripe: StandIn,
    deliver_events: Deliver,
) -> None:
    bought = purchase(4999, 1001)
    bread, jam = bought["courses"]

    answer = created(ask(buyer, bought["order_id"], course_ids=[jam], reason="Too sweet"))

    assert (answer["status"], answer["origin"], answer["reason"]) == ("succeeded", "policy", "Too sweet")
    assert [(line["course_id"], line["refunded"]["amount"]) for line in answer["lines"]] == [(jam, 1001)]
    listed = buyer.json(buyer.get(f"{ORDERS}{bought['order_id']}/refunds/"))
    assert [one["id"] for one in listed["results"]] == [answer["id"]]
    assert made_at(stripe, bought["intent"]) == [1001]
    kept = Entitlement.objects.filter(user_id=buyer_id, ended_at=None).values_list("course_id", flat=True)
    assert [str(one) for one in kept] == [bread]


def test_the_same_request_after_a_crash_finds_the_refund_that_it_began(
    buyer: ApiClient, purchase: Callable[..., Bought], stripe: StandIn
) -> None:
    bought = purchase(4999)
    first = created(ask(buyer, bought["order_id"], key="k1"))
    IdempotencyRecord.objects.filter(key="k1").delete()  # as though we had died before we answered

    again = created(ask(buyer, bought["order_id"], key="k1"))

    assert again["id"] == first["id"]
    assert made_at(stripe, bought["intent"]) == [4999]


def test_a_refund_without_a_key_is_refused(buyer: ApiClient, purchase: Callable[..., Bought]) -> None:
    bought = purchase(4999)

    problem(buyer.post(f"{ORDERS}{bought['order_id']}/refunds/", {}), 400, "idempotency_key_required")


def test_a_refund_of_a_refunded_line_says_so(buyer: ApiClient, purchase: Callable[..., Bought]) -> None:
    bought = purchase(4999, 1001)
    ask(buyer, bought["order_id"], course_ids=bought["courses"][:1])

    refused = ask(buyer, bought["order_id"], course_ids=bought["courses"][:1])

    assert problem(refused, 409, "commerce.line_already_refunded")["errors"][0]["pointer"] == "/course_ids/0"


def test_a_refund_of_an_unpaid_order_says_so(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    ordered = buyer.json(buy(buyer, make_course()))

    problem(ask(buyer, ordered["order"]["id"]), 409, "commerce.order_not_paid")


def test_a_refund_of_someone_elses_order_is_not_found(
    api: ApiClient, purchase: Callable[..., Bought]
) -> None:
    bought = purchase(4999)
    stranger = api.as_actor(make_user().id)

    problem(ask(stranger, bought["order_id"]), 404, "commerce.order_not_found")
    problem(stranger.get(f"{ORDERS}{bought['order_id']}/refunds/"), 404, "commerce.order_not_found")


def test_a_refund_outside_the_policy_says_what_the_policy_is(
    buyer: ApiClient, purchase: Callable[..., Bought]
) -> None:
    bought = purchase(4999)
    Entitlement.objects.update(seen_percent=30)

    refused = problem(ask(buyer, bought["order_id"]), 409, "commerce.refund_outside_policy")

    assert (refused["days"], refused["seen_below_percent"]) == (14, 30)
    assert not Refund.objects.exists()


def test_an_administrator_gives_back_part_of_a_course_whatever_the_policy_says(
    admin: ApiClient, purchase: Callable[..., Bought], stripe: StandIn
) -> None:
    bought = purchase(4999)
    Entitlement.objects.update(seen_percent=100)
    part = {"course_id": bought["courses"][0], "amount": {"amount": 2500, "currency": "USD"}}

    answer = created(decide(admin, bought["order_id"], lines=[part]))

    assert (answer["origin"], answer["total"]["amount"]) == ("admin", 2500)
    assert Order.objects.get().status == "partially_refunded"
    assert Entitlement.objects.get().ended_at is None
    refused = problem(decide(admin, bought["order_id"], lines=[part]), 409, "commerce.refund_exceeds_paid")
    assert refused["left"] == {"amount": 2499, "currency": "USD"}


@pytest.mark.parametrize(
    "body",
    [
        {"reason": ""},
        {"lines": []},
        {"lines": [{"course_id": str(UUID(int=1)), "amount": {"amount": 0, "currency": "USD"}}]},
        {"lines": [{"course_id": str(UUID(int=1)), "amount": {"amount": -1, "currency": "USD"}}]},
        {"lines": [{"course_id": str(UUID(int=1)), "amount": {"amount": 1.5, "currency": "USD"}}]},
        {"lines": [{"course_id": str(UUID(int=1))}] * 2},
    ],
)
def test_a_refund_that_makes_no_sense_is_invalid(
    admin: ApiClient, purchase: Callable[..., Bought], body: dict[str, Any]
) -> None:
    bought = purchase(4999)

    assert decide(admin, bought["order_id"], **body).status_code == 400
    assert not Refund.objects.exists()


def test_a_provider_that_refuses_is_shown_and_nothing_is_booked(
    admin: ApiClient, purchase: Callable[..., Bought], stripe: StandIn
) -> None:
    bought = purchase(4999)
    stripe.dispute(bought["intent"])

    refused = problem(decide(admin, bought["order_id"]), 409, "commerce.refund_refused")

    assert refused["provider_code"] == "charge_disputed"
    assert (Refund.objects.get().status, Order.objects.get().status) == ("failed", "paid")
    assert not LedgerTransaction.objects.filter(kind="refund").exists()


@pytest.mark.parametrize("mode", ["before", "after"])
def test_a_provider_that_is_down_leaves_the_refund_pending_and_a_worker_resumes_it(
    buyer: ApiClient,
    purchase: Callable[..., Bought],
    stripe: StandIn,
    mode: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bought = purchase(4999)
    stripe.fail_calls(mode=mode, method="POST", path="/v1/refunds", times=3)

    answer = created(ask(buyer, bought["order_id"]))
    assert (answer["status"], Order.objects.get().status) == ("pending", "paid")
    later = now() + timedelta(minutes=5)
    monkeypatch.setattr(tasks, "now", lambda: later)
    tasks.resume_refunds()

    assert Order.objects.get().status == "refunded"
    assert made_at(stripe, bought["intent"]) == [4999]


def test_a_refund_that_its_bank_takes_time_for_is_booked_when_it_arrives(
    buyer: ApiClient,
    purchase: Callable[..., Bought],
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Deliver,
) -> None:
    bought = purchase(4999, method="pm_card_pendingRefund")
    answer = created(ask(buyer, bought["order_id"]))
    assert (answer["status"], Order.objects.get().status) == ("pending", "paid")

    wait_for(stripe, bought["intent"], "succeeded")
    tell(stripe, post_event, bought["intent"], "refund.created", "refund.updated", "charge.refunded")
    deliver_events()

    assert (Refund.objects.get().status, Order.objects.get().status) == ("succeeded", "refunded")


def test_a_refund_that_fails_later_gives_money_and_course_back(
    buyer: ApiClient,
    purchase: Callable[..., Bought],
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Deliver,
) -> None:
    bought = purchase(4999, method="pm_card_refundFail")
    assert created(ask(buyer, bought["order_id"]))["status"] == "succeeded"

    wait_for(stripe, bought["intent"], "failed")
    tell(stripe, post_event, bought["intent"], "refund.failed", "refund.updated", "refund.created")
    deliver_events()

    assert (Refund.objects.get().status, Order.objects.get().status) == ("failed", "paid")
    assert Entitlement.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    "kinds", [["refund.created"], ["charge.refunded"], ["charge.refunded", "refund.created"]]
)
def test_a_refund_made_in_stripes_dashboard_is_recorded_however_we_hear_of_it(
    purchase: Callable[..., Bought],
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Deliver,
    published: Callable[..., list[Any]],
    kinds: list[str],
) -> None:
    bought = purchase(4999)
    stripe.client.v1.refunds.create({"payment_intent": bought["intent"]})

    tell(stripe, post_event, bought["intent"], *kinds)
    deliver_events()

    made = Refund.objects.get()
    assert (made.origin, made.status, made.amount) == ("provider", "succeeded", 4999)
    assert Order.objects.get().status == "refunded"
    assert len(published(OrderRefunded)) == 1


def test_a_refund_that_we_hear_of_before_the_payment_books_both(
    buyer: ApiClient,
    buy: Buy,
    make_course: MakeCourse,
    stripe: StandIn,
    post_event: PostEvent,
    deliver_events: Deliver,
) -> None:
    """Refund before success."""
    intent = buyer.json(buy(buyer, make_course()))["payment"]["payment_intent"]
    stripe.pay(intent)
    stripe.client.v1.refunds.create({"payment_intent": intent})

    tell(stripe, post_event, intent, "refund.created")
    deliver_events()
    tell(stripe, post_event, intent, "payment_intent.succeeded", "charge.refunded")
    deliver_events()

    order = Order.objects.get()
    assert order.status == "refunded"
    assert [move.to_status for move in order.transitions.all()] == ["pending", "paid", "refunded"]
    assert not Discrepancy.objects.exists()


def test_a_refund_of_anothers_payment_touches_no_order_of_ours(
    purchase: Callable[..., Bought], stripe: StandIn, post_event: PostEvent, deliver_events: Deliver
) -> None:
    """It even claims to be a refund of ours."""
    bought = purchase(4999)
    foreign = stripe.client.v1.payment_intents.create({"amount": 4999, "currency": "usd"}).id
    stripe.pay(foreign)
    stripe.client.v1.refunds.create({"payment_intent": foreign, "metadata": {"refund_id": str(new_id())}})

    tell(stripe, post_event, foreign, "refund.created")
    deliver_events()

    assert ProviderEvent.objects.get(subject="refund").outcome == "unknown_order"
    assert Order.objects.get(id=bought["order_id"]).status == "paid"
    assert not Refund.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_refunds_at_once_never_give_back_more_than_was_paid(
    api: ApiClient, purchase: Callable[..., Bought], stripe: StandIn
) -> None:
    """Each of them is for a third of the price."""
    bought = purchase(3000)
    admins = [api.as_actor(make_user(roles=["admin"]).id, roles=["admin"]) for _ in range(10)]
    part = {"course_id": bought["courses"][0], "amount": {"amount": 1000, "currency": "USD"}}

    def give_back(admin: ApiClient) -> tuple[int, str]:
        try:
            response = decide(admin, bought["order_id"], lines=[part])
            return response.status_code, admin.json(response).get("code", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(give_back, admins))

    assert sorted(answers)[:3] == [(201, "")] * 3
    assert {code for status, code in answers if status == 409} <= {
        "commerce.refund_exceeds_paid",
        "commerce.line_already_refunded",
    }
    assert sum(made_at(stripe, bought["intent"])) == 3000
    assert Order.objects.get().status == "refunded"
    line, payment = OrderLine.objects.get(), Payment.objects.get()
    assert line.total == payment.amount == Money(3000, "USD")
