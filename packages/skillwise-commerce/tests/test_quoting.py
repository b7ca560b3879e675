"""`payments/quote/`: what courses cost, why they have no price, and how long the price holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from endpoints import CREATE, QUOTE, problem
from skillwise_commerce.domain.baskets import Billing
from skillwise_commerce.models import Coupon, Gift, LedgerEntry, Order, Quote, TaxRate
from skillwise_commerce.services.claims import claim_gift
from skillwise_commerce.testing import make_paid_gift, make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

Buy = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]


def ask(client: ApiClient, *course_ids: UUID, **fields: Any) -> HttpResponse:
    return client.post(QUOTE, {"course_ids": [str(course_id) for course_id in course_ids], **fields})


def quoted(client: ApiClient, *course_ids: UUID, **fields: Any) -> dict[str, Any]:
    response = ask(client, *course_ids, **fields)
    assert response.status_code == 201, response.content
    body: dict[str, Any] = client.json(response)
    return body


def pay(client: ApiClient, quote_id: str) -> HttpResponse:
    return client.post(CREATE, {"quote_id": quote_id}, headers={"Idempotency-Key": str(new_id())})


def pointers(body: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in body["errors"]]


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def coupon(code: str = "SPRING", **terms: Any) -> Coupon:
    fields = {"percent_off": 20, "created_by": new_id(), "created_at": now()} | terms
    return Coupon.objects.create(code=code, code_key=code.upper(), **fields)


def tax(country: str, rate: str, **terms: Any) -> None:
    TaxRate.objects.create(country=country, rate=Decimal(rate), valid_from=date(2020, 1, 1), **terms)


def test_a_quote_adds_up_line_by_line(buyer: ApiClient, make_course: MakeCourse) -> None:
    coupon()
    tax("BD", "15", is_inclusive=False)
    courses = [make_course(price=Money(amount, "USD")) for amount in (4999, 0, 1001)]

    quote = quoted(buyer, *courses, coupon_code=" spring ", billing={"country": "BD"})

    assert [line["course_id"] for line in quote["lines"]] == list(map(str, courses))
    assert [line["discount"]["amount"] for line in quote["lines"]] == [1000, 0, 200]
    assert [line["tax"]["amount"] for line in quote["lines"]] == [600, 0, 120]
    assert [line["total"]["amount"] for line in quote["lines"]] == [4599, 0, 921]
    assert (quote["price"], quote["discount"], quote["tax"], quote["total"]) == (
        usd(6000),
        usd(1200),
        usd(720),
        usd(5520),
    )
    assert (quote["coupon_code"], quote["lines"][0]["tax_rate"]) == ("SPRING", "15.000")


def test_a_quote_writes_no_order_and_holds_no_coupon(buyer: ApiClient, make_course: MakeCourse) -> None:
    spring = coupon(max_uses=1)

    for _ in range(2):
        quoted(buyer, make_course(), coupon_code="spring")

    spring.refresh_from_db()
    assert (Order.objects.count(), spring.uses) == (0, 0)


def test_prices_are_honoured_for_a_quarter_of_an_hour_whatever_they_become(
    buyer: ApiClient,
    make_course: MakeCourse,
    change_price: Callable[[UUID, Money], None],
    stripe: StandIn,
) -> None:
    course = make_course(price=Money(4999, "USD"))
    quote = quoted(buyer, course)
    change_price(course, Money(9999, "USD"))
    expires_at = datetime.fromisoformat(quote["expires_at"])
    assert timedelta(minutes=14) < expires_at - now() <= timedelta(minutes=15)

    response = pay(buyer, quote["id"])

    assert response.status_code == 201
    body = buyer.json(response)
    assert body["order"]["total"] == usd(4999)
    assert str(Order.objects.get(id=body["order"]["id"]).quote_id) == quote["id"]


def test_an_expired_quote_buys_nothing(buyer: ApiClient, make_course: MakeCourse) -> None:
    quote = quoted(buyer, make_course())
    Quote.objects.update(created_at=now() - timedelta(minutes=16), expires_at=now() - timedelta(minutes=1))

    problem(pay(buyer, quote["id"]), 409, "commerce.quote_expired")

    assert not Order.objects.exists()


def test_another_persons_quote_is_not_there(
    api: ApiClient, buyer: ApiClient, make_course: MakeCourse
) -> None:
    quote = quoted(buyer, make_course())
    other = api.as_actor(make_user().id)

    problem(pay(other, quote["id"]), 404, "commerce.quote_not_found")


def test_one_quote_on_two_devices_is_one_order(
    buyer: ApiClient, make_course: MakeCourse, stripe: StandIn
) -> None:
    coupon(max_uses=1)
    quote = quoted(buyer, make_course(), coupon_code="spring")

    first, second = (buyer.json(pay(buyer, quote["id"])) for _ in range(2))

    assert first["order"]["id"] == second["order"]["id"]
    assert first["payment"]["payment_intent"] == second["payment"]["payment_intent"]


def test_a_quote_whose_coupon_was_deleted_says_so_and_writes_nothing(
    buyer: ApiClient, make_course: MakeCourse, stripe: StandIn
) -> None:
    spring = coupon()
    quote = quoted(buyer, make_course(), coupon_code="spring")
    spring.delete()

    problem(pay(buyer, quote["id"]), 404, "commerce.coupon_not_found")

    assert not Order.objects.exists()


def test_a_course_bought_since_the_quote_is_not_sold_again(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    quote = quoted(buyer, course)
    make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())

    problem(pay(buyer, quote["id"]), 409, "commerce.already_owned")


def test_a_course_that_came_some_other_way_since_the_order_was_begun_is_not_sold_again(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    quote = quoted(buyer, course)
    begun = buyer.json(pay(buyer, quote["id"]))["payment"]["payment_intent"]
    make_paid_gift(buyer_id=make_user().id, course_ids=[course], email="me@example.org", now=now())
    claim_gift(user_id=buyer_id, code=Gift.objects.get().code, now=now())

    problem(pay(buyer, quote["id"]), 409, "commerce.already_owned")

    assert stripe.client.v1.payment_intents.retrieve(begun).status == "canceled", "nobody can pay it any more"


def test_every_course_that_cannot_be_bought_is_pointed_at(
    api: ApiClient, buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse, withdraw_course: Any
) -> None:
    there, owned, taken, hidden = make_course(), make_course(), make_course(), make_course(published=False)
    make_paid_order(buyer_id=buyer_id, course_ids=[owned], now=now())
    withdraw_course(taken)
    own = make_course(owner_id=buyer_id)

    for courses, status, code, where in [
        ([there, owned], 409, "commerce.already_owned", ["/course_ids/1"]),
        ([own, there], 403, "commerce.own_course", ["/course_ids/0"]),
        ([there, taken], 409, "commerce.course_not_for_sale", ["/course_ids/1"]),
        ([new_id(), there, hidden], 404, "commerce.course_not_found", ["/course_ids/0", "/course_ids/2"]),
    ]:
        assert pointers(problem(ask(buyer, *courses), status, code)) == where


YESTERDAY, TOMORROW = now() - timedelta(days=1), now() + timedelta(days=1)


@pytest.mark.parametrize(
    ("terms", "status", "code"),
    [
        (None, 404, "commerce.coupon_not_found"),
        ({"starts_at": TOMORROW}, 409, "commerce.coupon_not_yet_valid"),
        ({"ends_at": YESTERDAY}, 409, "commerce.coupon_ended"),
        ({"ended_at": YESTERDAY}, 409, "commerce.coupon_ended"),
        ({"max_uses": 1}, 409, "commerce.coupon_used_up"),
        ({"scope": "course", "scope_id": UUID(int=1)}, 409, "commerce.coupon_not_for_these_courses"),
        ({"scope": "seller", "scope_id": UUID(int=1)}, 409, "commerce.coupon_not_for_these_courses"),
        (
            {"minimum_amount": 5000, "minimum_currency": "USD"},
            409,
            "commerce.coupon_minimum_not_met",
        ),
        ({"minimum_amount": 1, "minimum_currency": "BDT"}, 409, "commerce.coupon_other_currency"),
        (
            {"percent_off": None, "off_amount": 100, "off_currency": "BDT"},
            409,
            "commerce.coupon_other_currency",
        ),
    ],
)
def test_a_coupon_that_does_not_hold_says_why(
    buyer: ApiClient, make_course: MakeCourse, terms: dict[str, Any] | None, status: int, code: str
) -> None:
    if terms is not None:
        coupon(**terms)
        if "max_uses" in terms:
            make_paid_order(
                buyer_id=make_user().id, course_ids=[make_course()], coupon_code="SPRING", now=now()
            )

    refused = problem(ask(buyer, make_course(price=Money(4999, "USD")), coupon_code="spring"), status, code)

    assert pointers(refused) == ["/coupon_code"]


def test_a_coupon_is_used_by_a_person_as_often_as_it_says(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse
) -> None:
    coupon(max_uses_per_person=1)
    make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], coupon_code="SPRING", now=now())

    problem(ask(buyer, make_course(), coupon_code="spring"), 409, "commerce.coupon_used_by_you")


def test_a_coupon_that_covers_everything_needs_no_provider(
    buyer: ApiClient, make_course: MakeCourse, stripe: StandIn
) -> None:
    free = coupon(percent_off=100)
    quote = quoted(buyer, make_course(), coupon_code="spring")
    assert quote["total"] == usd(0)

    body = buyer.json(pay(buyer, quote["id"]))

    assert (body["order"]["status"], body["order"]["provider"], body["payment"]) == ("paid", "", None)
    assert not stripe.calls("POST", "/v1/payment_intents")
    assert list(free.redemptions.values_list("state", flat=True)) == ["used"]


def test_tax_of_the_billing_country_is_owed_to_it(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse
) -> None:
    tax("BD", "15")
    course = make_course(price=Money(11500, "USD"))
    make_paid_order(
        buyer_id=buyer_id,
        course_ids=[course],
        billing=Billing(country="BD"),
        now=now(),
    )

    owed = LedgerEntry.objects.get(account="tax_payable:BD")
    assert (owed.amount_amount, owed.amount_currency) == (-1500, "USD")


def test_a_business_abroad_accounts_for_the_tax_itself(buyer: ApiClient, make_course: MakeCourse) -> None:
    tax("DE", "19", reverse_charge=True)
    course = make_course(price=Money(11900, "USD"))

    person = quoted(buyer, course, billing={"country": "DE"})
    business = quoted(buyer, course, billing={"country": "DE", "vat_number": "de 123.456-789"})

    assert (person["tax"], person["total"], person["is_reverse_charged"]) == (usd(1900), usd(11900), False)
    assert (business["tax"], business["total"], business["is_reverse_charged"]) == (usd(0), usd(10000), True)


@pytest.mark.parametrize("billing", [{"country": "DE", "vat_number": "DE12"}, {"vat_number": "DE123456789"}])
def test_a_number_that_is_none_of_the_country_is_pointed_at(
    buyer: ApiClient, make_course: MakeCourse, billing: dict[str, str]
) -> None:
    refused = problem(ask(buyer, make_course(), billing=billing), 422, "commerce.vat_number_invalid")

    assert pointers(refused) == ["/billing/vat_number"]


def test_the_rate_is_the_newest_that_is_valid_on_the_day(buyer: ApiClient, make_course: MakeCourse) -> None:
    tax("BD", "10")
    for days, rate in [(-1, "20"), (1, "30")]:
        day = (datetime.now(UTC) + timedelta(days=days)).date()
        TaxRate.objects.create(country="BD", rate=Decimal(rate), valid_from=day)

    quote = quoted(buyer, make_course(price=Money(1200, "USD")), billing={"country": "BD"})

    assert quote["lines"][0]["tax_rate"] == "20.000"


def test_a_quote_costs_as_many_queries_for_six_courses_as_for_one(
    buyer: ApiClient, make_course: MakeCourse
) -> None:
    coupon()
    courses = [make_course() for _ in range(6)]
    with CaptureQueriesContext(connection) as of_one:
        quoted(buyer, courses[0], coupon_code="spring", billing={"country": "BD"})

    with CaptureQueriesContext(connection) as of_six:
        quoted(buyer, *courses, coupon_code="spring", billing={"country": "BD"})

    assert len(of_six) == len(of_one)
