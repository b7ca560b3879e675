"""What administrators see of everything, and that it agrees with the books."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from skillwise_catalog.testing import make_course, outline_of
from skillwise_commerce.events import OrderPaid
from skillwise_commerce.models import Order
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_identity.events import UserRegistered
from skillwise_identity.testing import make_user
from skillwise_insights.models import UserFigures
from skillwise_insights.selectors.analytics import analytics
from skillwise_insights.services.rebuild import rebuild
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.outbox import publish
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.testing import complete_lessons, make_enrollment, make_review

URL = "/api/v1/admin/analytics/"
FREE = Money(0, "USD")

pytestmark = pytest.mark.django_db


def split(currency: str, gross: int, instructors: int) -> dict[str, Any]:
    return {
        "currency": currency,
        "gross": {"amount": gross, "currency": currency},
        "platform": {"amount": gross - instructors, "currency": currency},
        "instructors": {"amount": instructors, "currency": currency},
    }


def test_totals_are_what_happened(admin: ApiClient, buyer_id: UUID, told: Callable[[], int]):
    publish(UserRegistered(user_id=buyer_id, roles=("student",), registered_at=now()))
    course = make_course(price=Money(4999, "USD"))
    make_course(published=False)
    make_paid_order(buyer_id=buyer_id, course_ids=[course.id], now=now())
    told()
    complete_lessons(user_id=buyer_id, lesson_ids=[one.id for one in outline_of(course.id).lessons])
    make_review(user_id=buyer_id, course_id=course.id)
    told()

    shown = admin.json(admin.get(URL))

    assert shown["totals"] == {
        "users": 1,
        "courses_published": 1,
        "enrollments": 1,
        "lessons_completed": 2,
        "courses_completed": 1,
        "reviews": 1,
        "orders": 1,
        "earnings": [split("USD", 4999, 3499)],
    }
    assert shown["most_active_users"] == [
        {"user_id": str(buyer_id), "display_name": "Nadia Rahman", "roles": ["student"], "actions": 5}
    ]


def test_earnings_agree_with_the_paid_orders(
    admin: ApiClient, told: Callable[[], int], published: Callable[..., list[Any]]
):
    prices = [Money(4999, "USD"), Money(1, "USD"), Money(333, "JPY"), Money(12345, "KWD")]
    courses = [make_course(price=price) for price in prices]
    for _ in range(3):
        make_paid_order(buyer_id=make_user().id, course_ids=[one.id for one in courses[:2]], now=now())
        make_paid_order(buyer_id=make_user().id, course_ids=[courses[2].id], now=now())
    make_paid_order(buyer_id=make_user().id, course_ids=[courses[3].id], now=now())
    make_order(buyer_id=make_user().id, course_ids=[courses[3].id], now=now())
    told()

    earnings = admin.json(admin.get(URL))["totals"]["earnings"]

    booked: dict[str, int] = defaultdict(int)
    for order in Order.objects.filter(status="paid"):
        booked[order.total_currency] += order.total_amount
    shares: dict[str, int] = defaultdict(int)
    for event in published(OrderPaid):
        for line in event.lines:
            shares[line.seller_share.currency] += line.seller_share.amount
    assert {one["currency"]: one["gross"]["amount"] for one in earnings} == booked
    assert {one["currency"]: one["instructors"]["amount"] for one in earnings} == shares
    assert earnings == [split(currency, booked[currency], shares[currency]) for currency in sorted(booked)]


def test_top_courses_go_by_enrolments_then_by_revenue(
    admin: ApiClient, instructor_id: UUID, told: Callable[[], int]
):
    dear = make_course(owner_id=instructor_id, price=Money(9000, "USD"), title="Dear")
    cheap = make_course(price=Money(1500, "JPY"), title="Cheap in larger numbers")
    popular = make_course(price=FREE, title="Popular")
    unwanted = make_course(price=FREE, title="Unwanted")
    for course in (cheap, dear):
        make_paid_order(buyer_id=make_user().id, course_ids=[course.id], now=now())
    for _ in range(2):
        make_enrollment(user_id=new_id(), course_id=popular.id)
    told()

    top = admin.json(admin.get(URL))["top_courses"]

    assert [course["title"] for course in top] == ["Popular", "Cheap in larger numbers", "Dear", "Unwanted"]
    assert top[2]["owner"] == {"id": str(instructor_id), "display_name": "Amina Karim"}
    assert top[1]["revenue"] == [{"amount": 1500, "currency": "JPY"}]
    assert top[3]["course_id"] == str(unwanted.id)


def test_the_most_active_users_come_first_and_the_idle_not_at_all(admin: ApiClient, told: Callable[[], int]):
    course = make_course(price=FREE, lessons=2)
    busy, calm, idle = (make_user().id for _ in range(3))
    publish(UserRegistered(user_id=idle, roles=("student",), registered_at=now()))
    for user_id in (calm, busy):
        make_enrollment(user_id=user_id, course_id=course.id)
    complete_lessons(user_id=busy, lesson_ids=[outline_of(course.id).lessons[0].id])
    told()

    users = admin.json(admin.get(URL))["most_active_users"]

    assert [(user["user_id"], user["actions"]) for user in users] == [(str(busy), 2), (str(calm), 1)]


def test_the_most_active_users_are_read_off_their_index_unsorted():
    UserFigures.objects.bulk_create(UserFigures(user_id=new_id(), actions=n % 3) for n in range(3_000))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {UserFigures._meta.db_table}")
    with CaptureQueriesContext(connection) as queries:
        analytics(first_day=now().date(), last_day=now().date())
    (ranking,) = [q["sql"] for q in queries if f'FROM "{UserFigures._meta.db_table}"' in q["sql"]]

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {ranking}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "insights_user_by_actions" in plan, plan
    assert "Sort" not in plan, plan


def test_rankings_name_ten(admin: ApiClient, told: Callable[[], int]):
    for _ in range(11):
        make_enrollment(user_id=make_user().id, course_id=make_course(price=FREE).id)
    told()

    shown = admin.json(admin.get(URL))

    assert (len(shown["top_courses"]), len(shown["most_active_users"])) == (10, 10)


def test_the_series_has_every_day_asked_for(admin: ApiClient, buyer_id: UUID, told: Callable[[], int]):
    yesterday, today = now() - timedelta(days=1), now()
    course = make_course(price=Money(1000, "USD"))
    make_paid_order(buyer_id=buyer_id, course_ids=[course.id], now=yesterday)
    make_enrollment(user_id=new_id(), course_id=course.id, now=today)
    told()
    asked = {"from": (today - timedelta(days=2)).date().isoformat(), "to": today.date().isoformat()}

    daily = admin.json(admin.get(URL, asked))["daily"]

    assert [day["day"] for day in daily] == [
        (today - timedelta(days=days)).date().isoformat() for days in (2, 1, 0)
    ]
    assert [(day["orders"], day["enrollments"], day["earnings"]) for day in daily] == [
        (0, 0, []),
        (1, 1, [split("USD", 1000, 700)]),
        (0, 1, []),
    ]


def test_the_series_is_of_the_last_thirty_days_when_nobody_says(admin: ApiClient):
    daily = admin.json(admin.get(URL))["daily"]

    assert len(daily) == 30
    assert daily[-1]["day"] == now().date().isoformat()


def test_the_range_ends_before_the_totals_begin_to_matter(
    admin: ApiClient, buyer_id: UUID, told: Callable[[], int]
):
    make_enrollment(user_id=buyer_id, course_id=make_course(price=FREE).id)
    told()

    shown = admin.json(admin.get(URL, {"from": "2020-01-01", "to": "2020-01-01"}))

    assert shown["totals"]["enrollments"] == 1
    assert [day["enrollments"] for day in shown["daily"]] == [0]


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-02-02", "to": "2026-02-01"},
        {"from": "2025-01-01", "to": "2026-02-01"},
        {"from": "9999-12-31"},
        {"from": "a while ago"},
        {"to": "2026-02-30"},
    ],
)
def test_a_range_that_makes_no_sense_is_refused(admin: ApiClient, asked: dict[str, str]):
    response = admin.get(URL, asked)

    assert response.status_code == 400
    assert admin.json(response)["errors"][0]["pointer"].lstrip("/") in asked


def test_the_first_day_there_is_has_none_before_it(admin: ApiClient):
    daily = admin.json(admin.get(URL, {"to": "0001-01-01"}))["daily"]

    assert [day["day"] for day in daily] == ["0001-01-01"]


@pytest.mark.parametrize("number", [1, 6])
def test_it_takes_as_many_queries_for_little_as_for_much(
    admin: ApiClient, number: int, told: Callable[[], int], django_assert_num_queries: Any
):
    for _ in range(number):
        make_paid_order(buyer_id=make_user().id, course_ids=[make_course().id], now=now())
    told()

    with django_assert_num_queries(9):
        response = admin.get(URL)

    assert len(admin.json(response)["top_courses"]) == number


def test_a_rebuild_changes_nothing_of_it(admin: ApiClient, buyer_id: UUID, told: Callable[[], int]):
    course = make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[course.id], now=now())
    told()
    make_review(user_id=buyer_id, course_id=course.id)
    told()
    before = admin.get(URL)

    rebuild()

    assert admin.get(URL).content == before.content


def test_only_administrators_see_it(api: ApiClient, instructor: ApiClient):
    assert api.get(URL).status_code == 401
    assert instructor.get(URL).status_code == 403
    assert api.as_actor(new_id()).get(URL).status_code == 403
