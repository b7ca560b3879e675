"""Facts that catalog publishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from skillwise_kernel.events import DomainEvent
from skillwise_kernel.money import Money

__all__ = [
    "CourseChanged",
    "CourseFiguresChanged",
    "CourseInstructorsChanged",
    "CoursePublished",
    "CourseReturned",
    "CourseSubmitted",
    "CourseUnpublished",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePublished(DomainEvent):
    """A course became visible to everyone, at `published_at`; it may have been before, and gone."""

    name: ClassVar[str] = "skillwise.catalog.course.published.v1"
    course_id: UUID
    owner_id: UUID
    title: str
    price: Money
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseChanged(DomainEvent):
    """What a reader sees of a published course changed. `title` and `price` are as they are now."""

    name: ClassVar[str] = "skillwise.catalog.course.changed.v1"
    course_id: UUID
    owner_id: UUID
    title: str
    price: Money
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseUnpublished(DomainEvent):
    """A course left the public lists. Those enrolled keep it."""

    name: ClassVar[str] = "skillwise.catalog.course.unpublished.v1"
    course_id: UUID
    owner_id: UUID
    unpublished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFiguresChanged(DomainEvent):
    """The rating or the number of enrolments that the storefront shows of a course changed. Whose figures
    they are tells them.
    """

    name: ClassVar[str] = "skillwise.catalog.course.figures_changed.v1"
    course_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSubmitted(DomainEvent):
    """An owner asked for a review; nobody edits the course until it is approved, returned or withdrawn."""

    name: ClassVar[str] = "skillwise.catalog.course.submitted.v1"
    course_id: UUID
    owner_id: UUID
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReturned(DomainEvent):
    """An administrator gave a submitted course back to its authors. What was approved is published."""

    name: ClassVar[str] = "skillwise.catalog.course.returned.v1"
    course_id: UUID
    owner_id: UUID
    returned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseInstructorsChanged(DomainEvent):
    """Somebody began or ceased to teach the course, or it has another owner. All who teach it now."""

    name: ClassVar[str] = "skillwise.catalog.course.instructors_changed.v1"
    course_id: UUID
    owner_id: UUID
    editor_ids: tuple[UUID, ...]
    changed_at: datetime
