"""How far someone is in a course, and where they go on."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from skillwise_learning.dto import CourseProgress, LessonState, ResumePoint

__all__ = ["bounded_moment", "completion_percent", "measure_course", "resume_point", "supersedes"]


def completion_percent(completed: int, total: int) -> int:
    """`completed` of `total` lessons as whole percent, rounded down: 100 means all. No lessons mean 0."""
    return 100 * completed // total if total else 0


def resume_point(lesson_ids: Sequence[UUID], states: Mapping[UUID, LessonState]) -> ResumePoint | None:
    """Where to go on in a course whose lessons are `lesson_ids`, in teaching order.

    That is the lesson played last, unless it is completed: then the next uncompleted one in teaching order,
    behind the last of which comes the first. Who has played nothing starts at the first uncompleted lesson.
    None when nothing is uncompleted. States of lessons that the course no longer has count for nothing.
    """
    start = _played_last(lesson_ids, states)
    for lesson_id in (*lesson_ids[start:], *lesson_ids[:start]):
        state = states.get(lesson_id)
        if state is None or not state.is_completed:
            return ResumePoint(lesson_id=lesson_id, position=state.position if state else 0)
    return None


def measure_course(
    *,
    course_id: UUID,
    lesson_ids: Sequence[UUID],
    states: Collection[LessonState],
    completed_at: datetime | None,
) -> CourseProgress:
    """The progress that `states` amount to over the lessons that the course has now."""
    by_lesson = {state.lesson_id: state for state in states}
    lessons = tuple(by_lesson.get(lesson_id) or _untouched(lesson_id) for lesson_id in lesson_ids)
    completed = sum(lesson.is_completed for lesson in lessons)
    return CourseProgress(
        course_id=course_id,
        completed_lessons=completed,
        total_lessons=len(lessons),
        percent=completion_percent(completed, len(lessons)),
        resume=resume_point(lesson_ids, by_lesson),
        lessons=lessons,
        completed_at=completed_at,
    )


def bounded_moment(occurred_at: datetime | None, *, earliest: datetime, now: datetime) -> datetime:
    """When a reported thing happened, as far as a device's clock is believed: from `earliest` to `now`.

    An app that was offline sends the moment with its report; one that sends none means now.
    """
    return now if occurred_at is None else max(earliest, min(occurred_at, now))


def supersedes(moment: datetime, known: datetime | None) -> bool:
    """Whether a report of `moment` replaces what is known as of `known`; one of the same moment does."""
    return known is None or moment >= known


def _played_last(lesson_ids: Sequence[UUID], states: Mapping[UUID, LessonState]) -> int:
    """The place of the lesson played last (of several at the same moment, the one taught last), else 0."""
    played = [
        (played_at, place)
        for place, lesson_id in enumerate(lesson_ids)
        if (state := states.get(lesson_id)) and (played_at := state.played_at)
    ]
    return max(played)[1] if played else 0


def _untouched(lesson_id: UUID) -> LessonState:
    return LessonState(lesson_id=lesson_id, position=0, played_at=None, completed_at=None)
