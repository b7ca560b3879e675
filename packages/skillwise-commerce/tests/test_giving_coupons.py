"""`coupons/`: who may give which, what of one may be changed, and how one ends."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from endpoints import COUPONS, problem
from skillwise_commerce.domain.coupons import ALPHABET
from skillwise_commerce.models import Coupon
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

MakeCourse = Callable[..., UUID]


@pytest.fixture
def house(api: ApiClient) -> ApiClient:
    return api.as_actor(new_id(), roles=["admin"])


def give(client: ApiClient, **fields: Any) -> HttpResponse:
    return client.post(COUPONS, {"code": "SPRING", "percent_off": 20, "scope": "seller"} | fields)


def given(client: ApiClient, **fields: Any) -> dict[str, Any]:
    response = give(client, **fields)
    assert response.status_code == 201, response.content
    body: dict[str, Any] = client.json(response)
    return body


def pointers(body: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in body["errors"]]


def test_a_coupon_is_read_as_it_was_given(seller: ApiClient, seller_id: UUID) -> None:
    response = give(seller, code="Spring_20", max_uses=5, minimum={"amount": 1000, "currency": "USD"})

    assert response.status_code == 201
    coupon = seller.json(response)
    assert seller.json(seller.get(response["Location"])) == coupon
    assert (coupon["code"], coupon["percent_off"], coupon["amount_off"]) == ("Spring_20", 20, None)
    assert (coupon["scope"], coupon["scope_id"]) == ("seller", str(seller_id))
    assert (coupon["max_uses"], coupon["max_uses_per_person"], coupon["uses"]) == (5, 1, 0)
    assert coupon["minimum"] == {"amount": 1000, "currency": "USD"}


def test_a_code_is_taken_in_every_case(seller: ApiClient, house: ApiClient) -> None:
    given(seller, code="Spring")

    refused = problem(give(house, code="sPRING", scope="site"), 409, "commerce.coupon_code_taken")

    assert pointers(refused) == ["/code"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"amount_off": {"amount": 1, "currency": "USD"}}, "/percent_off"),
        ({"percent_off": None}, "/percent_off"),
        ({"percent_off": 0}, "/percent_off"),
        ({"percent_off": 101}, "/percent_off"),
        ({"scope": "course"}, "/scope_id"),
        ({"scope": "planet"}, "/scope"),
        ({"code": "a b"}, "/code"),
        ({"code": "ab\n"}, "/code"),
        ({"max_uses": 0}, "/max_uses"),
        ({"minimum": {"amount": 0, "currency": "USD"}}, "/minimum/amount"),
    ],
)
def test_what_is_no_coupon_is_refused(seller: ApiClient, fields: dict[str, Any], pointer: str) -> None:
    refused = problem(give(seller, **fields), 400, "invalid_input")

    assert pointers(refused) == [pointer]


def test_an_instructor_gives_coupons_for_their_own_courses_alone(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    own, other = make_course(owner_id=seller_id), make_course()

    given(seller, code="OWN", scope="course", scope_id=str(own))
    for fields, pointer in [
        ({"scope": "site"}, "/scope"),
        ({"scope": "seller", "scope_id": str(new_id())}, "/scope_id"),
        ({"scope": "course", "scope_id": str(other)}, "/scope_id"),
    ]:
        refused = problem(give(seller, **fields), 403, "commerce.coupon_scope_not_yours")
        assert pointers(refused) == [pointer]


def test_an_administrator_gives_coupons_for_any_course_that_there_is(
    house: ApiClient, make_course: MakeCourse
) -> None:
    given(house, code="SITE", scope="site")
    given(house, code="COURSE", scope="course", scope_id=str(make_course()))

    problem(give(house, scope="course", scope_id=str(new_id())), 404, "commerce.course_not_found")


def test_a_window_that_ends_before_it_begins_is_refused(seller: ApiClient) -> None:
    window = {"starts_at": now().isoformat(), "ends_at": (now() - timedelta(hours=1)).isoformat()}

    refused = problem(give(seller, **window), 422, "commerce.coupon_window_reversed")

    assert pointers(refused) == ["/ends_at"]


def test_instructors_see_their_own_coupons_and_administrators_all(
    api: ApiClient, seller: ApiClient, house: ApiClient
) -> None:
    coupon = given(seller, code="MINE")
    other = api.as_actor(new_id(), roles=["instructor"])

    assert [one["code"] for one in seller.json(seller.get(COUPONS))["results"]] == ["MINE"]
    assert [one["code"] for one in house.json(house.get(COUPONS))["results"]] == ["MINE"]
    assert other.json(other.get(COUPONS))["results"] == []
    path = f"{COUPONS}{coupon['id']}/"
    for response in (other.get(path), other.patch(path, {}), other.post(f"{path}end/"), other.delete(path)):
        problem(response, 404, "commerce.coupon_not_found")


def test_a_list_is_narrowed_by_code_in_any_case(seller: ApiClient) -> None:
    given(seller, code="ONE-1")
    given(seller, code="TWO-2")

    found = seller.json(seller.get(COUPONS, {"code": "two-2"}))["results"]

    assert [coupon["code"] for coupon in found] == ["TWO-2"]


def test_a_list_costs_one_query_however_many_coupons(seller: ApiClient) -> None:
    given(seller, code="C-0")
    with CaptureQueriesContext(
        connection,
    ) as of_one:
        seller.get(COUPONS)
    for number in range(1, 6):
        given(seller, code=f"C-{number}")

    with CaptureQueriesContext(connection) as of_six:
        assert len(seller.json(seller.get(COUPONS))["results"]) == 6

    assert len(of_six) == len(of_one) == 1


def test_limits_and_window_are_changed_and_the_promise_stays(seller: ApiClient) -> None:
    path = f"{COUPONS}{given(seller)['id']}/"

    changed = seller.json(seller.patch(path, {"max_uses": 3, "percent_off": 99, "code": "X", "uses": 2}))

    assert (changed["max_uses"], changed["percent_off"], changed["code"], changed["uses"]) == (
        3,
        20,
        "SPRING",
        0,
    )
    assert seller.json(seller.patch(path, {"max_uses": None}))["max_uses"] is None


def test_of_two_who_change_one_version_the_second_reads_again(seller: ApiClient) -> None:
    path = f"{COUPONS}{given(seller)['id']}/"
    tag = seller.get(path)["ETag"]
    first = seller.patch(path, {"max_uses": 3}, headers={"If-Match": tag})

    problem(seller.patch(path, {"max_uses": 4}, headers={"If-Match": tag}), 412, "precondition_failed")

    assert seller.patch(path, {"max_uses": 4}, headers={"If-Match": first["ETag"]}).status_code == 200


def test_a_limit_is_not_lowered_below_what_was_used(house: ApiClient, make_course: MakeCourse) -> None:
    path = f"{COUPONS}{given(house, scope='site', max_uses=10)['id']}/"
    for _ in range(2):
        make_order(buyer_id=make_user().id, course_ids=[make_course()], coupon_code="spring", now=now())

    refused = problem(house.patch(path, {"max_uses": 1}), 409, "commerce.coupon_limit_below_use")

    assert (refused["uses"], pointers(refused)) == (2, ["/max_uses"])
    assert house.json(house.patch(path, {"max_uses": 2}))["uses"] == 2


def test_a_used_coupon_is_ended_not_deleted(
    house: ApiClient, buyer_id: UUID, make_course: MakeCourse
) -> None:
    path = f"{COUPONS}{given(house, scope='site')['id']}/"
    make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], coupon_code="SPRING", now=now())

    problem(house.delete(path), 409, "commerce.coupon_used")
    ended = house.json(house.post(f"{path}end/"))

    assert ended["ended_at"] is not None
    assert house.json(house.post(f"{path}end/")) == ended
    assert ended["uses"] == 1


def test_an_unused_coupon_can_be_deleted(seller: ApiClient) -> None:
    path = f"{COUPONS}{given(seller)['id']}/"

    assert seller.delete(path).status_code == 204

    problem(seller.get(path), 404, "commerce.coupon_not_found")


def test_a_batch_is_random_one_off_codes_that_are_read_out_without_mistake(seller: ApiClient) -> None:
    response = seller.post(
        f"{COUPONS}batches/", {"name": "Fair", "size": 300, "percent_off": 50, "scope": "seller"}
    )

    assert response.status_code == 201
    batch = seller.json(response)
    sheet = seller.get(response["Location"], headers={"Accept": "text/csv"})
    assert sheet["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(StringIO(sheet.content.decode())))
    codes = {line["code"] for line in lines}
    assert len(codes) == len(lines) == batch["size"] == 300
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) <= set(ALPHABET)
    assert not set("O0I1L") & set(ALPHABET)
    assert len({code[:4] for code in codes}) > 250, "no two alike at their beginning, but by chance"
    assert set(Coupon.objects.values_list("max_uses", "max_uses_per_person", "percent_off")) == {(1, 1, 50)}
    assert {(line["uses"], line["ended_at"]) for line in lines} == {("0", "")}


def test_the_coupons_of_a_batch_are_listed_by_it(seller: ApiClient) -> None:
    given(seller)
    body = {"name": "Fair", "size": 3, "percent_off": 50, "scope": "seller"}
    batch = seller.json(seller.post(f"{COUPONS}batches/", body))

    found = seller.json(seller.get(COUPONS, {"batch_id": batch["id"]}))["results"]

    assert [coupon["batch_id"] for coupon in found] == [batch["id"]] * 3


def test_another_instructors_batch_is_not_there(api: ApiClient, seller: ApiClient) -> None:
    body = {"name": "Fair", "size": 1, "percent_off": 50, "scope": "seller"}
    place = seller.post(f"{COUPONS}batches/", body)["Location"]
    other = api.as_actor(new_id(), roles=["instructor"])

    problem(other.get(place, headers={"Accept": "text/csv"}), 404, "commerce.coupon_batch_not_found")


def test_a_batch_of_none_or_too_many_is_refused(seller: ApiClient) -> None:
    for size in (0, 5001):
        body = {"name": "Fair", "size": size, "percent_off": 50, "scope": "seller"}
        assert pointers(problem(seller.post(f"{COUPONS}batches/", body), 400, "invalid_input")) == ["/size"]
