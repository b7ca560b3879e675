"""What an instructor sees of their own courses."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum
from skillwise_kernel.money import Money

from skillwise_insights.dto import (
    CourseLine,
    DashboardTotals,
    DayOfEnrollments,
    InstructorDashboard,
    Rating,
)
from skillwise_insights.models import CourseDay, CourseEarnings, CourseFigures

__all__ = ["DASHBOARD_DAYS", "instructor_dashboard"]

#: How many days of enrolments an instructor sees, today among them.
DASHBOARD_DAYS = 30


def instructor_dashboard(*, instructor_id: UUID, today: date) -> InstructorDashboard:
    """The figures of the courses this person owns, and of what they sold, in three queries.

    A course counts from its first publication on. Earnings stay the seller's when a course changes hands.
    """
    figures = CourseFigures.objects.filter(owner_id=instructor_id).order_by("-enrollments", "course_id")
    sales = list(CourseEarnings.objects.filter(seller_id=instructor_id))
    courses = _course_lines(figures, sales)
    return InstructorDashboard(
        totals=_totals(courses, sales),
        courses=courses,
        daily_enrollments=_daily_enrollments(instructor_id, today),
    )


def _course_lines(
    figures: Iterable[CourseFigures], sales: Iterable[CourseEarnings]
) -> tuple[CourseLine, ...]:
    by_course: dict[UUID, list[CourseEarnings]] = defaultdict(list)
    for sale in sales:
        by_course[sale.course_id].append(sale)
    return tuple(
        CourseLine(
            course_id=course.course_id,
            title=course.title,
            is_published=course.is_published,
            enrollments=course.enrollments,
            completions=course.completions,
            rating=Rating(total=course.rating_sum, count=course.rating_count),
            revenue=_by_currency((sale.currency, sale.revenue) for sale in by_course[course.course_id]),
            earnings=_by_currency((sale.currency, sale.earnings) for sale in by_course[course.course_id]),
        )
        for course in figures
    )


def _totals(courses: Sequence[CourseLine], sales: Iterable[CourseEarnings]) -> DashboardTotals:
    return DashboardTotals(
        courses=len(courses),
        courses_published=sum(course.is_published for course in courses),
        enrollments=sum(course.enrollments for course in courses),
        completions=sum(course.completions for course in courses),
        rating=Rating(
            total=sum(course.rating.total for course in courses),
            count=sum(course.rating.count for course in courses),
        ),
        revenue=_by_currency((sale.currency, sale.revenue) for sale in sales),
        earnings=_by_currency((sale.currency, sale.earnings) for sale in sales),
    )


def _daily_enrollments(instructor_id: UUID, today: date) -> tuple[DayOfEnrollments, ...]:
    first = today - timedelta(days=DASHBOARD_DAYS - 1)
    own = CourseFigures.objects.filter(owner_id=instructor_id).values("course_id")
    counted = dict(
        CourseDay.objects.filter(course_id__in=own, day__range=(first, today))
        .values_list("day")
        .annotate(total=Sum("enrollments"))
    )
    days = (first + timedelta(days=number) for number in range(DASHBOARD_DAYS))
    return tuple(DayOfEnrollments(day=day, enrollments=counted.get(day, 0)) for day in days)


def _by_currency(amounts: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    sums: dict[str, int] = defaultdict(int)
    for currency, amount in amounts:
        sums[currency] += amount
    return tuple(Money(sums[currency], currency) for currency in sorted(sums))
