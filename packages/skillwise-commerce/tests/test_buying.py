"""`payments/create/`: what it gives, and what it refuses."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from endpoints import CREATE, problem
from skillwise_commerce.models import Order, OrderTransition, ProviderCustomer
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

Buy = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]


def test_the_app_gets_an_order_and_what_paymentsheet_needs(
    buyer: ApiClient, buyer_id: UUID, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course(price=Money(4999, "USD"), title="Bread from four ingredients")

    response = buy(buyer, course)

    assert response.status_code == 201
    body = buyer.json(response)
    assert buyer.json(buyer.get(response["Location"])) == body["order"]
    assert body["order"]["status"] == "pending"
    assert body["order"]["total"] == {"amount": 4999, "currency": "USD"}
    (line,) = body["order"]["lines"]
    assert (line["course_id"], line["title"]) == (str(course), "Bread from four ingredients")
    assert line["price"] == line["total"] == {"amount": 4999, "currency": "USD"}
    payment = body["payment"]
    assert payment["publishable_key"] == "pk_test_sandbox"
    assert payment["client_secret"].startswith(payment["payment_intent"])
    assert payment["ephemeral_key"].startswith("ek_test_")
    intent = stripe.client.v1.payment_intents.retrieve(payment["payment_intent"])
    assert (intent.amount, intent.currency, intent.customer) == (4999, "usd", payment["customer"])
    assert intent.metadata["order_id"] == body["order"]["id"]
    order = Order.objects.get(id=body["order"]["id"])
    assert (order.buyer_id, order.provider_payment_id) == (buyer_id, intent.id)


def test_prices_title_seller_and_share_are_copied_into_the_lines(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    seller = make_user(roles=["instructor"]).id
    courses = [make_course(price=Money(price, "USD"), owner_id=seller) for price in (4999, 1)]

    body = buyer.json(buy(buyer, *courses))

    lines = list(Order.objects.get(id=body["order"]["id"]).lines.all())
    assert [line.course_id for line in lines] == courses
    assert [(line.seller_id, line.price_amount, line.seller_share_amount) for line in lines] == [
        (seller, 4999, 3499),
        (seller, 1, 1),
    ]
    assert body["order"]["total"] == {"amount": 5000, "currency": "USD"}


def test_a_currency_without_decimals_is_asked_for_in_whole_units(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    body = buyer.json(buy(buyer, make_course(price=Money(4999, "JPY"))))

    intent = stripe.client.v1.payment_intents.retrieve(body["payment"]["payment_intent"])
    assert (intent.amount, intent.currency) == (4999, "jpy")


def test_the_beginning_of_an_order_is_kept_with_its_cause(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    body = buyer.json(buy(buyer, make_course()))

    moves = OrderTransition.objects.filter(order_id=body["order"]["id"])
    assert [(move.from_status, move.to_status, move.cause) for move in moves] == [("", "pending", "checkout")]


def test_a_person_is_one_customer_at_stripe_however_much_they_buy(
    buyer: ApiClient, buyer_id: UUID, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    first, second = (buyer.json(buy(buyer, make_course()))["payment"]["customer"] for _ in range(2))

    assert first == second
    customer = ProviderCustomer.objects.get(user_id=buyer_id)
    assert customer.provider_customer_id == first
    assert stripe.client.v1.customers.retrieve(first).email is None


def test_a_guest_is_asked_to_log_in(api: ApiClient, buy: Buy, make_course: MakeCourse) -> None:
    problem(buy(api, make_course()), 401, "not_authenticated")


def test_an_unverified_person_cannot_buy(api: ApiClient, buy: Buy, make_course: MakeCourse) -> None:
    client = api.as_actor(make_user(verified=False).id, verified=False)

    problem(buy(client, make_course()), 403, "email_not_verified")


def test_a_key_is_required(buyer: ApiClient, make_course: MakeCourse) -> None:
    response = buyer.post(CREATE, {"course_ids": [str(make_course())]})

    problem(response, 400, "idempotency_key_required")


def test_a_replayed_key_answers_the_same_bytes_and_calls_nobody(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    first = buy(buyer, course, key="tap")
    before = len(stripe.calls("POST", "/v1/payment_intents"))

    again = buy(buyer, course, key="tap")

    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert len(stripe.calls("POST", "/v1/payment_intents")) == before
    assert Order.objects.count() == 1


def test_a_key_with_another_body_is_refused(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    buy(buyer, make_course(), key="tap")

    problem(buy(buyer, make_course(), key="tap"), 422, "idempotency_key_reused")


def test_another_persons_key_is_no_concern_of_mine(
    api: ApiClient, buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    mine = buyer.json(buy(buyer, course, key="tap"))

    other = api.as_actor(make_user().id)
    theirs = other.json(buy(other, course, key="tap"))

    assert theirs["order"]["id"] != mine["order"]["id"]
    assert theirs["payment"]["payment_intent"] != mine["payment"]["payment_intent"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/course_ids", "required"),
        ({"course_ids": []}, "/course_ids", "required"),
        ({"course_ids": "everything"}, "/course_ids", "not_a_list"),
        ({"course_ids": ["17"]}, "/course_ids/0", "invalid"),
        ({"course_ids": [str(UUID(int=1))], "provider": "barter"}, "/provider", "invalid_choice"),
        ({"course_ids": [str(UUID(int=number)) for number in range(51)]}, "/course_ids", "max_length"),
    ],
)
def test_malformed_input_is_pointed_at(
    buyer: ApiClient, body: dict[str, object], pointer: str, code: str
) -> None:
    response = buyer.post(CREATE, body, headers={"Idempotency-Key": "malformed"})

    errors = problem(response, 400, "invalid_input")["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [(pointer, code)]


def test_a_course_named_twice_is_pointed_at(buyer: ApiClient, buy: Buy, make_course: MakeCourse) -> None:
    course = make_course()

    errors = problem(buy(buyer, course, make_course(), course), 400, "invalid_input")["errors"]

    assert [(error["pointer"], error["code"]) for error in errors] == [("/course_ids/2", "duplicate")]


def test_unknown_and_never_published_courses_are_the_same_to_a_buyer(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse
) -> None:
    response = buy(buyer, make_course(), new_id(), make_course(published=False))

    errors = problem(response, 404, "commerce.course_not_found")["errors"]
    assert [error["pointer"] for error in errors] == ["/course_ids/1", "/course_ids/2"]


def test_a_withdrawn_course_is_not_for_sale(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, withdraw_course: Callable[[UUID], None]
) -> None:
    course = make_course()
    withdraw_course(course)

    errors = problem(buy(buyer, course), 409, "commerce.course_not_for_sale")["errors"]

    assert [error["pointer"] for error in errors] == ["/course_ids/0"]


def test_nobody_buys_their_own_course(
    buyer: ApiClient, buyer_id: UUID, buy: Buy, make_course: MakeCourse
) -> None:
    errors = problem(buy(buyer, make_course(owner_id=buyer_id)), 403, "commerce.own_course")["errors"]

    assert [error["pointer"] for error in errors] == ["/course_ids/0"]


def test_a_free_course_is_had_at_once_and_stripe_never_hears_of_it(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    response = buy(buyer, make_course(price=Money.zero("USD")))

    assert response.status_code == 201
    answer = buyer.json(response)
    assert (answer["order"]["status"], answer["order"]["provider"], answer["payment"]) == ("paid", "", None)
    assert not stripe.calls("POST", "/v1/payment_intents")


def test_courses_in_two_currencies_are_two_purchases(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse
) -> None:
    response = buy(buyer, make_course(price=Money(1, "USD")), make_course(price=Money(1, "EUR")))

    assert problem(response, 422, "commerce.mixed_currencies")["currencies"] == ["EUR", "USD"]


def test_what_is_owned_is_not_bought_again(
    buyer: ApiClient, buyer_id: UUID, buy: Buy, make_course: MakeCourse
) -> None:
    owned = make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[owned], now=now())

    errors = problem(buy(buyer, make_course(), owned), 409, "commerce.already_owned")["errors"]

    assert [error["pointer"] for error in errors] == ["/course_ids/1"]


def test_an_amount_that_stripe_does_not_take_is_said_so(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    response = buy(buyer, make_course(price=Money(1, "USD")))

    assert problem(response, 422, "commerce.payment_not_accepted")["provider_code"] == "amount_too_small"


def test_the_number_of_queries_does_not_grow_with_the_courses(
    buyer: ApiClient,
    buy: Buy,
    make_course: MakeCourse,
    stripe: StandIn,
) -> None:
    buy(buyer, make_course())
    first, courses = make_course(), [make_course() for _ in range(7)]

    with CaptureQueriesContext(connection) as one:
        buy(buyer, first)
    with CaptureQueriesContext(connection) as many:
        buy(buyer, *courses)

    assert len(many) == len(one)
