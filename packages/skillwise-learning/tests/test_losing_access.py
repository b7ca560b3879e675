"""Refunds and disputes: a course that may no longer, or not for the time being, be taken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.services.courses import change_course
from skillwise_catalog.testing import make_course, outline_of, publish_working_copy
from skillwise_commerce import api as commerce
from skillwise_commerce.events import EntitlementsEnded, EntitlementsGranted, EntitlementsSuspended
from skillwise_commerce.testing import (
    end_entitlements_of,
    make_paid_order,
    restore_entitlements_of,
    suspend_entitlements_of,
)
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.events import AccessEnded, AccessResumed
from skillwise_learning.models import Enrollment
from skillwise_learning.services.access import end_access, follow_entitlements
from skillwise_learning.services.enrollments import enroll_buyer
from skillwise_learning.testing import complete_lessons, make_review

pytestmark = pytest.mark.django_db

URL = "/api/v1/enrollments/"
Buy = Callable[..., UUID]
Deliver = Callable[[], int]


@pytest.fixture
def buy(student_id: UUID, deliver_events: Deliver) -> Buy:
    """`buy(course)`: the id of the student's paid order, its events delivered."""

    def buy(*course_ids: UUID) -> UUID:
        order_id = make_paid_order(buyer_id=student_id, course_ids=course_ids, now=now())
        deliver_events()
        return order_id

    return buy


def refused(response: HttpResponse, code: str) -> None:
    assert (response.status_code, ApiClient.json(response)["code"]) == (403, code)


def everything_one_does(student: ApiClient, course_id: UUID) -> list[HttpResponse]:
    """Playing a lesson, reporting progress, posting a review, changing it."""
    enrollment = Enrollment.objects.get(course_id=course_id)
    lesson_id = outline_of(course_id).lessons[0].id
    return [
        student.get(f"{URL}{enrollment.id}/lessons/{lesson_id}/"),
        student.post("/api/v1/progress/", {"lesson_id": str(lesson_id), "position": 5}),
        student.post("/api/v1/reviews/", {"course_id": str(course_id), "rating": 1}),
    ]


def test_a_refunded_course_is_taken_no_further_and_shown_as_ended(
    student: ApiClient, buy: Buy, paid_course: CourseSummary, deliver_events: Deliver
):
    order_id = buy(paid_course.id)
    ended_at = now()
    end_entitlements_of(order_id, now=ended_at)
    deliver_events()

    answers = everything_one_does(student, paid_course.id)

    for answer in answers:
        refused(answer, "learning.access_ended")
    (shown,) = student.json(student.get(URL))["results"]
    assert (shown["access"], shown["access_ended_at"][:19]) == ("ended", ended_at.isoformat()[:19])


def test_a_disputed_course_is_not_taken_until_the_dispute_is_over(
    student: ApiClient, buy: Buy, paid_course: CourseSummary, deliver_events: Deliver
):
    order_id = buy(paid_course.id)
    suspend_entitlements_of(order_id, now=now())
    deliver_events()
    for answer in everything_one_does(student, paid_course.id):
        refused(answer, "learning.access_suspended")
    assert student.json(student.get(URL))["results"][0]["access"] == "suspended"

    restore_entitlements_of(order_id, now=now())
    deliver_events()

    assert [answer.status_code for answer in everything_one_does(student, paid_course.id)] == [200, 200, 201]
    assert student.json(student.get(URL))["results"][0]["access"] == "open"


@pytest.mark.parametrize(
    ("lose", "code"),
    [
        (end_entitlements_of, "learning.access_ended"),
        (suspend_entitlements_of, "learning.access_suspended"),
    ],
)
def test_a_review_is_not_changed_without_access_and_may_be_removed(
    student: ApiClient,
    student_id: UUID,
    buy: Buy,
    paid_course: CourseSummary,
    deliver_events: Deliver,
    lose: Callable[..., None],
    code: str,
):
    order_id = buy(paid_course.id)
    url = f"/api/v1/reviews/{make_review(user_id=student_id, course_id=paid_course.id)}/"
    lose(order_id, now=now())
    deliver_events()

    refused(student.patch(url, {"rating": 1}), code)

    assert student.delete(url).status_code == 204


