"""`cart/`: one for a person, on all their devices."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from endpoints import CART, problem
from skillwise_commerce.models import Bundle, BundleCourse, BundlePrice, Cart, CartItem, Coupon
from skillwise_commerce.services.carts import remove_bought
from skillwise_commerce.testing import make_order, make_paid_gift, make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

MakeCourse = Callable[..., UUID]
ITEMS = f"{CART}items/"

pytestmark = pytest.mark.django_db


def add(client: ApiClient, course_id: UUID) -> HttpResponse:
    return client.post(ITEMS, {"course_id": str(course_id)})


def shown(client: ApiClient, **query: str) -> dict[str, Any]:
    cart: dict[str, Any] = client.json(client.get(CART, query))
    return cart


def course_ids(cart: dict[str, Any]) -> list[str]:
    return [item["course_id"] for item in cart["items"]]


def make_bundle(*course_ids: UUID) -> UUID:
    """On sale at 70 dollars."""
    moment = now()
    bundle = Bundle.objects.create(
        title="Breads", owner_id=new_id(), is_on_sale=True, created_at=moment, updated_at=moment
    )
    BundlePrice.objects.create(bundle=bundle, price_amount=7000, price_currency="USD")
    for position, course_id in enumerate(course_ids):
        BundleCourse.objects.create(bundle=bundle, course_id=course_id, position=position)
    return bundle.id


def make_coupon(code: str, **fields: Any) -> None:
    values = {"percent_off": 20, "created_by": new_id(), "created_at": now()}
    Coupon.objects.create(code=code, code_key=code.upper(), **values | fields)


def test_a_cart_is_the_same_on_every_device(api: ApiClient, buyer_id: UUID, make_course: MakeCourse) -> None:
    first, second = make_course(price=Money(4999, "USD")), make_course(price=Money(1, "USD"))
    phone, tablet = api.as_actor(buyer_id), api.as_actor(buyer_id)

    assert add(phone, first).status_code == 201
    assert add(tablet, second).status_code == 201

    for device in (phone, tablet):
        cart = shown(device)
        assert course_ids(cart) == [str(first), str(second)]
        assert [line["total"]["amount"] for line in cart["lines"]] == [4999, 1]
        assert cart["total"] == {"amount": 5000, "currency": "USD"}


def test_nobody_sees_anothers_cart(api: ApiClient, buyer: ApiClient, make_course: MakeCourse) -> None:
    add(buyer, make_course())

    empty = shown(api.as_actor(make_user().id))

    assert (empty["items"], empty["lines"], empty["total"], empty["problem"]) == ([], [], None, None)


def test_adding_twice_changes_nothing(buyer: ApiClient, make_course: MakeCourse) -> None:
    course = make_course()
    first = add(buyer, course)

    again = add(buyer, course)

    assert (first.status_code, again.status_code) == (201, 200)
    assert buyer.json(again)["items"] == buyer.json(first)["items"]
    assert Cart.objects.get().version == 1


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [
        ("unknown", 404, "commerce.course_not_found"),
        ("draft", 404, "commerce.course_not_found"),
        ("withdrawn", 409, "commerce.course_not_for_sale"),
        ("own", 403, "commerce.own_course"),
        ("owned", 409, "commerce.already_owned"),
    ],
)
def test_what_cannot_be_bought_is_not_added(
    buyer: ApiClient,
    buyer_id: UUID,
    make_course: MakeCourse,
    withdraw_course: Callable[[UUID], None],
    case: str,
    status: int,
    code: str,
) -> None:
    course = (
        new_id()
        if case == "unknown"
        else make_course(published=case != "draft", owner_id=buyer_id if case == "own" else None)
    )
    if case == "withdrawn":
        withdraw_course(course)
    if case == "owned":
        make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())

    errors = problem(add(buyer, course), status, code)["errors"]

    assert [error["pointer"] for error in errors] == ["/course_id"]
    assert shown(buyer)["items"] == []


@pytest.mark.parametrize("body", [{}, {"course_id": str(UUID(int=1)), "bundle_id": str(UUID(int=2))}])
def test_an_item_is_a_course_or_a_bundle(buyer: ApiClient, body: dict[str, str]) -> None:
    problem(buyer.post(ITEMS, body), 400, "invalid_input")


def test_what_cannot_be_bought_any_longer_says_why_and_the_rest_is_priced(
    buyer: ApiClient,
    buyer_id: UUID,
    make_course: MakeCourse,
    withdraw_course: Callable[[UUID], None],
) -> None:
    good, withdrawn, owned = (make_course(title=title) for title in ("Good", "Withdrawn", "Owned"))
    for course in (good, withdrawn, owned):
        add(buyer, course)
    withdraw_course(withdrawn)
    make_paid_order(buyer_id=buyer_id, course_ids=[owned], now=now())

    cart = shown(buyer)

    assert {item["title"]: item["problem"] and item["problem"]["code"] for item in cart["items"]} == {
        "Good": None,
        "Withdrawn": "commerce.course_not_for_sale",
        "Owned": "commerce.already_owned",
    }
    assert [line["course_id"] for line in cart["lines"]] == [str(good)]
    assert cart["total"] == {"amount": 4999, "currency": "USD"}


def test_a_cart_in_two_currencies_has_no_price_and_says_why(
    buyer: ApiClient, make_course: MakeCourse
) -> None:
    for currency in ("USD", "EUR"):
        add(buyer, make_course(price=Money(100, currency)))

    cart = shown(buyer)

    assert (cart["problem"]["code"], cart["total"]) == ("commerce.mixed_currencies", None)
    assert [item["problem"] for item in cart["items"]] == [None, None]


def test_a_bundle_is_priced_as_a_bundle_and_a_course_in_it_is_not_asked_for_twice(
    buyer: ApiClient, make_course: MakeCourse
) -> None:
    first, second = make_course(), make_course()
    bundle = make_bundle(first, second)
    add(buyer, first)
    assert buyer.post(ITEMS, {"bundle_id": str(bundle)}).status_code == 201

    cart = shown(buyer)

    assert cart["total"] == {"amount": 7000, "currency": "USD"}
    problems = {item["title"]: item["problem"] and item["problem"]["code"] for item in cart["items"]}
    assert problems["Breads"] is None
    assert sorted(problems.values(), key=str) == [None, "commerce.course_twice"]


def test_of_two_bundles_with_a_course_in_common_one_is_priced(
    buyer: ApiClient, make_course: MakeCourse
) -> None:
    common = make_course()
    for other in (make_course(), make_course()):
        assert buyer.post(ITEMS, {"bundle_id": str(make_bundle(common, other))}).status_code == 201

    cart = shown(buyer)

    assert cart["total"] == {"amount": 7000, "currency": "USD"}
    assert [item["problem"] is None for item in cart["items"]] == [True, False]


def test_a_coupon_in_the_cart_takes_off_its_part(buyer: ApiClient, make_course: MakeCourse) -> None:
    make_coupon("Spring20")

    response = buyer.put(CART, {"course_ids": [str(make_course())], "coupon_code": "spring20"})

    cart = buyer.json(response)
    assert (cart["coupon_code"], cart["coupon_problem"]) == ("spring20", None)
    assert (cart["discount"]["amount"], cart["total"]["amount"]) == (1000, 3999)


def test_a_coupon_of_no_use_says_why_and_the_cart_is_priced_without(
    buyer: ApiClient, make_course: MakeCourse
) -> None:
    make_coupon("Spring20", ended_at=now())

    cart = buyer.json(buyer.put(CART, {"course_ids": [str(make_course())], "coupon_code": "SPRING20"}))

    assert cart["coupon_problem"]["code"] == "commerce.coupon_ended"
    assert cart["total"] == {"amount": 4999, "currency": "USD"}


def test_items_that_stay_keep_their_ids(buyer: ApiClient, make_course: MakeCourse) -> None:
    stays, goes, comes = make_course(), make_course(), make_course()
    add(buyer, stays)
    add(buyer, goes)
    (item_id,) = CartItem.objects.filter(course_id=stays).values_list("id", flat=True)

    cart = buyer.json(buyer.put(CART, {"course_ids": [str(stays), str(comes)]}))

    assert {item["course_id"]: item["id"] for item in cart["items"]}[str(stays)] == str(item_id)
    assert set(course_ids(cart)) == {str(stays), str(comes)}


@pytest.mark.parametrize("method", ["put", "delete"])
def test_what_another_device_added_is_not_replaced_unseen(
    buyer: ApiClient, make_course: MakeCourse, method: str
) -> None:
    course = make_course()
    seen = buyer.get(CART)["ETag"]
    add(buyer, course)
    act = getattr(buyer, method)

    problem(act(CART, {}, headers={"If-Match": seen}), 412, "precondition_failed")

    assert course_ids(shown(buyer)) == [str(course)]
    assert act(CART, {}, headers={"If-Match": buyer.get(CART)["ETag"]}).status_code < 300
    assert shown(buyer)["items"] == []


def test_a_cart_that_has_not_changed_is_not_sent_again(buyer: ApiClient, make_course: MakeCourse) -> None:
    add(buyer, make_course())
    tag = buyer.get(CART)["ETag"]

    assert buyer.get(CART, headers={"If-None-Match": tag}).status_code == 304

    add(buyer, make_course())
    assert buyer.get(CART, headers={"If-None-Match": tag}).status_code == 200


def test_an_item_is_taken_out_by_its_owner_alone(
    api: ApiClient, buyer: ApiClient, make_course: MakeCourse
) -> None:
    add(buyer, make_course())
    url = f"{ITEMS}{shown(buyer)['items'][0]['id']}/"

    problem(api.as_actor(make_user().id).delete(url), 404, "commerce.cart_item_not_found")

    assert buyer.delete(url).status_code == 204
    problem(buyer.delete(url), 404, "commerce.cart_item_not_found")


def test_a_cart_holds_no_more_than_an_order(buyer: ApiClient, make_course: MakeCourse) -> None:
    full = {"course_ids": [str(UUID(int=number)) for number in range(50)]}
    assert buyer.put(CART, full).status_code == 200

    assert problem(add(buyer, make_course()), 409, "commerce.cart_full")["limit"] == 50
    problem(buyer.put(CART, full | {"bundle_ids": [str(new_id())]}), 409, "commerce.cart_full")


def test_what_is_bought_leaves_the_cart_with_its_coupon(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse, deliver_events: Callable[[], int]
) -> None:
    make_coupon("Spring20")
    bought, stays = make_course(), make_course()
    buyer.put(CART, {"course_ids": [str(bought), str(stays)], "coupon_code": "SPRING20"})
    unpaid = make_order(buyer_id=buyer_id, course_ids=[stays], now=now())
    deliver_events()
    assert len(shown(buyer)["items"]) == 2

    make_paid_order(buyer_id=buyer_id, course_ids=[bought], coupon_code="spring20", now=now())
    deliver_events()

    cart = shown(buyer)
    assert (course_ids(cart), cart["coupon_code"]) == ([str(stays)], "")
    assert unpaid


def test_a_bundle_that_is_bought_leaves_the_cart(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse, deliver_events: Callable[[], int]
) -> None:
    bundle = make_bundle(make_course(), make_course())
    buyer.put(CART, {"bundle_ids": [str(bundle)]})

    make_paid_order(buyer_id=buyer_id, course_ids=[], bundle_ids=[bundle], now=now())
    deliver_events()

    assert shown(buyer)["items"] == []


def test_what_was_put_there_after_the_purchase_stays(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course()
    earlier = now() - timedelta(hours=1)
    order_id = make_paid_gift(buyer_id=buyer_id, course_ids=[course], email="gran@example.org", now=earlier)
    add(buyer, course)

    for _ in range(2):
        remove_bought(order_id=order_id, now=now())

    assert course_ids(shown(buyer)) == [str(course)]


@pytest.mark.parametrize("number", [1, 7])
def test_the_cart_takes_as_many_queries_for_one_as_for_many(
    buyer: ApiClient, make_course: MakeCourse, number: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    buyer.put(CART, {"course_ids": [str(make_course()) for _ in range(number)]})

    with django_assert_num_queries(7):
        cart = shown(buyer)

    assert len(cart["lines"]) == number


def test_devices_that_add_at_once_lose_nothing(
    transactional_db: None, api: ApiClient, make_course: MakeCourse
) -> None:
    person = make_user().id
    courses = [make_course() for _ in range(6)]

    def tap(course_id: UUID) -> int:
        try:
            return add(api.as_actor(person), course_id).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(tap, [*courses, *courses]))

    assert sorted(statuses) == [200] * 6 + [201] * 6
    assert set(course_ids(shown(api.as_actor(person)))) == {str(course) for course in courses}
    assert Cart.objects.get().version == 6


def test_the_last_place_in_a_cart_is_taken_once(
    transactional_db: None, api: ApiClient, make_course: MakeCourse
) -> None:
    person = make_user().id
    api.as_actor(person).put(CART, {"course_ids": [str(UUID(int=number)) for number in range(49)]})
    courses = [make_course() for _ in range(4)]

    def tap(course_id: UUID) -> int:
        try:
            return add(api.as_actor(person), course_id).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(tap, courses))

    assert sorted(statuses) == [201] + [409] * 3
    assert CartItem.objects.count() == 50
