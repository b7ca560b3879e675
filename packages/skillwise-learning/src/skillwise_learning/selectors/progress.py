"""How far people are."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from skillwise_catalog import api as catalog

from skillwise_learning.domain.progress import measure_course
from skillwise_learning.dto import CourseProgress, LessonState
from skillwise_learning.models import Enrollment, LessonProgress

__all__ = ["progress_in", "progress_of"]


def progress_of(*, user_id: UUID, course_ids: Collection[UUID]) -> dict[UUID, CourseProgress]:
    """The person's progress by course; a course they are not enrolled in is left out."""
    return progress_in(Enrollment.objects.filter(user_id=user_id, course_id__in=course_ids))


def progress_in(enrollments: Collection[Enrollment] | Sequence[Enrollment]) -> dict[UUID, CourseProgress]:
    """The progress of these enrolments of one person, by course. As many queries for one as for many."""
    enrollments = list(enrollments)
    outlines = catalog.get_outlines(course_ids=[enrollment.course_id for enrollment in enrollments])
    states = _states_of(enrollments)
    return {
        enrollment.course_id: measure_course(
            course_id=enrollment.course_id,
            lesson_ids=[lesson.id for lesson in outlines[enrollment.course_id].lessons]
            if enrollment.course_id in outlines
            else [],
            states=states[enrollment.id],
            completed_at=enrollment.completed_at,
        )
        for enrollment in enrollments
    }


def _states_of(enrollments: Collection[Enrollment]) -> dict[UUID, list[LessonState]]:
    states: dict[UUID, list[LessonState]] = defaultdict(list)
    for row in LessonProgress.objects.filter(enrollment__in=enrollments):
        states[row.enrollment_id].append(row.state)
    return states
