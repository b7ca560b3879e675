"""Quizzes are answered by the enrolled, as often as they like; what is right is told afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.models import Course
from skillwise_catalog.services.outline import change_lesson, remove_lesson
from skillwise_catalog.testing import QUIZ, make_course, outline_of, publish_working_copy
from skillwise_identity.testing import make_user
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.events import LessonCompleted
from skillwise_learning.models import Enrollment, LessonProgress, QuizAttempt
from skillwise_learning.services.attempts import attempt_quiz
from skillwise_learning.testing import make_enrollment

pytestmark = pytest.mark.django_db

SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC = (question["id"] for question in QUIZ["questions"])
YEAST, SALT = (choice["id"] for choice in QUIZ["questions"][0]["choices"])
FLOUR, WATER, SAND = (choice["id"] for choice in QUIZ["questions"][1]["choices"])

RIGHT: dict[str, Any] = {
    SINGLE: YEAST,
    MULTIPLE: [WATER, FLOUR],
    TRUE_FALSE: True,
    SHORT_TEXT: "alveoli ",
    NUMERIC: 97.5,
}
WRONG: dict[str, Any] = {SINGLE: SALT, MULTIPLE: [WATER, SAND], SHORT_TEXT: "Bubbles", NUMERIC: "20"}

LESSONS = (
    {"title": "Read", "kind": "article", "article": "Bread."},
    {"title": "Ask", "kind": "quiz", "quiz": dict(QUIZ)},
)


@pytest.fixture
def course(db: None) -> CourseSummary:
    return make_course(lessons=LESSONS)


@pytest.fixture
def quiz_id(course: CourseSummary) -> UUID:
    return outline_of(course.id).lessons[1].id


@pytest.fixture
def enrollment_id(student_id: UUID, course: CourseSummary) -> UUID:
    return make_enrollment(user_id=student_id, course_id=course.id, now=now() - timedelta(days=2))


@pytest.fixture
def url(enrollment_id: UUID, quiz_id: UUID) -> str:
    return f"/api/v1/enrollments/{enrollment_id}/lessons/{quiz_id}/attempts/"


def attempt(client: ApiClient, url: str, answers: Any, *, status: int = 201, **said: Any) -> dict[str, Any]:
    response = client.post(url, {"id": str(new_id()), "answers": answers, **said})
    assert response.status_code == status, response.content
    answer: dict[str, Any] = client.json(response)
    return answer


def owner_of(course: CourseSummary) -> Actor:
    return Actor(id=course.owner_id, roles=frozenset({"instructor"}), is_verified=True)


def test_whoever_answers_is_told_what_is_right_and_why(student: ApiClient, url: str):
    told = attempt(student, url, {**WRONG, NUMERIC: 94})

    assert (told["earned"], told["points"], told["percent"], told["pass_percent"]) == (1, 7, 14, 50)
    assert (told["is_passed"], told["best_percent"]) == (False, 14)
    single, multiple, true_false, short_text, numeric = told["questions"]
    assert (single["answer"], single["is_right"], single["earned"], single["points"]) == (SALT, False, 0, 3)
    assert single["correct"]["choice_ids"] == [YEAST]
    assert (single["explanation"], single["explanation_html"]) == (
        "Yeast makes carbon dioxide.",
        "<p>Yeast makes carbon dioxide.</p>",
    )
    assert single["text_html"] == "<p>What makes dough <strong>rise</strong>?</p>"
    assert [choice["text"] for choice in single["choices"]] == ["Yeast", "Salt"]
    assert (multiple["answer"], multiple["correct"]["choice_ids"]) == ([WATER, SAND], [FLOUR, WATER])
    assert (true_false["answer"], true_false["correct"]["is_true"]) == (None, True)
    assert (short_text["answer"], short_text["correct"]["accepted"]) == ("Bubbles", ["Alveoli", "Crumb"])
    assert (numeric["answer"], numeric["is_right"]) == ("94", True)
    assert (numeric["correct"]["number"], numeric["correct"]["tolerance"]) == ("96", "2.5")


def test_a_passed_attempt_completes_the_lesson_and_a_failed_one_does_not(
    student: ApiClient, url: str, quiz_id: UUID, published: Callable[..., list[Any]]
):
    failed = attempt(student, url, WRONG)
    assert (failed["is_passed"], failed["progress"]["completed_lessons"]) == (False, 0)
    assert failed["progress"]["resume"]["lesson_id"] == str(quiz_id)

    passed = attempt(student, url, RIGHT)
    again = attempt(student, url, WRONG)

    assert (passed["percent"], passed["is_passed"], passed["progress"]["percent"]) == (100, True, 50)
    assert (again["is_passed"], again["best_percent"], again["progress"]["percent"]) == (False, 100, 50)
    assert [event.lesson_id for event in published(LessonCompleted)] == [quiz_id]


def test_nobody_completes_a_quiz_by_saying_so(
    student: ApiClient, url: str, quiz_id: UUID, published: Callable[..., list[Any]]
):
    said = {"lesson_id": str(quiz_id), "completed": True}
    looked_at = student.post("/api/v1/progress/", {"lesson_id": str(quiz_id), "position": 7})
    refused = student.post("/api/v1/progress/", {**said, "position": 9})

    assert (looked_at.status_code, refused.status_code) == (200, 409)
    assert student.json(refused)["code"] == "learning.quiz_not_passed"
    assert published(LessonCompleted) == []

    attempt(student, url, RIGHT)
    repeated = student.json(student.post("/api/v1/progress/", said))

    assert repeated["completed_lessons"] == 1
    assert [event.lesson_id for event in published(LessonCompleted)] == [quiz_id]


def test_the_least_that_passes_passes(student: ApiClient, url: str):
    three_of_seven = {SINGLE: YEAST}
    four_of_seven = {SINGLE: YEAST, TRUE_FALSE: True}

    assert attempt(student, url, three_of_seven)["is_passed"] is False
    assert attempt(student, url, four_of_seven)["is_passed"] is True


def test_ones_attempts_are_listed_and_read_and_the_lesson_says_the_best(
    student: ApiClient, url: str, django_assert_num_queries: Any
):
    lesson = url.removesuffix("attempts/")
    assert student.json(student.get(lesson))["best_percent"] is None
    first = attempt(student, url, WRONG)
    best = attempt(student, url, RIGHT)

    with django_assert_num_queries(2):
        listed = student.json(student.get(url))["results"]
    read = student.json(student.get(f"{url}{first['id']}/"))

    assert [one["id"] for one in listed] == [best["id"], first["id"]]
    assert set(listed[0]) == {"id", "version", "occurred_at", "earned", "points", "percent", "is_passed"}
    first.pop("progress")
    assert read == first | {"best_percent": 100}
    assert student.json(student.get(lesson))["best_percent"] == 100


def test_the_same_attempt_sent_again_counts_once(student: ApiClient, url: str):
    attempt_id = str(new_id())
    first = attempt(student, url, RIGHT, id=attempt_id)

    spelt_otherwise = {name.upper(): answer for name, answer in RIGHT.items()} | {NUMERIC: "97.5"}
    del spelt_otherwise[NUMERIC.upper()]
    again = attempt(student, url, spelt_otherwise, id=attempt_id, status=200)

    assert again == first
    assert QuizAttempt.objects.count() == 1


@pytest.mark.parametrize("answers", [WRONG, {}, {SINGLE: "no choice"}])
def test_another_attempt_does_not_take_the_same_id(student: ApiClient, url: str, answers: dict[str, Any]):
    first = attempt(student, url, RIGHT)

    refused = attempt(student, url, answers, id=first["id"], status=409)

    assert refused["code"] == "learning.attempt_differs"
    assert QuizAttempt.objects.get().percent == 100


def test_two_people_may_choose_the_same_id(
    api: ApiClient, student: ApiClient, url: str, course: CourseSummary
):
    other_id = make_user().id
    enrollment_id = make_enrollment(user_id=other_id, course_id=course.id)
    first = attempt(student, url, RIGHT)

    theirs = url.replace(url.split("/")[4], str(enrollment_id))
    assert attempt(api.as_actor(other_id), theirs, WRONG, id=first["id"])["percent"] == 0

    assert student.json(student.get(f"{url}{first['id']}/"))["percent"] == 100


def test_bad_answers_are_pointed_at_and_nothing_changes(student: ApiClient, url: str):
    other = str(new_id())
    refused = attempt(student, url, {SINGLE: other, NUMERIC: "many", other: 1, TRUE_FALSE: True}, status=422)

    assert refused["code"] == "catalog.answers_refused"
    assert {error["pointer"]: error["code"] for error in refused["errors"]} == {
        f"/answers/{SINGLE}": "unknown_choice",
        f"/answers/{NUMERIC}": "invalid",
        f"/answers/{other}": "unknown_question",
    }
    for said in ({"answers": [1]}, {"answers": {}, "id": "one"}, {"answers": {}, "version": 0}, {"id": None}):
        response = student.post(url, {"id": str(new_id()), **said})
        assert response.status_code == 400, said
    assert not QuizAttempt.objects.exists()
    assert not LessonProgress.objects.exists()


def test_only_a_quiz_is_attempted(student: ApiClient, url: str, quiz_id: UUID, course: CourseSummary):
    article = outline_of(course.id).lessons[0].id

    refused = attempt(student, url.replace(str(quiz_id), str(article)), {}, status=409)

    assert refused["code"] == "catalog.not_a_quiz"


def test_nobody_else_attempts_it_or_reads_it(
    api: ApiClient, student: ApiClient, url: str, quiz_id: UUID, student_id: UUID
):
    mine = attempt(student, url, RIGHT)
    foreign = outline_of(make_course(lessons=LESSONS).id).lessons[1].id
    stranger = api.as_actor(make_user().id)

    for client, status in ((stranger, 404), (api, 401)):
        body = {"id": str(new_id()), "answers": {}}
        assert client.post(url, body).status_code == status
        assert client.get(url).status_code == status
        assert client.get(f"{url}{mine['id']}/").status_code == status
    refused = attempt(student, url.replace(str(quiz_id), str(foreign)), {}, status=404)
    assert refused["code"] == "learning.lesson_not_found"
    assert student.get(f"{url}{new_id()}/").status_code == 404


@pytest.mark.parametrize("column", ["access_ended_at", "access_suspended_at"])
def test_who_may_not_take_the_course_answers_nothing(student: ApiClient, url: str, column: str):
    mine = attempt(student, url, RIGHT)
    Enrollment.objects.update(**{column: now()})

    assert attempt(student, url, RIGHT, status=403)["code"].startswith("learning.access_")
    assert student.get(url).status_code == 403
    assert student.get(f"{url}{mine['id']}/").status_code == 403


def test_an_attempt_made_offline_is_graded_by_the_version_that_was_shown(
    student: ApiClient, url: str, course: CourseSummary, quiz_id: UUID
):
    version = student.json(student.get(url.removesuffix("attempts/")))["version"]
    changed = {"questions": [{"kind": "true_false", "text": "Is rye a grain?", "is_true": True}]}
    change_lesson(actor=owner_of(course), lesson_id=quiz_id, changes={"quiz": changed}, now=now())
    publish_working_copy(course.id)

    late = attempt(student, url, RIGHT, version=version)
    refused = attempt(student, url, RIGHT, status=422)

    assert (late["version"], late["percent"], len(late["questions"])) == (1, 100, 5)
    assert student.json(student.get(f"{url}{late['id']}/"))["questions"] == late["questions"]
    assert {error["code"] for error in refused["errors"]} == {"unknown_question"}
    for unknown in (3, 2**31 - 1):
        told = attempt(student, url, {}, version=unknown, status=422)
        assert [error["pointer"] for error in told["errors"]] == ["/version"]


def test_a_quiz_that_was_withdrawn_can_still_be_handed_in(
    student: ApiClient, url: str, course: CourseSummary, quiz_id: UUID
):
    mine = attempt(student, url, WRONG)
    remove_lesson(actor=owner_of(course), lesson_id=quiz_id, now=now())
    for _ in range(2):
        Course.objects.filter(id=course.id).update(has_changes=True)
        publish_working_copy(course.id)

    said = student.post("/api/v1/progress/", {"lesson_id": str(quiz_id), "completed": True})
    late = attempt(student, url, RIGHT)

    assert (said.status_code, student.json(said)["code"]) == (409, "learning.quiz_not_passed")
    assert (late["version"], late["is_passed"], late["progress"]["total_lessons"]) == (3, True, 1)
    for made in (mine, late):
        read = student.json(student.get(f"{url}{made['id']}/"))
        assert read["questions"] == made["questions"]


def test_a_moment_before_the_enrolment_or_in_the_future_is_not_believed(student: ApiClient, url: str):
    moment = now()
    early = attempt(student, url, {}, occurred_at="2001-01-01T00:00:00Z")
    late = attempt(student, url, {}, occurred_at="2999-01-01T00:00:00Z")

    assert early["occurred_at"] > "2026"
    assert late["occurred_at"] < (moment + timedelta(days=1)).isoformat()
    assert early["occurred_at"] < late["occurred_at"]


@pytest.mark.django_db(transaction=True)
def test_of_the_same_attempt_from_two_devices_one_counts(
    student_id: UUID, enrollment_id: UUID, quiz_id: UUID, in_parallel: Callable[..., list[Any]]
):
    attempt_id = new_id()

    def hand_in(answers: dict[str, Any]) -> bool:
        _, _, created = attempt_quiz(
            user_id=student_id,
            enrollment_id=enrollment_id,
            lesson_id=quiz_id,
            attempt_id=attempt_id,
            answers=answers,
            version=None,
            occurred_at=None,
            now=now(),
        )
        return created

    assert sorted(in_parallel(hand_in, RIGHT, RIGHT, RIGHT)) == [False, False, True]
    assert QuizAttempt.objects.count() == 1


@pytest.mark.parametrize(
    ("falsehood", "constraint"),
    [
        ({}, "learning_attempt_once"),
        ({"attempt_id": new_id(), "earned": 8}, "learning_attempt_earns_what_there_is"),
        ({"attempt_id": new_id(), "percent": 101}, "learning_attempt_percent_in_range"),
    ],
)
def test_the_database_refuses_attempts_that_cannot_be(
    enrollment_id: UUID, falsehood: dict[str, Any], constraint: str
):
    row: dict[str, Any] = {
        "enrollment_id": enrollment_id,
        "attempt_id": UUID(int=1),
        "lesson_id": new_id(),
        "version": 1,
        "answers": {},
        "earned": 7,
        "points": 7,
        "percent": 100,
        "is_passed": True,
        "occurred_at": now(),
    }
    QuizAttempt.objects.create(**row)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        QuizAttempt.objects.create(**row | falsehood)
