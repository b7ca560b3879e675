"""What every edit begins with: the course, locked, and the actor's right to change it."""

from datetime import datetime, timedelta
from uuid import UUID

from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.outbox import publish

from skillwise_catalog.errors import CourseNotFoundError, NotCourseOwnerError
from skillwise_catalog.events import CourseChanged
from skillwise_catalog.models import Course
from skillwise_catalog.selectors.courses import may_edit
from skillwise_catalog.services.freshness import refresh_storefront

__all__ = ["announce_change", "check_version", "later_than", "lock_course"]


def lock_course(*, course_id: UUID, actor: Actor) -> Course:
    """The course, with no other edit of it or of its outline until the transaction ends.

    Raises `CourseNotFoundError`, for another's draft too, and `NotCourseOwnerError` for another's published
    course.
    """
    course = (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .defer("search", "title_key")
        .select_related("category")
        .filter(id=course_id)
        .first()
    )
    if course is None:
        raise CourseNotFoundError
    if not may_edit(actor, course):
        raise NotCourseOwnerError if course.is_published else CourseNotFoundError
    return course


def check_version(present: int, expected: int | None) -> None:
    """Raises `PreconditionFailedError` when the caller last read another version; None expects none."""
    if expected is not None and present != expected:
        raise PreconditionFailedError(extra={"version": present})


def later_than(course: Course, now: datetime) -> datetime:
    """Now, but in any case after the course's last change: subscribers go by the time, and servers' clocks
    differ.
    """
    return max(now, course.updated_at + timedelta(microseconds=1))


def announce_change(course: Course) -> None:
    """Tell what a reader now sees of a published course; of a draft there is nothing to tell."""
    if not course.is_published or course.price is None:
        return
    publish(
        CourseChanged(
            course_id=course.id,
            owner_id=course.owner_id,
            title=course.title,
            price=course.price,
            changed_at=course.updated_at,
        )
    )
    refresh_storefront()
