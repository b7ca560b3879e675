"""Facts that learning publishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from skillwise_kernel.events import DomainEvent

__all__ = [
    "AccessEnded",
    "AccessResumed",
    "CourseCompleted",
    "Enrolled",
    "LessonCompleted",
    "ReviewChanged",
    "ReviewPosted",
    "ReviewRemoved",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled(DomainEvent):
    """A person may take a course.

    `order_id` is None where it cost nothing, and where a buyer asked to be let in before `OrderPaid` arrived.
    """

    name: ClassVar[str] = "skillwise.learning.enrollment.created.v1"
    enrollment_id: UUID
    user_id: UUID
    course_id: UUID
    order_id: UUID | None
    enrolled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEnded(DomainEvent):
    """An enrolled person may no longer take the course."""

    name: ClassVar[str] = "skillwise.learning.access.ended.v1"
    enrollment_id: UUID
    user_id: UUID
    course_id: UUID
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessResumed(DomainEvent):
    """An enrolled person whose access had ended may take the course again."""

    name: ClassVar[str] = "skillwise.learning.access.resumed.v1"
    enrollment_id: UUID
    user_id: UUID
    course_id: UUID
    order_id: UUID
    resumed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonCompleted(DomainEvent):
    """A lesson was completed for the first time by this person."""

    name: ClassVar[str] = "skillwise.learning.lesson.completed.v1"
    user_id: UUID
    course_id: UUID
    lesson_id: UUID
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCompleted(DomainEvent):
    """Every lesson the course has now is completed; published once per enrolment."""

    name: ClassVar[str] = "skillwise.learning.course.completed.v1"
    user_id: UUID
    course_id: UUID
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPosted(DomainEvent):
    """`rating` is a whole number of stars from 1 to 5."""

    name: ClassVar[str] = "skillwise.learning.review.posted.v1"
    review_id: UUID
    user_id: UUID
    course_id: UUID
    rating: int
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewChanged(DomainEvent):
    name: ClassVar[str] = "skillwise.learning.review.changed.v1"
    review_id: UUID
    user_id: UUID
    course_id: UUID
    rating: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRemoved(DomainEvent):
    name: ClassVar[str] = "skillwise.learning.review.removed.v1"
    review_id: UUID
    user_id: UUID
    course_id: UUID
    removed_at: datetime
