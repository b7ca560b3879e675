"""What the administrators see of everything."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum
from skillwise_identity import api as identity
from skillwise_kernel.money import Money

from skillwise_insights.dto import (
    ActiveUser,
    Analytics,
    AnalyticsTotals,
    Day,
    EarningsSplit,
    Rating,
    TopCourse,
)
from skillwise_insights.models import CourseEarnings, CourseFigures, DayEarnings, DayFigures, UserFigures

__all__ = ["RANKING_LENGTH", "analytics"]

#: How many courses and people the rankings name.
RANKING_LENGTH = 10

_COUNTERS = ("registrations", "enrollments", "lessons_completed", "courses_completed", "reviews", "orders")


def analytics(*, first_day: date, last_day: date) -> Analytics:
    """The house's figures, with a series over the UTC days from `first_day` to `last_day`, both among them.

    Always nine queries; the totals are sums over days, so that they cost the same after a million enrolments.
    """
    courses = list(
        CourseFigures.objects.order_by("-enrollments", "-revenue_units", "course_id")[:RANKING_LENGTH]
    )
    users = list(UserFigures.objects.filter(actions__gt=0).order_by("-actions", "-user_id")[:RANKING_LENGTH])
    names = _display_names(courses, users)
    return Analytics(
        totals=_totals(),
        top_courses=_top_courses(courses, names),
        most_active_users=tuple(
            ActiveUser(
                user_id=user.user_id,
                display_name=names.get(user.user_id, ""),
                roles=tuple(user.roles),
                actions=user.actions,
            )
            for user in users
        ),
        daily=_daily(first_day, last_day),
    )


def _totals() -> AnalyticsTotals:
    sums = DayFigures.objects.aggregate(**{counter: Sum(counter, default=0) for counter in _COUNTERS})
    earnings = DayEarnings.objects.values("currency").annotate(
        gross=Sum("gross"), instructors=Sum("instructors")
    )
    return AnalyticsTotals(
        users=sums.pop("registrations"),
        courses_published=CourseFigures.objects.filter(is_published=True).count(),
        earnings=tuple(
            _split(row["currency"], row["gross"], row["instructors"]) for row in earnings.order_by("currency")
        ),
        **sums,
    )


def _top_courses(courses: Collection[CourseFigures], names: dict[UUID, str]) -> tuple[TopCourse, ...]:
    revenue: dict[UUID, list[Money]] = defaultdict(list)
    sales = (
        CourseEarnings.objects.filter(course_id__in=[course.course_id for course in courses])
        .values_list("course_id", "currency")
        .annotate(revenue=Sum("revenue"))
        .order_by("currency")
    )
    for course_id, currency, amount in sales:
        revenue[course_id].append(Money(int(amount), currency))
    return tuple(
        TopCourse(
            course_id=course.course_id,
            title=course.title,
            owner_id=course.owner_id,
            owner_name=names.get(course.owner_id, "") if course.owner_id else "",
            is_published=course.is_published,
            enrollments=course.enrollments,
            completions=course.completions,
            rating=Rating(total=course.rating_sum, count=course.rating_count),
            revenue=tuple(revenue[course.course_id]),
        )
        for course in courses
    )


def _display_names(courses: Iterable[CourseFigures], users: Iterable[UserFigures]) -> dict[UUID, str]:
    wanted = {course.owner_id for course in courses if course.owner_id} | {user.user_id for user in users}
    return {user.id: user.display_name for user in identity.get_users(ids=wanted).values()}


def _daily(first_day: date, last_day: date) -> tuple[Day, ...]:
    counted = {row.day: row for row in DayFigures.objects.filter(day__range=(first_day, last_day))}
    earned: dict[date, list[EarningsSplit]] = defaultdict(list)
    for row in DayEarnings.objects.filter(day__range=(first_day, last_day)).order_by("currency"):
        earned[row.day].append(_split(row.currency, row.gross, row.instructors))
    days = (first_day + timedelta(days=number) for number in range((last_day - first_day).days + 1))
    return tuple(
        Day(
            day=day,
            earnings=tuple(earned[day]),
            **{counter: getattr(counted.get(day), counter, 0) for counter in _COUNTERS},
        )
        for day in days
    )


def _split(currency: str, gross: int, instructors: int) -> EarningsSplit:
    # PostgreSQL sums bigints to numerics
    return EarningsSplit(gross=Money(int(gross), currency), instructors=Money(int(instructors), currency))