def test_a_refunded_course_ends_access_to_that_course_and_no_other(
    student: ApiClient, buy: Buy, deliver_events: Deliver
):
    kept, returned, apart = (make_course(title=title).id for title in ("Kept", "Returned", "Apart"))
    order_id = buy(kept, returned)
    buy(apart)

    end_entitlements_of(order_id, course_ids=[returned], now=now())
    deliver_events()

    shown = student.json(student.get(URL))["results"]
    assert {one["course"]["title"]: one["access"] for one in shown} == {
        "Kept": "open",
        "Returned": "ended",
        "Apart": "open",
    }


def test_who_buys_a_course_again_goes_on_where_they_were(
    student: ApiClient,
    student_id: UUID,
    buy: Buy,
    paid_course: CourseSummary,
    deliver_events: Deliver,
    published: Callable[..., list[Any]],
):
    first = buy(paid_course.id)
    complete_lessons(user_id=student_id, lesson_ids=[outline_of(paid_course.id).lessons[0].id])
    end_entitlements_of(first, now=now())
    deliver_events()

    second = buy(paid_course.id)

    (shown,) = student.json(student.get(URL))["results"]
    assert (shown["access"], shown["access_ended_at"]) == ("open", None)
    assert (shown["percent"], shown["order_id"]) == (50, str(second))
    assert (len(published(AccessEnded)), len(published(AccessResumed))) == (1, 1)


def test_a_refund_told_of_after_the_course_was_bought_again_ends_nothing(
    student: ApiClient,
    student_id: UUID,
    buy: Buy,
    paid_course: CourseSummary,
    published: Callable[..., list[Any]],
    deliver_events: Deliver,
):
    end_entitlements_of(buy(paid_course.id), now=now())
    (ended,) = published(EntitlementsEnded)
    buy(paid_course.id)

    for _ in range(2):
        end_access(user_id=student_id, course_ids=ended.course_ids, ended_at=ended.ended_at)

    assert student.json(student.get(URL))["results"][0]["access"] == "open"


def test_a_purchase_told_of_after_its_refund_lets_nobody_in(
    student: ApiClient,
    student_id: UUID,
    paid_course: CourseSummary,
    published: Callable[..., list[Any]],
):
    end_entitlements_of(
        make_paid_order(buyer_id=student_id, course_ids=[paid_course.id], now=now()), now=now()
    )
    (granted,) = published(EntitlementsGranted)
    (ended,) = published(EntitlementsEnded)

    end_access(user_id=student_id, course_ids=ended.course_ids, ended_at=ended.ended_at)
    enroll_buyer(user_id=student_id, course_ids=list(granted.course_ids), now=granted.granted_at)

    assert student.json(student.get(URL))["results"] == []


def test_a_dispute_told_of_after_it_was_over_suspends_nothing(
    student: ApiClient,
    student_id: UUID,
    buy: Buy,
    paid_course: CourseSummary,
    deliver_events: Deliver,
    published: Callable[..., list[Any]],
):
    order_id = buy(paid_course.id)
    suspend_entitlements_of(order_id, now=now())
    restore_entitlements_of(order_id, now=now())
    deliver_events()
    (suspended,) = published(EntitlementsSuspended)

    follow_entitlements(user_id=student_id, course_ids=suspended.course_ids, now=suspended.suspended_at)

    assert student.json(student.get(URL))["results"][0]["access"] == "open"


def test_the_first_end_told_of_is_the_one_that_is_kept(
    student_id: UUID, buy: Buy, paid_course: CourseSummary, published: Callable[..., list[Any]]
):
    end_entitlements_of(buy(paid_course.id), now=now())
    (ended,) = published(EntitlementsEnded)

    for days in (0, 0, 3):
        end_access(
            user_id=student_id,
            course_ids=ended.course_ids,
            ended_at=ended.ended_at + timedelta(days=days),
        )

    assert Enrollment.objects.get().access_ended_at == ended.ended_at
    assert len(published(AccessEnded)) == 1


