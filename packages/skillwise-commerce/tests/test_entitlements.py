"""Who has what, as the other contexts ask it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from skillwise_commerce import api as commerce
from skillwise_commerce.events import EntitlementsGranted
from skillwise_commerce.models import Entitlement
from skillwise_commerce.testing import (
    end_entitlements_of,
    make_order,
    make_paid_order,
    restore_entitlements_of,
    suspend_entitlements_of,
)
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.money import Money

MakeCourse = Callable[..., UUID]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FREE = Money.zero("USD")


def test_who_has_what_is_answered_at_once_for_many_people_and_courses(
    make_course: MakeCourse, django_assert_num_queries: Callable[..., Any]
) -> None:
    people = [make_user().id for _ in range(3)]
    bought, free, returned, nobodys = (make_course(), make_course(price=FREE), make_course(), make_course())
    order = make_paid_order(buyer_id=people[0], course_ids=[bought, returned], now=NOW)
    end_entitlements_of(order, course_ids=[returned], now=NOW)
    taken = commerce.take_free_course(user_id=people[1], course_id=free, now=NOW + timedelta(hours=1))
    make_order(buyer_id=people[2], course_ids=[nobodys], now=NOW)

    with django_assert_num_queries(1):
        found = commerce.get_entitlements(user_ids=people, course_ids=[bought, free, returned, nobodys])

    assert {key: (one.order_id, one.since) for key, one in found.items()} == {
        (people[0], bought): (order, NOW),
        (people[1], free): (taken, NOW + timedelta(hours=1)),
    }


def test_what_a_dispute_suspends_is_had_and_may_not_be_taken(buyer_id: UUID, make_course: MakeCourse) -> None:
    course = make_course()
    order = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=NOW)

    suspend_entitlements_of(order, now=NOW)

    (suspended,) = commerce.get_entitlements(user_ids=[buyer_id], course_ids=[course]).values()
    assert (suspended.suspended_at, suspended.is_active) == (NOW, False)
    assert not commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course])
    restore_entitlements_of(order, now=NOW)
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course]) == {course}


def test_the_most_that_was_seen_is_what_counts(buyer_id: UUID, make_course: MakeCourse) -> None:
    course, other = make_course(), make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[course, other], now=NOW)

    for percent in (20, 40, 30, 40):
        commerce.set_course_seen(user_id=buyer_id, course_id=course, percent=percent)

    found = commerce.get_entitlements(user_ids=[buyer_id], course_ids=[course, other])
    assert (found[buyer_id, course].seen_percent, found[buyer_id, other].seen_percent) == (40, 0)


def test_what_is_seen_of_a_course_that_one_does_not_have_is_nothing_to_commerce(
    buyer_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course()
    end_entitlements_of(make_paid_order(buyer_id=buyer_id, course_ids=[course], now=NOW), now=NOW)

    commerce.set_course_seen(user_id=buyer_id, course_id=course, percent=90)

    assert Entitlement.objects.get().seen_percent == 0


def test_nobody_has_seen_more_than_all(buyer_id: UUID, make_course: MakeCourse) -> None:
    course = make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[course], now=NOW)

    with pytest.raises(IntegrityError, match="commerce_entitlement_seen_is_percent"), transaction.atomic():
        commerce.set_course_seen(user_id=buyer_id, course_id=course, percent=101)


def test_the_fact_tells_a_purchase_from_what_was_free(
    buyer_id: UUID, make_course: MakeCourse, published: Callable[..., list[Any]]
) -> None:
    make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)
    commerce.take_free_course(user_id=buyer_id, course_id=make_course(price=FREE), now=NOW)

    assert [event.how for event in published(EntitlementsGranted)] == ["purchase", "free"]


def test_nothing_is_mailed_about_a_free_course(
    buyer_id: UUID, make_course: MakeCourse, deliver_events: Callable[[], int]
) -> None:
    commerce.take_free_course(user_id=buyer_id, course_id=make_course(price=FREE), now=NOW)

    deliver_events()

    assert sent_mails() == []
