"""Learning's door for other contexts."""

from collections.abc import Collection
from uuid import UUID

from skillwise_learning.dto import CourseProgress, LessonState, ResumePoint
from skillwise_learning.selectors.enrollments import enrolled_course_ids, enrollments_in
from skillwise_learning.selectors.progress import progress_in

__all__ = ["CourseProgress", "LessonState", "ResumePoint", "get_enrolled_course_ids", "get_progress"]


def get_progress(*, user_id: UUID, course_ids: Collection[UUID]) -> dict[UUID, CourseProgress]:
    """The person's progress by course; a course that they are not enrolled in is left out.

    Permission is not checked: the caller knows whether it may show this person's progress.
    """
    enrollments = enrollments_in(user_id=user_id, course_ids=course_ids)
    return {progress.course_id: progress for progress in progress_in(enrollments)}


def get_enrolled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that the person is enrolled in."""
    return enrolled_course_ids(user_id=user_id, course_ids=course_ids)
