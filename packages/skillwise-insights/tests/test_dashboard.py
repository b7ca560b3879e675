"""What instructors see of their courses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.services.courses import change_course
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.testing import make_course, outline_of, publish_working_copy
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_insights.models import CourseEarnings
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.testing import complete_lessons, make_enrollment, make_review

URL = "/api/v1/instructors/dashboard/"
FREE = Money(0, "USD")

pytestmark = pytest.mark.django_db


def test_a_sale_a_completion_and_a_review_are_seen(
    instructor: ApiClient, instructor_id: UUID, buyer_id: UUID, told: Callable[[], int]
):
    course = make_course(owner_id=instructor_id, price=Money(4999, "USD"), title="Sourdough")
    make_paid_order(buyer_id=buyer_id, course_ids=[course.id], now=now())
    told()
    lesson_ids = [lesson.id for lesson in outline_of(course.id).lessons]
    complete_lessons(user_id=buyer_id, lesson_ids=lesson_ids)
    make_review(user_id=buyer_id, course_id=course.id, rating=4)
    told()

    dashboard = instructor.json(instructor.get(URL))

    figures = {
        "enrollments": 1,
        "completions": 1,
        "rating": {"average": 4.0, "count": 1},
        "revenue": [{"amount": 4999, "currency": "USD"}],
        "earnings": [{"amount": 3499, "currency": "USD"}],
    }
    assert dashboard["courses"] == [
        {"course_id": str(course.id), "title": "Sourdough", "is_published": True, **figures}
    ]
    assert dashboard["totals"] == {"courses": 1, "courses_published": 1, **figures}


def test_courses_of_others_are_not_seen(
    instructor: ApiClient, instructor_id: UUID, buyer_id: UUID, told: Callable[[], int]
):
    own, foreign = make_course(owner_id=instructor_id), make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[own.id, foreign.id], now=now())
    told()

    dashboard = instructor.json(instructor.get(URL))

    assert [course["course_id"] for course in dashboard["courses"]] == [str(own.id)]
    assert dashboard["totals"]["revenue"] == [{"amount": 4999, "currency": "USD"}]


def test_who_earned_by_a_course_of_anothers_sees_the_earnings_and_none_of_its_figures(
    instructor: ApiClient, instructor_id: UUID, buyer_id: UUID, told: Callable[[], int]
):
    foreign = make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[foreign.id], now=now())
    told()
    CourseEarnings.objects.create(course_id=foreign.id, seller_id=instructor_id, currency="USD", earnings=500)

    dashboard = instructor.json(instructor.get(URL))

    assert dashboard["courses"] == []
    assert (dashboard["totals"]["courses"], dashboard["totals"]["enrollments"]) == (0, 0)
    assert dashboard["totals"]["earnings"] == [{"amount": 500, "currency": "USD"}]


def test_amounts_stay_apart_by_currency(
    instructor: ApiClient, instructor_id: UUID, buyer_id: UUID, told: Callable[[], int]
):
    for price in (Money(1000, "USD"), Money(4000, "JPY"), Money(2000, "USD")):
        course = make_course(owner_id=instructor_id, price=price)
        make_paid_order(buyer_id=buyer_id, course_ids=[course.id], now=now())
    told()

    totals = instructor.json(instructor.get(URL))["totals"]

    assert totals["revenue"] == [
        {"amount": 4000, "currency": "JPY"},
        {"amount": 3000, "currency": "USD"},
    ]
    assert totals["earnings"] == [
        {"amount": 2800, "currency": "JPY"},
        {"amount": 2100, "currency": "USD"},
    ]


def test_titles_and_publication_follow_the_catalogue(
    instructor: ApiClient, instructor_id: UUID, told: Callable[[], int]
):
    owner = Actor(id=instructor_id, roles=frozenset({"instructor"}), is_verified=True)
    renamed, withdrawn = (make_course(owner_id=instructor_id) for _ in range(2))
    make_course(owner_id=instructor_id, published=False)
    change_course(actor=owner, course_id=renamed.id, changes={"title": "Rye"}, now=now())
    publish_working_copy(renamed.id)
    unpublish_course(actor=owner, course_id=withdrawn.id, now=now())
    told()

    dashboard = instructor.json(instructor.get(URL))

    seen = {course["course_id"]: (course["title"], course["is_published"]) for course in dashboard["courses"]}
    assert seen == {str(renamed.id): ("Rye", True), str(withdrawn.id): (withdrawn.title, False)}
    assert (dashboard["totals"]["courses"], dashboard["totals"]["courses_published"]) == (2, 1)


def test_enrolments_are_counted_by_utc_day_over_thirty_days(
    instructor: ApiClient, instructor_id: UUID, told: Callable[[], int]
):
    course, other = (make_course(owner_id=instructor_id, price=FREE) for _ in range(2))
    for course_id, days_ago in ((course.id, 0), (other.id, 0), (course.id, 29), (course.id, 30)):
        make_enrollment(user_id=new_id(), course_id=course_id, now=now() - timedelta(days=days_ago))
    told()

    dashboard = instructor.json(instructor.get(URL))

    days = dashboard["daily_enrollments"]
    assert len(days) == 30
    assert days[-1] == {"day": now().date().isoformat(), "enrollments": 2}
    assert days[0] == {"day": (now() - timedelta(days=29)).date().isoformat(), "enrollments": 1}
    assert sum(day["enrollments"] for day in days) == 3
    assert dashboard["totals"]["enrollments"] == 4


def test_who_has_taught_nothing_sees_zeros(instructor: ApiClient):
    dashboard = instructor.json(instructor.get(URL))

    assert dashboard["courses"] == []
    assert dashboard["totals"]["rating"] == {"average": None, "count": 0}
    assert dashboard["totals"]["earnings"] == []


@pytest.mark.parametrize("number", [1, 6])
def test_it_takes_as_many_queries_for_one_course_as_for_many(
    instructor: ApiClient,
    instructor_id: UUID,
    buyer_id: UUID,
    number: int,
    told: Callable[[], int],
    django_assert_num_queries: Any,
):
    courses = [make_course(owner_id=instructor_id).id for _ in range(number)]
    make_paid_order(buyer_id=buyer_id, course_ids=courses, now=now())
    told()

    with django_assert_num_queries(3):
        response = instructor.get(URL)

    assert len(instructor.json(response)["courses"]) == number


def test_it_is_sent_again_only_when_it_changed(
    instructor: ApiClient, instructor_id: UUID, told: Callable[[], int]
):
    tag = instructor.get(URL)["ETag"]
    assert instructor.get(URL, headers={"If-None-Match": tag}).status_code == 304

    make_course(owner_id=instructor_id)
    told()

    assert instructor.get(URL, headers={"If-None-Match": tag}).status_code == 200


def test_only_instructors_see_it(api: ApiClient, db: None):
    student = api.as_actor(make_user().id)
    unverified = api.as_actor(new_id(), roles=["instructor"], verified=False)

    assert api.get(URL).status_code == 401
    assert student.get(URL).status_code == 403
    assert unverified.get(URL).status_code == 403
