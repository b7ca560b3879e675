"""A coupon's limits hold when many want its last use at the same moment."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest
from django.http import HttpResponse
from endpoints import CREATE
from racing import at_once
from skillwise_commerce.models import Coupon, CouponRedemption, Order
from skillwise_commerce.services.coupons.managing import change_coupon
from skillwise_identity.testing import make_user
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)

ADMIN = Actor(id=new_id(), roles=frozenset({"admin"}), is_verified=True)


def coupon(**fields: object) -> Coupon:
    terms = {"code": "LAST", "code_key": "LAST", "percent_off": 20, "created_by": ADMIN.id} | fields
    return Coupon.objects.create(created_at=now(), **terms)


def purchase(api: ApiClient, buyer_id: UUID, course: UUID) -> Callable[[], HttpResponse]:
    client = api.as_actor(buyer_id)
    body = {"course_ids": [str(course)], "coupon_code": "last"}
    return lambda: client.post(CREATE, body, headers={"Idempotency-Key": str(new_id())})


def outcome(response: HttpResponse) -> str:
    body = ApiClient.json(response)
    return str(body.get("code", response.status_code))


def test_of_twenty_buyers_who_race_for_the_last_use_one_gets_it(
    api: ApiClient, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    last, course = coupon(max_uses=1), make_course()
    buyers = [make_user().id for _ in range(20)]

    answers = at_once(*(purchase(api, buyer_id, course) for buyer_id in buyers))

    assert Counter(map(outcome, answers)) == {"201": 1, "commerce.coupon_used_up": 19}
    last.refresh_from_db()
    assert last.uses == CouponRedemption.objects.count() == Order.objects.count() == 1


def test_of_twenty_buyers_who_race_for_a_free_course_by_coupon_one_gets_it(
    api: ApiClient, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    coupon(max_uses=1, percent_off=100)
    course = make_course()
    buyers = [make_user().id for _ in range(20)]

    answers = at_once(*(purchase(api, buyer_id, course) for buyer_id in buyers))

    assert Counter(map(outcome, answers)) == {"201": 1, "commerce.coupon_used_up": 19}
    assert list(Order.objects.values_list("status", flat=True)) == ["paid"]


def test_a_person_who_taps_on_ten_devices_uses_a_coupon_no_more_often_than_they_may(
    api: ApiClient, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    mine = coupon(max_uses_per_person=1)
    buyer_id, courses = make_user().id, [make_course() for _ in range(10)]

    answers = at_once(*(purchase(api, buyer_id, course) for course in courses))

    assert all(answer.status_code in {201, 409} for answer in answers), list(map(outcome, answers))
    mine.refresh_from_db()
    held = CouponRedemption.objects.exclude(state="released").count()
    assert mine.uses == held == 1


def test_a_limit_lowered_while_buyers_come_is_never_below_what_was_used(
    api: ApiClient, make_course: Callable[..., UUID], stripe: StandIn
) -> None:
    wanted, course = coupon(max_uses=20), make_course()
    buyers = [make_user().id for _ in range(8)]

    def lower() -> int | str:
        try:
            return change_coupon(actor=ADMIN, coupon_id=wanted.id, changes={"max_uses": 3}).uses
        except SkillWiseError as refused:
            return refused.code

    calls: list[Callable[[], object]] = [purchase(api, buyer_id, course) for buyer_id in buyers]
    *_, lowered = at_once(*calls, lower)

    wanted.refresh_from_db()
    assert wanted.uses == CouponRedemption.objects.count()
    if lowered == "commerce.coupon_limit_below_use":
        assert wanted.max_uses == 20
    else:
        assert wanted.max_uses == 3
        assert wanted.uses <= 3
