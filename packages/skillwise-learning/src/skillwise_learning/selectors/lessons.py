"""What enrolled people play."""

from uuid import UUID

from skillwise_catalog import api as catalog
from skillwise_catalog.errors import LessonNotFoundError as UnknownLessonError

from skillwise_learning.errors import LessonNotFoundError
from skillwise_learning.selectors.attempts import best_percent
from skillwise_learning.selectors.enrollments import check_access, get_enrollment

__all__ = ["get_lesson"]


def get_lesson(
    *, user_id: UUID, enrollment_id: UUID, lesson_id: UUID
) -> tuple[catalog.LessonContent, int | None]:
    """The content of a lesson of the course that this is an enrolment in, and of a quiz the percent of the
    best attempt.

    Raises `EnrollmentNotFoundError` for anybody else's enrolment, `LessonNotFoundError` for a lesson of
    another course; `AccessEndedError`, `AccessSuspendedError`.
    """
    enrollment = get_enrollment(user_id=user_id, enrollment_id=enrollment_id)
    try:
        content = catalog.get_lesson_content(lesson_id=lesson_id)
    except UnknownLessonError:
        raise LessonNotFoundError from None
    if content.course_id != enrollment.course_id:
        raise LessonNotFoundError
    check_access(enrollment)
    is_quiz = content.kind is catalog.LessonKind.QUIZ
    return content, best_percent(enrollment, lesson_id=lesson_id) if is_quiz else None
