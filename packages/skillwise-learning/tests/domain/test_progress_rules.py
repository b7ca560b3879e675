"""What the rules of progress promise, whatever the course and however it was played."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from skillwise_learning.domain.progress import (
    bounded_moment,
    completion_percent,
    measure_course,
    resume_point,
    supersedes,
)
from skillwise_learning.dto import LessonState, ResumePoint

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
A, B, C = (UUID(int=number) for number in (1, 2, 3))


def state(lesson_id: UUID, *, minutes: int = 0, position: int = 0, completed: bool = False) -> LessonState:
    played_at = NOON + timedelta(minutes=minutes)
    return LessonState(
        lesson_id=lesson_id,
        position=position,
        played_at=played_at,
        completed_at=played_at if completed else None,
    )


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[UUID], dict[UUID, LessonState]]:
    """A course's lessons in teaching order, and what somebody did in them and in some that are gone."""
    lesson_ids = [UUID(int=number) for number in draw(st.permutations(range(1, 8)))]
    lesson_ids = lesson_ids[: draw(st.integers(0, 7))]
    touched = draw(st.sets(st.integers(1, 9)))
    states = {
        UUID(int=number): state(
            UUID(int=number),
            minutes=draw(st.integers(0, 5)),
            position=draw(st.integers(0, 900)),
            completed=draw(st.booleans()),
        )
        for number in touched
    }
    return lesson_ids, states


def test_percent_is_rounded_down():
    assert [completion_percent(done, 3) for done in range(4)] == [0, 33, 66, 100]
    assert completion_percent(199, 200) == 99


def test_a_course_without_lessons_is_at_nothing():
    assert completion_percent(0, 0) == 0


@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_percent_is_a_hundred_only_when_all_is_done(counts: tuple[int, int]):
    completed, total = counts

    percent = completion_percent(completed, total)

    assert 0 <= percent <= 100
    assert (percent == 100) == (completed == total)


def test_who_has_played_nothing_starts_at_the_first_lesson():
    assert resume_point([A, B, C], {}) == ResumePoint(lesson_id=A, position=0)


def test_an_unfinished_lesson_is_gone_on_with_where_it_was_left():
    states = {A: state(A, minutes=1, completed=True), B: state(B, minutes=2, position=95)}

    assert resume_point([A, B, C], states) == ResumePoint(lesson_id=B, position=95)


def test_after_a_completed_lesson_comes_the_next_uncompleted_one_at_its_own_position():
    states = {
        A: state(A, minutes=3, completed=True),
        B: state(B, minutes=2, completed=True),
        C: state(C, minutes=1, position=40),
    }

    assert resume_point([A, B, C], states) == ResumePoint(lesson_id=C, position=40)


def test_behind_the_last_lesson_comes_the_first_that_was_left_out():
    states = {C: state(C, minutes=1, completed=True), A: state(A, minutes=0, completed=True)}

    assert resume_point([A, B, C], states) == ResumePoint(lesson_id=B, position=0)


def test_a_lesson_that_is_gone_is_not_gone_on_with():
    states = {A: state(A, minutes=1, position=7), C: state(C, minutes=2, position=9)}

    assert resume_point([A, B], states) == ResumePoint(lesson_id=A, position=7)


@given(courses())
def test_one_can_go_on_exactly_when_something_is_left(course: tuple[list[UUID], dict[UUID, LessonState]]):
    lesson_ids, states = course
    left = {one for one in lesson_ids if one not in states or not states[one].is_completed}

    point = resume_point(lesson_ids, states)

    assert (point is None) == (not left)
    assert point is None or point.lesson_id in left


@given(courses())
def test_one_goes_on_with_the_last_played_lesson_unless_it_is_completed(
    course: tuple[list[UUID], dict[UUID, LessonState]],
):
    lesson_ids, states = course
    played = [lesson_id for lesson_id in lesson_ids if lesson_id in states]
    last = max(played, key=lambda one: (states[one].played_at, lesson_ids.index(one)), default=None)

    point = resume_point(lesson_ids, states)

    if last is not None and not states[last].is_completed:
        assert point == ResumePoint(lesson_id=last, position=states[last].position)
    elif last is not None and point is not None:
        skipped = lesson_ids[lesson_ids.index(last) :] + lesson_ids[: lesson_ids.index(last)]
        before = skipped[: skipped.index(point.lesson_id)]
        assert all(states[lesson_id].is_completed for lesson_id in before if lesson_id in states)
        assert all(lesson_id in states for lesson_id in before)


@given(courses())
def test_progress_counts_the_lessons_that_the_course_has_now(
    course: tuple[list[UUID], dict[UUID, LessonState]],
):
    lesson_ids, states = course

    progress = measure_course(
        course_id=uuid4(), lesson_ids=lesson_ids, states=states.values(), completed_at=None
    )

    assert [lesson.lesson_id for lesson in progress.lessons] == lesson_ids
    assert progress.total_lessons == len(lesson_ids)
    assert progress.completed_lessons == sum(states[one].is_completed for one in lesson_ids if one in states)
    assert progress.is_complete == (progress.percent == 100)
    assert not lesson_ids or progress.is_complete == (progress.resume is None)


def test_a_device_is_believed_between_the_enrolment_and_now():
    enrolled, now = NOON, NOON + timedelta(hours=3)
    in_between = NOON + timedelta(hours=1)

    assert bounded_moment(None, earliest=enrolled, now=now) == now
    assert bounded_moment(in_between, earliest=enrolled, now=now) == in_between
    assert bounded_moment(now + timedelta(days=9), earliest=enrolled, now=now) == now
    assert bounded_moment(enrolled - timedelta(days=9), earliest=enrolled, now=now) == enrolled


def test_an_older_report_supersedes_nothing():
    assert supersedes(NOON, None)
    assert supersedes(NOON, NOON)
    assert supersedes(NOON + timedelta(seconds=1), NOON)
    assert not supersedes(NOON - timedelta(seconds=1), NOON)
