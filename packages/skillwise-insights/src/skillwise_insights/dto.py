"""What the dashboards show."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from skillwise_kernel.money import Money

__all__ = [
    "ActiveUser",
    "Analytics",
    "AnalyticsTotals",
    "CourseLine",
    "DashboardTotals",
    "Day",
    "DayOfEnrollments",
    "EarningsSplit",
    "InstructorDashboard",
    "Rating",
    "TopCourse",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """`count` ratings from 1 to 5 that add up to `total`."""

    total: int
    count: int

    @property
    def average(self) -> Decimal | None:
        """The mean, to two decimals, half up; None when nobody has rated."""
        if not self.count:
            return None
        return (Decimal(self.total) / self.count).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLine:
    """One of an instructor's courses. `revenue` is what buyers paid, `earnings` the instructor's share."""

    course_id: UUID
    title: str
    is_published: bool
    enrollments: int
    completions: int
    rating: Rating
    revenue: tuple[Money, ...]
    earnings: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardTotals:
    """Over all of an instructor's courses, and over all that they ever sold."""

    courses: int
    courses_published: int
    enrollments: int
    completions: int
    rating: Rating
    revenue: tuple[Money, ...]
    earnings: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfEnrollments:
    day: date
    enrollments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructorDashboard:
    """`courses` by learners, the most first; `daily_enrollments` without a gap, the oldest day first."""

    totals: DashboardTotals
    courses: tuple[CourseLine, ...]
    daily_enrollments: tuple[DayOfEnrollments, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsSplit:
    """What came in in one currency, and whose it is."""

    gross: Money
    instructors: Money

    @property
    def platform(self) -> Money:
        return self.gross - self.instructors

    @property
    def currency(self) -> str:
        return self.gross.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsTotals:
    users: int
    courses_published: int
    enrollments: int
    lessons_completed: int
    courses_completed: int
    reviews: int
    orders: int
    earnings: tuple[EarningsSplit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopCourse:
    course_id: UUID
    title: str
    owner_id: UUID | None
    owner_name: str
    is_published: bool
    enrollments: int
    completions: int
    rating: Rating
    revenue: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveUser:
    """`actions`: enrolments, completed lessons, reviews posted and orders paid."""

    user_id: UUID
    display_name: str
    roles: tuple[str, ...]
    actions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened on a UTC day."""

    day: date
    registrations: int
    enrollments: int
    lessons_completed: int
    courses_completed: int
    reviews: int
    orders: int
    earnings: tuple[EarningsSplit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytics:
    """Totals and rankings are of all time; `daily` has the days asked for, without a gap, oldest first."""

    totals: AnalyticsTotals
    top_courses: tuple[TopCourse, ...]
    most_active_users: tuple[ActiveUser, ...]
    daily: tuple[Day, ...]
