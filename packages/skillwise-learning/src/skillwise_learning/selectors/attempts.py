"""What enrolled people answered to quizzes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet
from skillwise_catalog import api as catalog

from skillwise_learning.errors import AttemptNotFoundError
from skillwise_learning.models import Enrollment, QuizAttempt
from skillwise_learning.selectors.enrollments import check_access, get_enrollment

__all__ = ["Attempt", "attempts_at", "best_percent", "get_attempt", "graded_attempt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt at a quiz with what was right in it. `best_percent` is that of the person's best attempt at
    this lesson.
    """

    id: UUID
    occurred_at: datetime
    is_passed: bool
    best_percent: int
    graded: catalog.GradedQuiz


def attempts_at(*, user_id: UUID, enrollment_id: UUID, lesson_id: UUID) -> QuerySet[QuizAttempt]:
    """A person's attempts at a lesson, the latest first; none at a lesson that is not theirs or no quiz.

    Raises `EnrollmentNotFoundError` for anybody else's enrolment, `AccessEndedError`, `AccessSuspendedError`.
    """
    enrollment = get_enrollment(user_id=user_id, enrollment_id=enrollment_id)
    check_access(enrollment)
    return enrollment.attempts.filter(lesson_id=lesson_id).order_by("-occurred_at", "-id")


def get_attempt(*, user_id: UUID, enrollment_id: UUID, lesson_id: UUID, attempt_id: UUID) -> Attempt:
    """One of them, with what was right in it. Raises as `attempts_at`, and `AttemptNotFoundError`."""
    attempts = attempts_at(user_id=user_id, enrollment_id=enrollment_id, lesson_id=lesson_id)
    attempt = attempts.filter(attempt_id=attempt_id).select_related("enrollment").first()
    if attempt is None:
        raise AttemptNotFoundError
    return graded_attempt(attempt)


def graded_attempt(attempt: QuizAttempt) -> Attempt:
    """With the right answers of the version that it answered."""
    return Attempt(
        id=attempt.attempt_id,
        occurred_at=attempt.occurred_at,
        is_passed=attempt.is_passed,
        best_percent=best_percent(attempt.enrollment, lesson_id=attempt.lesson_id) or 0,
        graded=catalog.grade_quiz(
            lesson_id=attempt.lesson_id, answers=attempt.answers, version=attempt.version
        ),
    )


def best_percent(enrollment: Enrollment, *, lesson_id: UUID) -> int | None:
    """Of a person's attempts at a lesson; None before the first."""
    best: int | None = enrollment.attempts.filter(lesson_id=lesson_id).aggregate(best=Max("percent"))["best"]
    return best
