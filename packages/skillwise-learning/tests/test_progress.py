"""Following how far people are, from devices that repeat themselves, come late and disagree."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.services.outline import remove_lesson
from skillwise_catalog.testing import make_course, outline_of, publish_working_copy
from skillwise_identity.testing import make_user
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.events import CourseCompleted, LessonCompleted
from skillwise_learning.services.progress import record_progress
from skillwise_learning.testing import complete_lessons, make_enrollment

URL = "/api/v1/progress/"
FREE = Money(0, "USD")

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolled_at() -> datetime:
    return now() - timedelta(days=2)


@pytest.fixture
def lessons(student_id: UUID, free_course: CourseSummary, enrolled_at: datetime) -> list[UUID]:
    """The three lessons of a course that the student is enrolled in."""
    make_enrollment(user_id=student_id, course_id=free_course.id, now=enrolled_at)
    return [lesson.id for lesson in outline_of(free_course.id).lessons]


def report(client: ApiClient, lesson_id: UUID, **said: Any) -> dict[str, Any]:
    response = client.post(URL, {"lesson_id": str(lesson_id), **said})
    assert response.status_code == 200, response.content
    return client.json(response)


def test_percent_and_resume_point_move_with_the_lessons(student: ApiClient, lessons: list[UUID]):
    first, second, third = lessons

    playing = report(student, first, position=95)
    done = report(student, first, completed=True, position=300)
    further = report(student, second, completed=True)
    finished = report(student, third, completed=True)

    assert (playing["percent"], playing["resume"]) == (0, {"lesson_id": str(first), "position": 95})
    assert (done["percent"], done["resume"]) == (33, {"lesson_id": str(second), "position": 0})
    assert (further["percent"], further["resume"]) == (66, {"lesson_id": str(third), "position": 0})
    assert (finished["percent"], finished["resume"]) == (100, None)
    assert finished["completed_at"] is not None


def test_repeating_a_report_changes_nothing(
    student: ApiClient, lessons: list[UUID], published: Callable[..., list[Any]]
):
    moment = (now() - timedelta(minutes=5)).isoformat()

    answers = [report(student, lessons[0], completed=True, position=9, occurred_at=moment) for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert len(published(LessonCompleted)) == 1


def test_an_older_report_that_arrives_later_moves_nothing_back(student: ApiClient, lessons: list[UUID]):
    later, earlier = now() - timedelta(minutes=5), now() - timedelta(minutes=50)

    report(student, lessons[0], position=600, occurred_at=later.isoformat())
    answer = report(student, lessons[0], position=20, occurred_at=earlier.isoformat())

    assert answer["resume"] == {"lesson_id": str(lessons[0]), "position": 600}


def test_an_older_report_of_another_lesson_does_not_become_the_place_to_go_on(
    student: ApiClient, lessons: list[UUID]
):
    later, earlier = now() - timedelta(minutes=5), now() - timedelta(minutes=50)

    report(student, lessons[1], position=40, occurred_at=later.isoformat())
    answer = report(student, lessons[2], position=20, occurred_at=earlier.isoformat())

    assert answer["resume"] == {"lesson_id": str(lessons[1]), "position": 40}
    assert [lesson["position"] for lesson in answer["lessons"]] == [0, 40, 20]


def test_what_was_completed_offline_counts_though_it_arrives_late(student: ApiClient, lessons: list[UUID]):
    earlier = now() - timedelta(minutes=50)

    report(student, lessons[0], position=600)
    answer = report(student, lessons[0], completed=True, position=700, occurred_at=earlier.isoformat())

    assert answer["completed_lessons"] == 1
    assert answer["lessons"][0]["position"] == 600
    assert datetime.fromisoformat(answer["lessons"][0]["completed_at"]) == earlier


def test_a_device_whose_clock_is_ahead_does_not_block_the_others(student: ApiClient, lessons: list[UUID]):
    report(student, lessons[0], position=600, occurred_at=(now() + timedelta(days=365)).isoformat())
    answer = report(student, lessons[0], position=700)

    assert answer["resume"]["position"] == 700
    assert datetime.fromisoformat(answer["lessons"][0]["played_at"]) <= now()


def test_nothing_was_played_before_the_enrolment(
    student: ApiClient, lessons: list[UUID], enrolled_at: datetime
):
    answer = report(student, lessons[0], position=6, occurred_at="1999-12-31T00:00:00Z")

    assert datetime.fromisoformat(answer["lessons"][0]["played_at"]) == enrolled_at


def test_a_completed_lesson_stays_completed(student: ApiClient, lessons: list[UUID]):
    report(student, lessons[0], completed=True)
    answer = report(student, lessons[0], completed=False, position=3)

    assert answer["completed_lessons"] == 1


def test_a_lesson_is_completed_once_and_so_is_the_course(
    student: ApiClient, student_id: UUID, lessons: list[UUID], published: Callable[..., list[Any]]
):
    for lesson_id in lessons + lessons:
        report(student, lesson_id, completed=True)

    assert [event.lesson_id for event in published(LessonCompleted)] == lessons
    (finished,) = published(CourseCompleted)
    assert finished.user_id == student_id


def test_two_devices_that_finish_at_once_complete_the_course_once(
    in_parallel: Callable[..., list[Any]],
    student_id: UUID,
    lessons: list[UUID],
    published: Callable[..., list[Any]],
):
    def complete(lesson_id: UUID) -> int:
        progress = record_progress(
            user_id=student_id,
            lesson_id=lesson_id,
            completed=True,
            position=None,
            occurred_at=None,
            now=now(),
        )
        return progress.percent

    percents = in_parallel(complete, *lessons, *lessons, before_writing="skillwise_learning_lessonprogress")

    assert max(percents) == 100
    assert len(published(LessonCompleted)) == 3
    assert len(published(CourseCompleted)) == 1


def test_lessons_that_are_gone_count_no_longer(
    student: ApiClient, student_id: UUID, free_course: CourseSummary, lessons: list[UUID]
):
    complete_lessons(user_id=student_id, lesson_ids=lessons[:2])
    owner = Actor(id=free_course.owner_id, roles=frozenset({"instructor"}), is_verified=True)
    remove_lesson(actor=owner, lesson_id=lessons[0], now=now())
    publish_working_copy(free_course.id)

    (answer,) = student.json(student.get(URL))["results"]

    assert (answer["completed_lessons"], answer["total_lessons"], answer["percent"]) == (1, 2, 50)
    assert [lesson["lesson_id"] for lesson in answer["lessons"]] == [str(one) for one in lessons[1:]]


def test_a_lesson_of_a_course_one_is_not_enrolled_in_is_not_there(
    student: ApiClient, free_course: CourseSummary
):
    foreign = outline_of(free_course.id).lessons[0].id
    make_enrollment(user_id=make_user().id, course_id=free_course.id)

    for lesson_id in (foreign, new_id()):
        response = student.post(URL, {"lesson_id": str(lesson_id), "completed": True})
        assert response.status_code == 404
        assert student.json(response)["code"] == "learning.lesson_not_found"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"position": -1}, "/position"),
        ({"position": 360_001}, "/position"),
        ({"position": "a while"}, "/position"),
        ({"occurred_at": "yesterday"}, "/occurred_at"),
        ({"completed": "perhaps"}, "/completed"),
        ({"lesson_id": None}, "/lesson_id"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(
    student: ApiClient, lessons: list[UUID], said: dict[str, Any], pointer: str
):
    response = student.post(URL, {"lesson_id": str(lessons[0]), **said})

    assert response.status_code == 400
    assert student.json(response)["errors"][0]["pointer"] == pointer


def test_the_list_can_be_of_one_course_and_is_ones_own(
    student: ApiClient, student_id: UUID, free_course: CourseSummary, lessons: list[UUID]
):
    other = make_course(price=FREE)
    make_enrollment(user_id=student_id, course_id=other.id)
    make_enrollment(user_id=make_user().id, course_id=other.id)

    everything = student.json(student.get(URL))["results"]
    one = student.json(student.get(URL, {"course_id": str(free_course.id)}))["results"]

    assert [progress["course_id"] for progress in everything] == [str(other.id), str(free_course.id)]
    assert [progress["course_id"] for progress in one] == [str(free_course.id)]
    assert student.get(URL, {"course_id": "bread"}).status_code == 400


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_takes_as_many_queries_for_one_as_for_many(
    student: ApiClient, student_id: UUID, number: int, django_assert_num_queries: Any
):
    for _ in range(number):
        course = make_course(price=FREE)
        make_enrollment(user_id=student_id, course_id=course.id)
        complete_lessons(user_id=student_id, lesson_ids=[outline_of(course.id).lessons[0].id])

    with django_assert_num_queries(3):
        response = student.get(URL)

    assert [progress["percent"] for progress in student.json(response)["results"]] == [50] * number


def test_guests_have_no_progress(api: ApiClient):
    assert api.get(URL).status_code == 401
    assert api.post(URL, {"lesson_id": str(new_id())}).status_code == 401


def test_lists_of_ones_own_read_an_index(student_id: UUID):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM skillwise_learning_enrollment WHERE user_id = %s"
            " ORDER BY enrolled_at DESC, id DESC LIMIT 21",
            [student_id],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "learning_enrollment_of_user" in plan
    assert "Sort" not in plan
