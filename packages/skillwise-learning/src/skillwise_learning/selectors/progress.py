"""How far people are in the courses they are enrolled in."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from skillwise_catalog import api as catalog

from skillwise_learning.domain.progress import measure_course
from skillwise_learning.dto import (
    CourseProgress,
    EnrolledCourse,
    EnrolledLesson,
    EnrolledModule,
    LessonState,
)
from skillwise_learning.models import Enrollment, LessonProgress

__all__ = ["enrolled_courses", "progress_in"]


def progress_in(enrollments: Iterable[Enrollment]) -> list[CourseProgress]:
    """The progress of each enrolment, in their order. As many queries for one as for many."""
    enrollments = list(enrollments)
    outlines = catalog.get_outlines(course_ids=_course_ids(enrollments))
    states = _states(enrollments)
    return [_measure(enrollment, outlines, states[enrollment.id]) for enrollment in enrollments]


def enrolled_courses(enrollments: Iterable[Enrollment]) -> list[EnrolledCourse]:
    """Each enrolment with its course, outline and progress, in their order. A constant number of queries."""
    enrollments = list(enrollments)
    courses = catalog.get_courses(ids=_course_ids(enrollments))
    outlines = catalog.get_outlines(course_ids=_course_ids(enrollments))
    states = _states(enrollments)
    described = []
    for enrollment in enrollments:
        course = courses.get(enrollment.course_id)
        progress = _measure(enrollment, outlines, states[enrollment.id])
        described.append(
            EnrolledCourse(
                enrollment_id=enrollment.id,
                course_id=enrollment.course_id,
                course_slug=course.slug if course else "",
                course_title=course.title if course else "",
                order_id=enrollment.order_id,
                enrolled_at=enrollment.enrolled_at,
                access=enrollment.access,
                access_ended_at=enrollment.access_ended_at,
                progress=progress,
                modules=_modules(outlines.get(enrollment.course_id), progress),
            )
        )
    return described


def _course_ids(enrollments: Collection[Enrollment]) -> list[UUID]:
    return [enrollment.course_id for enrollment in enrollments]


def _states(enrollments: Collection[Enrollment]) -> dict[UUID, list[LessonState]]:
    states: dict[UUID, list[LessonState]] = defaultdict(list)
    for row in LessonProgress.objects.filter(enrollment__in=enrollments):
        states[row.enrollment_id].append(row.state)
    return states


def _measure(
    enrollment: Enrollment, outlines: dict[UUID, catalog.CourseOutline], states: list[LessonState]
) -> CourseProgress:
    outline = outlines.get(enrollment.course_id)
    return measure_course(
        course_id=enrollment.course_id,
        lesson_ids=[lesson.id for lesson in outline.lessons] if outline else [],
        states=states,
        completed_at=enrollment.completed_at,
    )


def _modules(outline: catalog.CourseOutline | None, progress: CourseProgress) -> tuple[EnrolledModule, ...]:
    states = {state.lesson_id: state for state in progress.lessons}
    return tuple(
        EnrolledModule(
            id=module.id,
            title=module.title,
            lessons=tuple(
                EnrolledLesson(
                    id=lesson.id,
                    title=lesson.title,
                    kind=lesson.kind,
                    group=lesson.group,
                    duration=lesson.duration,
                    is_downloadable=lesson.is_downloadable,
                    state=states[lesson.id],
                )
                for lesson in module.lessons
            ),
        )
        for module in (outline.modules if outline else ())
    )
