"""Recording how far people are."""

import dataclasses
from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_catalog import api as catalog
from skillwise_kernel.outbox import publish

from skillwise_learning.domain.progress import bounded_moment, supersedes
from skillwise_learning.dto import CourseProgress
from skillwise_learning.errors import LessonNotFoundError, QuizNotPassedError
from skillwise_learning.events import CourseCompleted, LessonCompleted
from skillwise_learning.models import Enrollment, LessonProgress
from skillwise_learning.selectors.enrollments import check_access
from skillwise_learning.selectors.progress import progress_in

__all__ = ["note_progress", "record_progress"]


@transaction.atomic
def record_progress(
    *,
    user_id: UUID,
    lesson_id: UUID,
    completed: bool,
    position: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> CourseProgress:
    """Note that an enrolled person played a lesson up to `position` seconds, or completed it.

    Repeating a report changes nothing. One whose `occurred_at` is older than what is known moves no position
    back, but what it completed is completed; a completed lesson stays completed.
    Raises `LessonNotFoundError` unless the lesson stands in a course that the person is enrolled in,
    `AccessEndedError`, `AccessSuspendedError` when they may not take it now, and `QuizNotPassedError` when it
    is a quiz that no attempt has completed.
    """
    enrollment = _locked_enrollment(user_id=user_id, lesson_id=lesson_id)
    check_access(enrollment)
    if completed:
        _check_completable(enrollment, lesson_id)
    moment = bounded_moment(occurred_at, earliest=enrollment.enrolled_at, now=now)
    return note_progress(
        enrollment, lesson_id=lesson_id, completed=completed, position=position, moment=moment
    )


def note_progress(
    enrollment: Enrollment, *, lesson_id: UUID, completed: bool, position: int | None, moment: datetime
) -> CourseProgress:
    """As `record_progress`, in an enrolment that the caller has locked, as of `moment`. Nothing is
    checked.
    """
    lesson, created = LessonProgress.objects.get_or_create(
        enrollment=enrollment, lesson_id=lesson_id, defaults={"position": position or 0, "played_at": moment}
    )
    if not created and supersedes(moment, lesson.played_at):
        lesson.played_at = moment
        lesson.position = lesson.position if position is None else position
    if completed and lesson.completed_at is None:
        lesson.completed_at = moment
        publish(
            LessonCompleted(
                user_id=enrollment.user_id,
                course_id=enrollment.course_id,
                lesson_id=lesson_id,
                completed_at=moment,
            )
        )
    lesson.save()
    return _conclude(enrollment, moment)


def _locked_enrollment(*, user_id: UUID, lesson_id: UUID) -> Enrollment:
    """The enrolment that the lesson belongs to, locked: reports from two devices take turns."""
    course_id = catalog.find_course_of_lessons(lesson_ids=[lesson_id]).get(lesson_id)
    enrollment = (
        Enrollment.objects.select_for_update().filter(user_id=user_id, course_id=course_id).first()
        if course_id
        else None
    )
    if enrollment is None:
        raise LessonNotFoundError
    return enrollment


def _check_completable(enrollment: Enrollment, lesson_id: UUID) -> None:
    """Also of a quiz that later versions left out: another may bring it back."""
    if enrollment.lessons.filter(lesson_id=lesson_id, completed_at__isnull=False).exists():
        return
    if catalog.get_lesson_content(lesson_id=lesson_id).kind == catalog.LessonKind.QUIZ:
        raise QuizNotPassedError


def _conclude(enrollment: Enrollment, moment: datetime) -> CourseProgress:
    """The course's progress now; when that is all of it for the first time, the course is completed."""
    (progress,) = progress_in([enrollment])
    if not progress.is_complete or enrollment.completed_at is not None:
        return progress
    enrollment.completed_at = moment
    enrollment.save(update_fields=["completed_at"])
    publish(CourseCompleted(user_id=enrollment.user_id, course_id=enrollment.course_id, completed_at=moment))
    return dataclasses.replace(progress, completed_at=moment)
