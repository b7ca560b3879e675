"""Answering quizzes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from skillwise_catalog import api as catalog
from skillwise_catalog.errors import AnswersRefusedError

from skillwise_learning.domain.progress import bounded_moment
from skillwise_learning.dto import CourseProgress
from skillwise_learning.errors import (
    AttemptDiffersError,
    EnrollmentNotFoundError,
    LessonNotFoundError,
)
from skillwise_learning.models import Enrollment, QuizAttempt
from skillwise_learning.selectors.attempts import Attempt, graded_attempt
from skillwise_learning.selectors.enrollments import check_access
from skillwise_learning.selectors.progress import progress_in
from skillwise_learning.services.progress import note_progress

__all__ = ["attempt_quiz"]


@transaction.atomic
def attempt_quiz(
    *,
    user_id: UUID,
    enrollment_id: UUID,
    lesson_id: UUID,
    attempt_id: UUID,
    answers: Mapping[str, Any],
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> tuple[Attempt, CourseProgress, bool]:
    """Keep what an enrolled person answered to a quiz, graded as in this version of its course (None: the one
    published last); passed, it completes the lesson. `answers` as `catalog.grade_quiz` takes them.

    Answers the attempt, the progress in the whole course, and whether the attempt is new: the same
    `attempt_id` with the same answers changes nothing, with others it is an `AttemptDiffersError`. Raises
    `EnrollmentNotFoundError` for anybody else's enrolment, `LessonNotFoundError` for a lesson of another
    course, `AccessEndedError`, `AccessSuspendedError`; catalog's `NotAQuizError` and `AnswersRefusedError`.
    """
    enrollment = _locked_enrollment(user_id=user_id, enrollment_id=enrollment_id, lesson_id=lesson_id)
    check_access(enrollment)
    known = QuizAttempt.objects.filter(enrollment=enrollment, attempt_id=attempt_id).first()
    if known is not None:
        _check_same(known, lesson_id=lesson_id, answers=answers)
        (progress,) = progress_in([enrollment])
        return graded_attempt(known), progress, False
    graded = catalog.grade_quiz(lesson_id=lesson_id, answers=answers, version=version)
    moment = bounded_moment(occurred_at, earliest=enrollment.enrolled_at, now=now)
    attempt = QuizAttempt.objects.create(
        enrollment=enrollment,
        attempt_id=attempt_id,
        lesson_id=lesson_id,
        version=graded.version,
        answers=_answers_in(graded),
        earned=graded.earned,
        points=graded.points,
        percent=graded.percent,
        is_passed=graded.is_passed,
        occurred_at=moment,
    )
    progress = note_progress(
        enrollment, lesson_id=lesson_id, completed=graded.is_passed, position=None, moment=moment
    )
    return graded_attempt(attempt), progress, True


def _locked_enrollment(*, user_id: UUID, enrollment_id: UUID, lesson_id: UUID) -> Enrollment:
    """Of two devices with the same attempt, one waits for the other."""
    enrollment = Enrollment.objects.select_for_update().filter(id=enrollment_id, user_id=user_id).first()
    if enrollment is None:
        raise EnrollmentNotFoundError
    courses = catalog.find_course_of_lessons(lesson_ids=[lesson_id])
    if courses.get(lesson_id) != enrollment.course_id:
        raise LessonNotFoundError
    return enrollment


def _check_same(known: QuizAttempt, *, lesson_id: UUID, answers: Mapping[str, Any]) -> None:
    """Raises `AttemptDiffersError` unless this is what the attempt said."""
    if known.lesson_id != lesson_id:
        raise AttemptDiffersError
    try:
        repeated = catalog.grade_quiz(lesson_id=lesson_id, answers=answers, version=known.version)
    except AnswersRefusedError:
        raise AttemptDiffersError from None
    if _answers_in(repeated) != known.answers:
        raise AttemptDiffersError


def _answers_in(graded: catalog.GradedQuiz) -> dict[str, Any]:
    return {str(question.id): question.answer for question in graded.questions if question.answer is not None}