def test_asking_to_be_let_in_after_a_refund_takes_payment_again(
    student: ApiClient, buy: Buy, paid_course: CourseSummary, deliver_events: Deliver
):
    end_entitlements_of(buy(paid_course.id), now=now())
    deliver_events()

    response = student.post(URL, {"course_id": str(paid_course.id)})

    assert (response.status_code, student.json(response)["code"]) == (402, "learning.payment_required")


def test_a_refunded_course_that_became_free_is_had_for_the_asking(
    student: ApiClient, buy: Buy, paid_course: CourseSummary, deliver_events: Deliver
):
    end_entitlements_of(buy(paid_course.id), now=now())
    deliver_events()
    owner = Actor(id=paid_course.owner_id, roles=frozenset({"instructor"}), is_verified=True)
    change_course(actor=owner, course_id=paid_course.id, changes={"price": Money(0, "USD")}, now=now())
    publish_working_copy(paid_course.id)

    response = student.post(URL, {"course_id": str(paid_course.id)})

    assert (response.status_code, student.json(response)["access"]) == (200, "open")


def test_a_disputed_course_is_not_entered_for_the_first_time(
    student: ApiClient, student_id: UUID, paid_course: CourseSummary
):
    order_id = make_paid_order(buyer_id=student_id, course_ids=[paid_course.id], now=now())
    suspend_entitlements_of(order_id, now=now())

    refused(student.post(URL, {"course_id": str(paid_course.id)}), "learning.access_suspended")


def test_the_storefront_counts_those_who_may_learn(
    student_id: UUID, buy: Buy, paid_course: CourseSummary, deliver_events: Deliver
):
    from skillwise_catalog.models import Edition

    order_id = buy(paid_course.id)
    assert Edition.objects.get(course_id=paid_course.id).enrollment_count == 1

    end_entitlements_of(order_id, now=now())
    deliver_events()
    assert Edition.objects.get(course_id=paid_course.id).enrollment_count == 0

    buy(paid_course.id)
    assert Edition.objects.get(course_id=paid_course.id).enrollment_count == 1


def test_commerce_is_told_how_much_of_a_course_was_seen(
    student_id: UUID, buy: Buy, paid_course: CourseSummary, deliver_events: Deliver
):
    buy(paid_course.id)
    complete_lessons(user_id=student_id, lesson_ids=[outline_of(paid_course.id).lessons[0].id])
    deliver_events()

    assert seen(student_id, paid_course) == 50


def test_what_was_seen_before_a_refund_counts_when_the_course_is_bought_again(
    student_id: UUID, buy: Buy, paid_course: CourseSummary, deliver_events: Deliver
):
    first = buy(paid_course.id)
    complete_lessons(user_id=student_id, lesson_ids=[outline_of(paid_course.id).lessons[0].id])
    end_entitlements_of(first, now=now())
    deliver_events()

    buy(paid_course.id)

    assert seen(student_id, paid_course) == 50


def test_two_facts_at_once_leave_the_enrolment_as_commerce_has_it(
    in_parallel: Callable[..., list[Any]],
    student: ApiClient,
    student_id: UUID,
    paid_course: CourseSummary,
    deliver_events: Deliver,
):
    order_id = make_paid_order(buyer_id=student_id, course_ids=[paid_course.id], now=now())
    deliver_events()
    end_entitlements_of(order_id, now=now())
    make_paid_order(buyer_id=student_id, course_ids=[paid_course.id], now=now())

    in_parallel(
        lambda act: act(),
        *[lambda: end_access(user_id=student_id, course_ids=[paid_course.id], ended_at=now())] * 4,
        *[lambda: enroll_buyer(user_id=student_id, course_ids=[paid_course.id], now=now())] * 4,
    )

    assert student.json(student.get(URL))["results"][0]["access"] == "open"


def seen(user_id: UUID, course: CourseSummary) -> int:
    found = commerce.get_entitlements(user_ids=[user_id], course_ids=[course.id])
    return found[user_id, course.id].seen_percent
