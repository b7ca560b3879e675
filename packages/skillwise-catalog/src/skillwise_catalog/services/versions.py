"""Going back to what was published before."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_kernel.actor import Actor

from skillwise_catalog.models import Course
from skillwise_catalog.selectors.documents import version_document
from skillwise_catalog.services.access import check_version, last_edit_of, lock_for_edit
from skillwise_catalog.services.documents import write_working_copy
from skillwise_catalog.services.outline import fill_durations_of

__all__ = ["restore_version"]


@transaction.atomic
def restore_version(
    *, actor: Actor, course_id: UUID, number: int, expected_whole: int | None = None, now: datetime
) -> Course:
    """Make the working copy what the version says; its modules and lessons are the ones that they were.
    Readers see it when it is published next. No category is made: where the version's is there no longer,
    the course keeps the one that it has. `expected_whole` is `last_edit_of` the course as the actor saw
    it: whoever edited a lesson since must not lose it. Lessons that said nothing of their duration take as
    long as their videos, which may be known by now.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `CourseInReviewError`,
    `VersionNotFoundError`.
    """
    course = lock_for_edit(course_id=course_id, actor=actor)
    check_version(last_edit_of(course), expected_whole)
    write_working_copy(course, version_document(course_id=course_id, number=number), now=now)
    fill_durations_of(course, now=now)
    return course
