"""What becomes of the enrolled when a course is edited, published anew, taken back or archived."""

from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.services.lifecycle import archive_course, submit_course, unpublish_course
from skillwise_catalog.services.outline import add_module, change_lesson, change_module, remove_lesson
from skillwise_catalog.testing import make_course, outline_of, publish_working_copy
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.models import LessonProgress
from skillwise_learning.testing import complete_lessons, make_enrollment

pytestmark = pytest.mark.django_db

PRICES = {"free": Money(0, "USD"), "paid": Money(4999, "USD")}


@pytest.fixture
def enrollment(student_id: UUID, free_course: CourseSummary) -> str:
    """The path of the student's enrolment in a course of three lessons, of which they completed the first."""
    enrollment_id = make_enrollment(user_id=student_id, course_id=free_course.id)
    complete_lessons(user_id=student_id, lesson_ids=[outline_of(free_course.id).lessons[0].id])
    return f"/api/v1/enrollments/{enrollment_id}/"


def owner_of(course: CourseSummary) -> Actor:
    return Actor(id=course.owner_id, roles=frozenset({"instructor"}), is_verified=True)


def lessons_in(client: ApiClient, enrollment: str) -> list[dict[str, Any]]:
    modules = client.json(client.get(enrollment))["modules"]
    return [lesson for module in modules for lesson in module["lessons"]]


def test_progress_stays_with_lessons_that_a_new_version_renames_and_moves(
    student: ApiClient, enrollment: str, free_course: CourseSummary
):
    owner, (first, second, third) = owner_of(free_course), outline_of(free_course.id).lessons
    before = lessons_in(student, enrollment)
    change_lesson(
        actor=owner, lesson_id=first.id, changes={"title": "Renamed", "article": "New.", "position": 3},
        now=now(),
    )  # fmt: skip
    module = outline_of(free_course.id).modules[0]
    add_module(actor=owner, course_id=free_course.id, title="New", position=1, now=now())
    change_module(actor=owner, module_id=module.id, changes={"title": "Old"}, now=now())
    publish_working_copy(free_course.id)

    after = lessons_in(student, enrollment)

    assert [lesson["id"] for lesson in after] == [str(lesson.id) for lesson in (second, third, first)]
    assert after[-1] == before[0] | {"title": "Renamed"}
    assert after[-1]["is_completed"] is True
    assert student.json(student.get(enrollment))["percent"] == 33
    assert student.json(student.get(f"{enrollment}lessons/{first.id}/"))["article"] == "New."


def test_what_was_done_in_a_withdrawn_lesson_is_kept_and_counts_again_when_it_comes_back(
    student: ApiClient, enrollment: str, free_course: CourseSummary, api: ApiClient
):
    owner, (first, second, _) = owner_of(free_course), outline_of(free_course.id).lessons
    remove_lesson(actor=owner, lesson_id=first.id, now=now())
    publish_working_copy(free_course.id)

    without = student.json(student.get(enrollment))

    assert (without["percent"], without["total_lessons"], without["completed_lessons"]) == (0, 2, 0)
    assert without["resume"]["lesson_id"] == str(second.id)
    assert LessonProgress.objects.get(lesson_id=first.id).completed_at is not None

    instructor = api.as_actor(owner.id, roles=["instructor"])
    restored = instructor.post(f"/api/v1/courses/{free_course.id}/versions/1/restore/")
    assert restored.status_code == 200, restored.content
    publish_working_copy(free_course.id)
    back = student.json(student.get(enrollment))
    assert (back["percent"], back["total_lessons"], back["completed_lessons"]) == (33, 3, 1)


def test_an_edit_is_seen_by_the_enrolled_when_it_is_published_and_not_before(
    student: ApiClient, enrollment: str, free_course: CourseSummary
):
    owner, (first, second, _) = owner_of(free_course), outline_of(free_course.id).lessons
    paths = (enrollment, f"{enrollment}lessons/{first.id}/", f"{enrollment}lessons/{second.id}/")
    before = [student.json(student.get(path)) for path in paths]

    change_lesson(actor=owner, lesson_id=first.id, changes={"article": "Edited."}, now=now())
    remove_lesson(actor=owner, lesson_id=second.id, now=now())
    assert [student.json(student.get(path)) for path in paths] == before

    publish_working_copy(free_course.id)
    assert student.json(student.get(paths[1]))["article"] == "Edited."
    assert len(lessons_in(student, enrollment)) == 2


@pytest.mark.parametrize("leave", [unpublish_course, archive_course])
def test_a_course_that_was_taken_back_stays_with_the_enrolled_and_nobody_else(
    api: ApiClient, student: ApiClient, student_id: UUID, leave: Any
):
    course = make_course(price=PRICES["free"])
    preview, lesson = outline_of(course.id).lessons
    enrollment = f"/api/v1/enrollments/{make_enrollment(user_id=student_id, course_id=course.id)}/"
    actor = Actor(id=new_id(), roles=frozenset({"admin"}), is_verified=True)

    leave(actor=actor, course_id=course.id, now=now())

    for path in (enrollment, f"{enrollment}lessons/{preview.id}/", f"{enrollment}lessons/{lesson.id}/"):
        assert student.get(path).status_code == 200, path
    report = student.post("/api/v1/progress/", {"lesson_id": str(lesson.id), "completed": True})
    assert (report.status_code, student.json(report)["percent"]) == (200, 50)
    for client in (api, api.as_actor(new_id())):
        for path in (f"courses/{course.id}/", f"courses/{course.id}/modules/", f"lessons/{preview.id}/"):
            assert client.get(f"/api/v1/{path}").status_code == 404, path
    newcomer = api.as_actor(new_id())
    refused = newcomer.post("/api/v1/enrollments/", {"course_id": str(course.id)})
    assert (refused.status_code, api.json(refused)["code"]) == (404, "learning.course_not_found")


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("state", ["draft", "in_review", "unpublished", "archived"])
def test_what_is_not_published_can_be_neither_bought_nor_taken_for_free(
    student: ApiClient, state: str, price: str
):
    was_published = state in {"unpublished", "archived"}
    course = make_course(price=PRICES[price], published=was_published)
    match state:
        case "in_review":
            submit_course(actor=owner_of(course), course_id=course.id, now=now())
        case "unpublished":
            unpublish_course(actor=owner_of(course), course_id=course.id, now=now())
        case "archived":
            archive_course(actor=owner_of(course), course_id=course.id, now=now())
    wanted = {"course_ids": [str(course.id)]}

    quoted = student.post("/api/v1/payments/quote/", wanted)
    bought = student.post(
        "/api/v1/payments/create/", wanted | {"provider": "stripe"}, headers={"Idempotency-Key": "one"}
    )
    taken = student.post("/api/v1/enrollments/", {"course_id": str(course.id)})

    for refused in (quoted, bought):
        told = student.json(refused)
        assert (refused.status_code, told["code"]) == (
            (409, "commerce.course_not_for_sale") if was_published else (404, "commerce.course_not_found")
        )
        assert [error["pointer"] for error in told["errors"]] == ["/course_ids/0"]
    assert (taken.status_code, student.json(taken)["code"]) == (404, "learning.course_not_found")
