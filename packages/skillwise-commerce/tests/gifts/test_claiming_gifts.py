"""Claiming a gift: by its code, once, while it is good."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from endpoints import GIFTS, problem
from skillwise_commerce import api as commerce
from skillwise_commerce.errors import AlreadyOwnedError
from skillwise_commerce.events import EntitlementsGranted
from skillwise_commerce.models import Entitlement, Gift, Order
from skillwise_commerce.services.claims import claim_gift
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import (
    end_entitlements_of,
    make_order,
    make_paid_gift,
    make_paid_order,
    paid_in_full,
)
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.testing.client import ApiClient
from skillwise_kernel.testing.racing import wait_until_blocked
from wishes import ADDRESS

MakeCourse = Callable[..., UUID]
CLAIM = f"{GIFTS}claim/"

pytestmark = pytest.mark.django_db


def test_who_brings_the_code_may_take_the_course(
    buyer: ApiClient,
    claimer: ApiClient,
    claimer_id: UUID,
    gift: Gift,
    course: UUID,
    published: Callable[..., list[Any]],
) -> None:
    (listed,) = buyer.json(buyer.get(GIFTS))["results"]

    response = claimer.post(CLAIM, {"code": f" {listed['code'].lower().replace('-', ' ')} "})

    assert (response.status_code, claimer.json(response)["course_id"]) == (200, str(course))
    (granted,) = published(EntitlementsGranted)
    assert (granted.user_id, granted.course_ids, granted.how) == (claimer_id, (course,), "gift")
    assert commerce.get_entitled_course_ids(user_id=claimer_id, course_ids=[course]) == {course}


def test_claiming_again_is_answered_the_same_and_gives_nothing_more(
    claimer: ApiClient, gift: Gift, published: Callable[..., list[Any]]
) -> None:
    first = claimer.post(CLAIM, {"code": gift.code})

    again = claimer.post(CLAIM, {"code": gift.code})

    assert claimer.json(again) == claimer.json(first)
    assert len(published(EntitlementsGranted)) == Entitlement.objects.count() == 1


def test_an_unknown_code_is_no_gift(claimer: ApiClient, gift: Gift) -> None:
    problem(claimer.post(CLAIM, {"code": "A" * 20}), 404, "commerce.gift_not_found")


def test_a_gift_is_claimed_by_one_person_alone(api: ApiClient, claimer_id: UUID, gift: Gift) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    problem(api.as_actor(make_user().id).post(CLAIM, {"code": gift.code}), 409, "commerce.gift_claimed")


def test_a_gift_that_was_not_claimed_in_time_has_expired(
    claimer: ApiClient, buyer_id: UUID, course: UUID
) -> None:
    make_paid_gift(
        buyer_id=buyer_id, course_ids=[course], email=ADDRESS, now=now() - timedelta(days=365, seconds=1)
    )

    problem(claimer.post(CLAIM, {"code": Gift.objects.get().code}), 410, "commerce.gift_expired")


def test_a_refunded_gift_is_canceled(claimer: ApiClient, gift: Gift) -> None:
    end_entitlements_of(gift.line.order_id, now=now())

    problem(claimer.post(CLAIM, {"code": gift.code}), 410, "commerce.gift_canceled")


def test_refunding_a_claimed_gift_ends_the_claimers_course(
    claimer: ApiClient, claimer_id: UUID, gift: Gift, course: UUID
) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    end_entitlements_of(gift.line.order_id, now=now())

    assert not commerce.get_entitled_course_ids(user_id=claimer_id, course_ids=[course])
    problem(claimer.post(CLAIM, {"code": gift.code}), 410, "commerce.gift_canceled")


def test_a_gift_whose_payment_is_disputed_waits(claimer: ApiClient, gift: Gift) -> None:
    order = Order.objects.get()
    order.status = "disputed"
    order.save(update_fields=["status"])

    problem(claimer.post(CLAIM, {"code": gift.code}), 409, "commerce.gift_suspended")


def test_the_teacher_of_a_course_cannot_claim_it_and_the_gift_stays_good(
    api: ApiClient, claimer: ApiClient, gift: Gift
) -> None:
    teacher = api.as_actor(gift.line.seller_id, roles=["instructor"])

    problem(teacher.post(CLAIM, {"code": gift.code}), 403, "commerce.own_course")

    assert claimer.post(CLAIM, {"code": gift.code}).status_code == 200


def test_who_has_the_course_cannot_claim_it_and_the_gift_stays_good(
    api: ApiClient, claimer: ApiClient, gift: Gift, course: UUID
) -> None:
    owner_id = make_user().id
    make_paid_order(buyer_id=owner_id, course_ids=[course], now=now())

    problem(api.as_actor(owner_id).post(CLAIM, {"code": gift.code}), 409, "commerce.already_owned")

    assert claimer.post(CLAIM, {"code": gift.code}).status_code == 200


def test_what_was_given_is_had_though_it_was_unpublished_meanwhile(
    claimer: ApiClient, gift: Gift, course: UUID, withdraw_course: Callable[[UUID], None]
) -> None:
    withdraw_course(course)

    assert claimer.post(CLAIM, {"code": gift.code}).status_code == 200


def test_ten_people_with_one_code_at_once_are_one_claimer(
    transactional_db: None, api: ApiClient, make_course: MakeCourse
) -> None:
    course = make_course()
    make_paid_gift(buyer_id=make_user().id, course_ids=[course], email=ADDRESS, now=now())
    code = Gift.objects.get().code
    people = [make_user().id for _ in range(10)]

    def claim(user_id: UUID) -> int:
        try:
            return api.as_actor(user_id).post(CLAIM, {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(claim, people))

    assert sorted(statuses) == [200] + [409] * 9
    (entitled,) = Entitlement.objects.all()
    assert entitled.user_id == people[statuses.index(200)] == Gift.objects.get().claimed_by


def test_a_code_and_a_purchase_at_once_give_the_course_once_and_keep_the_gift(
    transactional_db: None, make_course: MakeCourse
) -> None:
    course, person = make_course(), make_user().id
    make_paid_gift(buyer_id=make_user().id, course_ids=[course], email=ADDRESS, now=now())
    code = Gift.objects.get().code
    payment = paid_in_full(make_order(buyer_id=person, course_ids=[course], now=now()))

    def claim() -> str:
        try:
            claim_gift(user_id=person, code=code, now=now())
        except AlreadyOwnedError as error:
            return error.code
        finally:
            connection.close()
        return "claimed"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            settle(payment, now=now())  # the entitlement is written, and not committed
            claiming = pool.submit(claim)
            wait_until_blocked()
        outcome = claiming.result(timeout=30)

    assert outcome == "commerce.already_owned"
    assert Entitlement.objects.count() == 1
    assert Gift.objects.get().claimed_by is None


def test_the_database_holds_that_a_gift_is_claimed_once(claimer_id: UUID, gift: Gift) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    with pytest.raises(IntegrityError, match="is claimed or canceled already"), transaction.atomic():
        Gift.objects.update(claimed_by=make_user().id)
