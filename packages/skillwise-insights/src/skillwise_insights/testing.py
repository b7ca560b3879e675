"""For the tests of insights, and of whatever composes it: all figures, as plain values to compare."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from skillwise_insights.models import (
    CourseDay,
    CourseEarnings,
    CourseFigures,
    DayEarnings,
    DayFigures,
    UserFigures,
)

__all__ = ["CourseCounts", "DayCounts", "Figures", "UserCounts", "read_figures"]


@dataclass(kw_only=True)
class CourseCounts:
    title: str = ""
    owner_id: UUID | None = None
    is_published: bool = False
    enrollments: int = 0
    completions: int = 0
    rating_sum: int = 0
    rating_count: int = 0
    revenue_units: Decimal = Decimal(0)


@dataclass(kw_only=True)
class UserCounts:
    roles: list[str] = field(default_factory=list)
    actions: int = 0


@dataclass(kw_only=True)
class DayCounts:
    registrations: int = 0
    enrollments: int = 0
    lessons_completed: int = 0
    courses_completed: int = 0
    reviews: int = 0
    orders: int = 0


@dataclass(kw_only=True)
class Figures:
    """Amounts in minor units: revenue and earnings of a course, gross and instructors' share of a day."""

    courses: dict[UUID, CourseCounts] = field(default_factory=dict)
    earnings: dict[tuple[UUID, UUID, str], tuple[int, int]] = field(default_factory=dict)
    course_days: dict[tuple[UUID, date], int] = field(default_factory=dict)
    users: dict[UUID, UserCounts] = field(default_factory=dict)
    days: dict[date, DayCounts] = field(default_factory=dict)
    day_earnings: dict[tuple[date, str], tuple[int, int]] = field(default_factory=dict)


def read_figures() -> Figures:
    """All live figures."""
    return Figures(
        courses={
            row.course_id: CourseCounts(
                title=row.title,
                owner_id=row.owner_id,
                is_published=row.is_published,
                enrollments=row.enrollments,
                completions=row.completions,
                rating_sum=row.rating_sum,
                rating_count=row.rating_count,
                revenue_units=row.revenue_units,
            )
            for row in CourseFigures.objects.all()
        },
        earnings={
            (row.course_id, row.seller_id, row.currency): (row.revenue, row.earnings)
            for row in CourseEarnings.objects.all()
        },
        course_days={(row.course_id, row.day): row.enrollments for row in CourseDay.objects.all()},
        users={
            row.user_id: UserCounts(roles=row.roles, actions=row.actions) for row in UserFigures.objects.all()
        },
        days={
            row.day: DayCounts(
                registrations=row.registrations,
                enrollments=row.enrollments,
                lessons_completed=row.lessons_completed,
                courses_completed=row.courses_completed,
                reviews=row.reviews,
                orders=row.orders,
            )
            for row in DayFigures.objects.all()
        },
        day_earnings={
            (row.day, row.currency): (row.gross, row.instructors) for row in DayEarnings.objects.all()
        },
    )
