"""`bundles/`: who puts which courses together, who sees it, and what buying one costs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from endpoints import BUNDLES, QUOTE, TEACHING, problem
from skillwise_commerce.models import OrderLine
from skillwise_commerce.testing import make_paid_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

MakeCourse = Callable[..., UUID]
Put = Callable[..., HttpResponse]


@pytest.fixture
def own(make_course: MakeCourse, seller_id: UUID) -> Callable[..., UUID]:
    return lambda **fields: make_course(owner_id=seller_id, **fields)


def put_together(client: ApiClient, *course_ids: UUID, **fields: Any) -> HttpResponse:
    body = {
        "title": "Bread and butter",
        "course_ids": [str(course_id) for course_id in course_ids],
        "prices": [{"amount": 5000, "currency": "USD"}],
        "is_on_sale": True,
    }
    return client.post(BUNDLES, body | fields)


def made(client: ApiClient, *course_ids: UUID, **fields: Any) -> dict[str, Any]:
    response = put_together(client, *course_ids, **fields)
    assert response.status_code == 201, response.content
    body: dict[str, Any] = client.json(response)
    return body


def pointers(body: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in body["errors"]]


def test_a_bundle_on_sale_is_seen_by_everyone_with_its_courses_in_order(
    api: ApiClient, seller: ApiClient, own: MakeCourse
) -> None:
    courses = [own(title=title) for title in ("Rye", "Bread", "Butter")]

    response = put_together(seller, *courses)

    bundle = seller.json(response)
    assert api.json(api.get(response["Location"])) == bundle
    assert api.json(api.get(BUNDLES))["results"] == [bundle]
    assert [(one["id"], one["title"]) for one in bundle["courses"]] == list(
        zip(map(str, courses), ("Rye", "Bread", "Butter"), strict=True)
    )
    assert bundle["prices"] == [{"amount": 5000, "currency": "USD"}]
    assert (bundle["is_on_sale"], bundle["is_available"]) == (True, True)


def test_a_bundle_that_is_not_on_sale_is_its_makers_alone(
    api: ApiClient, seller: ApiClient, own: MakeCourse
) -> None:
    bundle = made(seller, own(), own(), is_on_sale=False)
    path = f"{BUNDLES}{bundle['id']}/"
    other = api.as_actor(new_id(), roles=["instructor"])

    assert seller.get(path).status_code == 200
    assert api.as_actor(new_id(), roles=["admin"]).get(path).status_code == 200
    assert [one["id"] for one in seller.json(seller.get(f"{TEACHING}bundles/"))["results"]] == [bundle["id"]]
    assert api.json(api.get(BUNDLES))["results"] == []
    assert other.json(other.get(f"{TEACHING}bundles/"))["results"] == []
    for client in (api, other):
        problem(client.get(path), 404, "commerce.bundle_not_found")
    problem(other.patch(path, {"title": "Mine"}), 404, "commerce.bundle_not_found")


def test_an_instructor_bundles_their_own_courses_alone(
    api: ApiClient, seller: ApiClient, own: MakeCourse, make_course: MakeCourse
) -> None:
    mine, other, hidden = own(), make_course(), make_course(published=False)

    assert pointers(problem(put_together(seller, mine, other), 403, "commerce.not_course_owner")) == [
        "/course_ids/1"
    ]
    assert pointers(problem(put_together(seller, hidden, mine), 404, "commerce.course_not_found")) == [
        "/course_ids/0"
    ]
    made(api.as_actor(new_id(), roles=["admin"]), mine, other)


def test_only_published_courses_are_put_on_sale(
    seller: ApiClient, own: MakeCourse, withdraw_course: Callable[[UUID], None]
) -> None:
    there, draft = own(), own(published=False)
    assert pointers(problem(put_together(seller, there, draft), 409, "commerce.course_not_for_sale")) == [
        "/course_ids/1"
    ]
    bundle = made(seller, there, draft, is_on_sale=False)

    refused = seller.patch(f"{BUNDLES}{bundle['id']}/", {"is_on_sale": True})

    assert pointers(problem(refused, 409, "commerce.course_not_for_sale")) == ["/is_on_sale"]
    assert seller.json(seller.get(f"{BUNDLES}{bundle['id']}/"))["is_on_sale"] is False


def test_a_bundle_whose_course_was_taken_back_says_so(
    api: ApiClient,
    buyer: ApiClient,
    seller: ApiClient,
    own: MakeCourse,
    withdraw_course: Callable[[UUID], None],
) -> None:
    taken, there = own(), own()
    bundle = made(seller, there, taken)
    withdraw_course(taken)

    assert api.json(api.get(f"{BUNDLES}{bundle['id']}/"))["is_available"] is False
    refused = problem(buyer.post(QUOTE, {"bundle_ids": [bundle["id"]]}), 409, "commerce.course_not_for_sale")
    assert pointers(refused) == ["/bundle_ids/0"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"course_ids": [str(UUID(int=1))]}, "/course_ids"),
        ({"course_ids": [str(UUID(int=1))] * 2}, "/course_ids/1"),
        ({"prices": []}, "/prices"),
        ({"prices": [{"amount": 0, "currency": "USD"}]}, "/prices/0/amount"),
        ({"prices": [{"amount": 1, "currency": "USD"}, {"amount": 2, "currency": "USD"}]}, "/prices/1"),
        ({"title": ""}, "/title"),
    ],
)
def test_what_is_no_bundle_is_refused(
    seller: ApiClient, own: MakeCourse, fields: dict[str, Any], pointer: str
) -> None:
    refused = problem(put_together(seller, own(), own(), **fields), 400, "invalid_input")

    assert pointers(refused) == [pointer]


def test_what_a_change_does_not_name_stays(seller: ApiClient, own: MakeCourse) -> None:
    bundle = made(seller, own(), own())
    path = f"{BUNDLES}{bundle['id']}/"
    new = [{"amount": 700000, "currency": "BDT"}, {"amount": 6000, "currency": "USD"}]

    changed = seller.json(seller.patch(path, {"prices": new}))

    assert changed == bundle | {"prices": new, "updated_at": changed["updated_at"]}


def test_of_two_who_change_one_version_the_second_reads_again(seller: ApiClient, own: MakeCourse) -> None:
    path = f"{BUNDLES}{made(seller, own(), own())['id']}/"
    tag = seller.get(path)["ETag"]
    assert seller.patch(path, {"title": "One"}, headers={"If-Match": tag}).status_code == 200

    problem(seller.patch(path, {"title": "Two"}, headers={"If-Match": tag}), 412, "precondition_failed")

    assert seller.json(seller.get(path))["title"] == "One"


def test_another_instructor_changes_no_bundle_on_sale(
    api: ApiClient, seller: ApiClient, own: MakeCourse
) -> None:
    bundle = made(seller, own(), own())
    other = api.as_actor(new_id(), roles=["instructor"])

    refused = other.patch(f"{BUNDLES}{bundle['id']}/", {"is_on_sale": False})

    problem(refused, 403, "commerce.not_bundle_owner")


def test_a_list_costs_as_many_queries_for_six_bundles_as_for_one(
    api: ApiClient, seller: ApiClient, own: MakeCourse
) -> None:
    made(seller, own(), own())
    with CaptureQueriesContext(connection) as of_one:
        api.get(BUNDLES)
    for _ in range(5):
        made(seller, own(), own())

    with CaptureQueriesContext(connection) as of_six:
        assert len(api.json(api.get(BUNDLES))["results"]) == 6

    assert len(of_six) == len(of_one) == 4


def test_a_bundle_bought_is_lines_that_make_up_its_price_to_the_cent(
    seller: ApiClient, buyer_id: UUID, own: MakeCourse
) -> None:
    courses = [own(price=Money(amount, "USD")) for amount in (3000, 3000, 3000)]
    bundle = made(seller, *courses, prices=[{"amount": 5000, "currency": "USD"}])

    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[], bundle_ids=[UUID(bundle["id"])], now=now())

    lines = OrderLine.objects.filter(order_id=order_id).order_by("position")
    assert [line.price_amount for line in lines] == [1667, 1667, 1666]
    assert {line.bundle_id for line in lines} == {UUID(bundle["id"])}
    assert [line.course_id for line in lines] == courses


def test_a_course_twice_in_a_basket_is_pointed_at_in_both_places(
    seller: ApiClient, buyer: ApiClient, own: MakeCourse
) -> None:
    course = own()
    bundle = made(seller, course, own())

    refused = buyer.post(QUOTE, {"course_ids": [str(course)], "bundle_ids": [bundle["id"]]})

    assert pointers(problem(refused, 422, "commerce.course_twice")) == ["/course_ids/0", "/bundle_ids/0"]
