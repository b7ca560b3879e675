"""A course's prices in other currencies, and what its instructors earn."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from endpoints import QUOTE, TEACHING, problem
from racing import at_once
from skillwise_commerce.models import OrderLineShare
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

MakeCourse = Callable[..., UUID]
AsSeller = Callable[[UUID], ApiClient]


@pytest.fixture
def house(api: ApiClient) -> ApiClient:
    return api.as_actor(new_id(), roles=["admin"])


def prices(course_id: UUID) -> str:
    return f"{TEACHING}courses/{course_id}/prices/"


def shares(course_id: UUID) -> str:
    return f"{TEACHING}courses/{course_id}/shares/"


def ask(client: ApiClient, course_id: UUID, **amounts: int) -> HttpResponse:
    body = [{"amount": amount, "currency": currency} for currency, amount in amounts.items()]
    return client.put(prices(course_id), {"prices": body})


def share(client: ApiClient, course_id: UUID, percents: dict[UUID, int]) -> HttpResponse:
    body = [{"seller_id": str(seller_id), "percent": percent} for seller_id, percent in percents.items()]
    return client.put(shares(course_id), {"shares": body})


def pointers(body: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in body["errors"]]


def earned_of(order_id: UUID) -> dict[UUID, int]:
    return dict(OrderLineShare.objects.filter(line__order_id=order_id).values_list("seller_id", "amount"))


def test_a_course_is_sold_in_every_currency_that_it_has_a_price_in(
    buyer: ApiClient, as_seller: AsSeller, make_course: MakeCourse
) -> None:
    course = make_course(price=Money(4999, "USD"))
    set_now = ask(as_seller(course), course, KWD=15250, JPY=7500)
    assert set_now.status_code == 200

    def total(**fields: str) -> dict[str, Any]:
        answer = buyer.post(QUOTE, {"course_ids": [str(course)], **fields})
        return dict(buyer.json(answer)["total"])

    assert total() == total(currency="USD") == {"amount": 4999, "currency": "USD"}
    assert total(currency="JPY") == {"amount": 7500, "currency": "JPY"}
    assert total(currency="KWD") == {"amount": 15250, "currency": "KWD"}
    refused = buyer.post(QUOTE, {"course_ids": [str(course)], "currency": "EUR"})
    body = problem(refused, 409, "commerce.course_not_priced")
    assert (body["currency"], pointers(body)) == ("EUR", ["/course_ids/0"])


def test_courses_shown_in_different_currencies_are_bought_together_in_one_that_all_have(
    buyer: ApiClient, as_seller: AsSeller, make_course: MakeCourse
) -> None:
    dollars, yen = make_course(price=Money(4999, "USD")), make_course(price=Money(7000, "JPY"))
    basket = {"course_ids": [str(dollars), str(yen)]}
    ask(as_seller(yen), yen, USD=4500)

    problem(buyer.post(QUOTE, basket), 422, "commerce.mixed_currencies")
    quoted = buyer.json(buyer.post(QUOTE, basket | {"currency": "USD"}))

    assert quoted["total"] == {"amount": 9499, "currency": "USD"}


def test_prices_that_are_not_named_again_are_no_more(as_seller: AsSeller, make_course: MakeCourse) -> None:
    course = make_course()
    seller = as_seller(course)
    ask(seller, course, JPY=7500, BDT=550000)

    ask(seller, course, JPY=8000)

    assert seller.json(seller.get(prices(course))) == {"prices": [{"amount": 8000, "currency": "JPY"}]}


def test_the_price_that_the_course_shows_is_changed_there(
    as_seller: AsSeller, make_course: MakeCourse
) -> None:
    course = make_course(price=Money(4999, "USD"))

    refused = ask(as_seller(course), course, JPY=7500, USD=100)

    assert pointers(problem(refused, 409, "commerce.price_of_catalog")) == ["/prices/1"]
    assert as_seller(course).json(as_seller(course).get(prices(course))) == {"prices": []}


def test_a_currency_named_twice_is_refused(as_seller: AsSeller, make_course: MakeCourse) -> None:
    course = make_course()
    twice = [{"amount": 1, "currency": "JPY"}, {"amount": 2, "currency": "JPY"}]

    refused = as_seller(course).put(prices(course), {"prices": twice})

    assert pointers(problem(refused, 400, "invalid_input")) == ["/prices/1"]


def test_whoever_sets_terms_that_were_set_since_is_told_so(
    as_seller: AsSeller, house: ApiClient, make_course: MakeCourse
) -> None:
    ada = make_user(roles=["instructor"]).id
    course = make_course(owner_id=ada)
    owner = as_seller(course)
    for path, theirs, mine in (
        (
            prices(course),
            {"prices": [{"amount": 7500, "currency": "JPY"}]},
            {"prices": [{"amount": 15250, "currency": "KWD"}]},
        ),
        (
            shares(course),
            {"shares": [{"seller_id": str(ada), "percent": 60}]},
            {"shares": [{"seller_id": str(ada), "percent": 50}]},
        ),
    ):
        read = owner.get(path)["ETag"]
        changed = house.put(path, theirs, headers={"If-Match": read})
        assert changed.status_code == 200

        stale = owner.put(path, mine, headers={"If-Match": read})

        assert problem(stale, 412, "precondition_failed")["version"] == 2
        assert owner.json(owner.get(path)) == theirs
        assert owner.put(path, mine, headers={"If-Match": changed["ETag"]}).status_code == 200
        assert owner.json(owner.get(path)) == mine
        assert owner.put(path, theirs).status_code == 200, "who asks for no version overwrites any"


@pytest.mark.django_db(transaction=True)
def test_of_those_who_set_what_they_read_at_the_same_moment_one_does(
    as_seller: AsSeller, house: ApiClient, make_course: MakeCourse
) -> None:
    course = make_course()
    owner = as_seller(course)
    read = {"If-Match": ask(owner, course, KWD=15250)["ETag"]}
    amounts = range(100, 108)

    def put(amount: int) -> Callable[[], HttpResponse]:
        client = house if amount % 2 else owner
        body = {"prices": [{"amount": amount, "currency": "JPY"}]}
        return lambda: client.put(prices(course), body, headers=read)

    answers = at_once(*(put(amount) for amount in amounts))

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    (kept,) = owner.json(owner.get(prices(course)))["prices"]
    assert answers[amounts.index(kept["amount"])].status_code == 200


def test_another_instructor_sets_no_terms(api: ApiClient, make_course: MakeCourse) -> None:
    other = api.as_actor(new_id(), roles=["instructor"])
    shown, hidden = make_course(), make_course(published=False)

    for path in (prices, shares):
        problem(other.get(path(shown)), 403, "commerce.not_course_owner")
        problem(other.get(path(hidden)), 404, "commerce.course_not_found")
    problem(ask(other, shown, JPY=1), 403, "commerce.not_course_owner")
    problem(share(other, shown, {}), 403, "commerce.not_course_owner")


def test_instructors_share_what_a_course_brings_in(
    as_seller: AsSeller, make_course: MakeCourse, buyer_id: UUID
) -> None:
    ada, bob = (make_user(roles=["instructor"]).id for _ in range(2))
    course = make_course(price=Money(9999, "USD"), owner_id=ada, editor_ids=[bob])
    answer = share(as_seller(course), course, {ada: 50, bob: 20})
    assert answer.status_code == 200, answer.content

    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())

    assert earned_of(order_id) == {ada: 4999, bob: 2000}, "the odd cent goes by the largest remainder"


def test_an_owner_divides_what_is_left_to_instructors_and_an_administrator_grants_more(
    as_seller: AsSeller, house: ApiClient, make_course: MakeCourse
) -> None:
    ada, bob = (make_user(roles=["instructor"]).id for _ in range(2))
    course = make_course(owner_id=ada, editor_ids=[bob])
    owner = as_seller(course)

    assert problem(share(owner, course, {ada: 71}), 422, "commerce.shares_too_large")["limit"] == 70
    assert problem(share(house, course, {ada: 90, bob: 11}), 422, "commerce.shares_too_large")["limit"] == 100
    assert share(house, course, {ada: 85}).status_code == 200
    assert share(owner, course, {ada: 45, bob: 40}).status_code == 200
    problem(share(owner, course, {ada: 46, bob: 40}), 422, "commerce.shares_too_large")


def test_only_those_who_teach_the_course_have_a_share(as_seller: AsSeller, make_course: MakeCourse) -> None:
    ada, bob, colleague = (make_user(roles=["instructor"]).id for _ in range(3))
    course = make_course(owner_id=ada, editor_ids=[bob])

    refused = share(as_seller(course), course, {ada: 10, colleague: 10, bob: 10, new_id(): 10})

    assert pointers(problem(refused, 422, "commerce.seller_unknown")) == [
        "/shares/1/seller_id",
        "/shares/3/seller_id",
    ]


def test_what_was_agreed_on_for_somebody_who_left_is_the_owners_of_later_orders(
    as_seller: AsSeller, make_course: MakeCourse, buyer_id: UUID
) -> None:
    ada, bob = (make_user(roles=["instructor"]).id for _ in range(2))
    course = make_course(price=Money(1000, "USD"), owner_id=ada, editor_ids=[bob])
    owner = as_seller(course)
    share(owner, course, {ada: 40, bob: 30})
    before = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())

    left = owner.delete(f"/api/v1/courses/{course}/instructors/{bob}/")
    after = make_paid_order(buyer_id=make_user().id, course_ids=[course], now=now())

    assert left.status_code == 200
    assert earned_of(before) == {ada: 400, bob: 300}
    assert earned_of(after) == {ada: 700}
    assert owner.json(owner.get(shares(course)))["shares"] == [{"seller_id": str(ada), "percent": 70}]


def test_whoever_gets_a_course_gets_what_was_agreed_on_for_those_who_left_it(
    as_seller: AsSeller, make_course: MakeCourse, buyer_id: UUID
) -> None:
    ada, bob = (make_user(roles=["instructor"]).id for _ in range(2))
    course = make_course(price=Money(1000, "USD"), owner_id=ada)
    share(as_seller(course), course, {ada: 60})
    people = f"/api/v1/courses/{course}/instructors/"
    as_seller(course).post(people, {"user_id": str(bob), "role": "owner"})

    kept = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())
    as_seller(course).delete(f"{people}{ada}/")
    left = make_paid_order(buyer_id=make_user().id, course_ids=[course], now=now())

    assert earned_of(kept) == {ada: 600}, "who was the owner is an editor, and has the share that they had"
    assert earned_of(left) == {bob: 600}


def test_without_an_agreement_the_owner_earns_what_is_usual(
    as_seller: AsSeller, make_course: MakeCourse, buyer_id: UUID
) -> None:
    ada = make_user(roles=["instructor"]).id
    course = make_course(price=Money(1000, "USD"), owner_id=ada)
    share(as_seller(course), course, {ada: 10})
    assert share(as_seller(course), course, {}).status_code == 200

    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())

    assert earned_of(order_id) == {ada: 700}
