"""Beginning a course as a copy of another."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from skillwise_kernel.actor import Actor

from skillwise_catalog.domain.text import MAX_TITLE_LENGTH
from skillwise_catalog.models import Course
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.services.access import check_version, last_edit_of, lock_course
from skillwise_catalog.services.courses import insert_course
from skillwise_catalog.services.documents import write_working_copy
from skillwise_catalog.services.outline import fill_durations_of

__all__ = ["duplicate_course"]

_SUFFIX: Final = " (copy)"


@transaction.atomic
def duplicate_course(
    *, actor: Actor, course_id: UUID, expected_whole: int | None = None, now: datetime
) -> Course:
    """A draft of the actor's that says what the course's working copy says. Its modules and lessons are new
    ones; the files are the same.

    The lock is for one look at all of it: an edit in between would be copied by half. `expected_whole` is
    `last_edit_of` the course as the actor saw it. Raises `CourseNotFoundError`, `NotCourseOwnerError`,
    `PreconditionFailedError`.
    """
    course = lock_course(course_id=course_id, actor=actor)
    check_version(last_edit_of(course), expected_whole)
    original = working_copy(course)
    title = f"{original.title[: MAX_TITLE_LENGTH - len(_SUFFIX)].rstrip()}{_SUFFIX}"
    copy = Course(owner_id=actor.id, title=title, category=course.category, created_at=now, updated_at=now)
    insert_course(copy)
    write_working_copy(copy, replace(original.with_new_ids(), title=title), now=now)
    fill_durations_of(copy, now=now)  # which wait where the original is in review
    return copy
