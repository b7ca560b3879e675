"""What every edit begins with: the course, locked, and the actor's right to change it; and how it ends."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import PreconditionFailedError

from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.errors import CourseInReviewError, CourseNotFoundError, NotCourseOwnerError
from skillwise_catalog.models import Course, Lesson, Module
from skillwise_catalog.selectors.courses import is_owner, may_edit

__all__ = [
    "check_version",
    "last_edit_of",
    "later_than",
    "lock_course",
    "lock_for_edit",
    "lock_owned_course",
    "mark_edited",
    "state_of",
]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def lock_course(*, course_id: UUID, actor: Actor) -> Course:
    """The course, with no other edit of it or of its outline until the transaction ends.

    Raises `CourseNotFoundError`, for another's draft too, and `NotCourseOwnerError` for another's published
    course.
    """
    course = (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .select_related("category")
        .filter(id=course_id)
        .first()
    )
    if course is None:
        raise CourseNotFoundError
    if not may_edit(actor, course):
        raise NotCourseOwnerError if course.is_published else CourseNotFoundError
    return course


def lock_for_edit(*, course_id: UUID, actor: Actor) -> Course:
    """As `lock_course`, for changing what the course says. Raises `CourseInReviewError` too."""
    course = lock_course(course_id=course_id, actor=actor)
    if course.status == CourseStatus.IN_REVIEW:
        raise CourseInReviewError
    return course


def lock_owned_course(*, course_id: UUID, actor: Actor) -> Course:
    """As `lock_course`, for its owner and administrators alone: editors get `NotCourseOwnerError`."""
    course = lock_course(course_id=course_id, actor=actor)
    if not is_owner(actor, course):
        raise NotCourseOwnerError
    return course


def check_version(present: int, expected: int | None) -> None:
    """Raises `PreconditionFailedError` when the caller last read another version; None expects none."""
    if expected is not None and present != expected:
        raise PreconditionFailedError(extra={"version": present})


def last_edit_of(course: Course) -> int:
    """What grows with every edit of whatever of the course, its modules and lessons included: microseconds
    from 1970 to the last.
    """
    return (course.updated_at - _EPOCH) // timedelta(microseconds=1)


def state_of(module: Module, lessons: Iterable[Lesson]) -> int:
    """What is another number after any edit of the module or of its `lessons` (all of them), and after a
    lesson came, went or moved within it: a hash. It need not grow, being compared for equality alone.
    """
    parts = [
        f"{module.version}",
        *sorted(f"{lesson.position} {lesson.id} {lesson.version}" for lesson in lessons),
    ]
    return int.from_bytes(hashlib.blake2b("\n".join(parts).encode(), digest_size=7).digest())


def later_than(course: Course, now: datetime) -> datetime:
    """Now, but in any case after the course's last change: subscribers go by the time, and servers' clocks
    differ.
    """
    return max(now, course.updated_at + timedelta(microseconds=1))


def mark_edited(course: Course, *, now: datetime) -> None:
    """Note on the instance that the working copy is ahead of what is published."""
    course.has_changes = True
    course.updated_at = later_than(course, now)
