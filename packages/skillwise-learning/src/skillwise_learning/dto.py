"""What crosses learning's door."""

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

__all__ = [
    "Access",
    "CourseProgress",
    "EnrolledCourse",
    "EnrolledLesson",
    "EnrolledModule",
    "LessonState",
    "ResumePoint",
    "SignedReview",
]


class Access(enum.StrEnum):
    """Whether an enrolled person may take the course."""

    OPEN = "open"
    SUSPENDED = "suspended"
    """Not while a dispute about its payment is open."""
    ENDED = "ended"
    """Not any longer: it was refunded. Progress is kept, should they buy it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonState:
    """How far a person is in one lesson. `position` in whole seconds from its start."""

    lesson_id: UUID
    position: int
    played_at: datetime | None
    completed_at: datetime | None

    @property
    def is_completed(self) -> bool:
        return self.completed_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumePoint:
    """Where to go on: this lesson, `position` seconds in."""

    lesson_id: UUID
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseProgress:
    """How far a person is in one course, over the lessons it has now, in teaching order.

    `percent` is a whole number from 0 to 100, and 100 only when every lesson is completed.
    `resume` is None when nothing is left to do. `completed_at` is when the course was first complete;
    it stays when lessons are added later.
    """

    course_id: UUID
    completed_lessons: int
    total_lessons: int
    percent: int
    resume: ResumePoint | None
    lessons: tuple[LessonState, ...]
    completed_at: datetime | None

    @property
    def is_complete(self) -> bool:
        """Whether every lesson that the course has now is completed; a course without lessons is not."""
        return 0 < self.total_lessons == self.completed_lessons


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledLesson:
    """A lesson's place in an enrolled person's course. `duration` in whole seconds, 0 where unknown."""

    id: UUID
    title: str
    kind: str
    group: str
    duration: int
    is_downloadable: bool
    state: LessonState


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledModule:
    id: UUID
    title: str
    lessons: tuple[EnrolledLesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledCourse:
    """An enrolment with what a person sees of its course. `modules` in teaching order.

    The course's slug and title are empty should catalog no longer know it.
    """

    enrollment_id: UUID
    course_id: UUID
    course_slug: str
    course_title: str
    order_id: UUID | None
    enrolled_at: datetime
    access: Access
    access_ended_at: datetime | None
    progress: CourseProgress
    modules: tuple[EnrolledModule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReview:
    """A review with its author's name, which is empty should identity no longer know them."""

    id: UUID
    course_id: UUID
    author_id: UUID
    author_name: str
    rating: int
    text: str
    created_at: datetime
    updated_at: datetime
