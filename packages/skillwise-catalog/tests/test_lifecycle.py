"""From draft by way of a review to the storefront, and out of it again, over HTTP."""

from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.events import CoursePublished, CourseReturned, CourseSubmitted, CourseUnpublished
from skillwise_catalog.models import Course
from skillwise_catalog.testing import make_course
from skillwise_identity.testing import sent_mails
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"
QUEUE = "/api/v1/admin/courses/reviews/"
MOVES = ["submit", "withdraw", "approve", "return", "publish", "unpublish", "archive"]


@pytest.fixture
def draft(instructor_id: UUID) -> CourseSummary:
    return make_course(owner_id=instructor_id, published=False)


def move(client: ApiClient, course: CourseSummary, name: str, **options: Any) -> Any:
    body = {"note": "No sound in *lesson 3*."} if name == "return" else None
    return client.post(f"{COURSES}{course.id}/{name}/", body, **options)


def test_a_course_is_submitted_returned_submitted_again_and_approved(
    instructor: ApiClient, admin: ApiClient, api: ApiClient, draft: CourseSummary, published: Any
) -> None:
    submitted = api.json(move(instructor, draft, "submit"))
    assert submitted["status"] == "in_review"
    assert [course["id"] for course in api.json(admin.get(QUEUE))["results"]] == [str(draft.id)]

    returned = api.json(move(admin, draft, "return"))
    assert (returned["status"], returned["review_note"]) == ("draft", "No sound in *lesson 3*.")
    assert api.json(admin.get(QUEUE))["results"] == []

    again = api.json(move(instructor, draft, "submit"))
    assert (again["status"], again["review_note"]) == ("in_review", "")
    approved = api.json(move(admin, draft, "approve"))
    assert (approved["status"], approved["edition"]) == ("published", 1)
    assert api.get(f"{COURSES}{draft.id}/").status_code == 200
    assert [event.course_id for event in published(CourseSubmitted)] == [draft.id] * 2
    assert [event.course_id for event in published(CourseReturned)] == [draft.id]
    assert [event.course_id for event in published(CoursePublished)] == [draft.id]


def test_the_owner_is_told_of_a_return_with_its_note_and_of_the_approval(
    instructor: ApiClient, admin: ApiClient, instructor_id: UUID
) -> None:
    draft = make_course(owner_id=instructor_id, published=False, title="Bread & <b>Butter</b>")
    move(instructor, draft, "submit")
    move(admin, draft, "return")
    move(instructor, draft, "submit")
    move(admin, draft, "approve")

    returned, approved = sent_mails()

    assert returned.subject == "Your course needs another look: Bread & <b>Butter</b>"
    assert "No sound in *lesson 3*." in returned.body
    assert "<strong>Bread &amp; &lt;b&gt;Butter&lt;/b&gt;</strong>" in str(returned.alternatives)
    assert approved.subject == "Your course is published: Bread & <b>Butter</b>"


def test_a_review_of_somebody_without_an_account_ends_all_the_same(admin: ApiClient, api: ApiClient) -> None:
    owner = new_id()
    draft = make_course(owner_id=owner, published=False)
    move(api.as_actor(owner, roles=["instructor"]), draft, "submit")

    assert move(admin, draft, "approve").status_code == 200
    assert sent_mails() == []


def test_a_draft_tells_what_is_missing_before_it_is_submitted(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    idea = make_course(owner_id=instructor_id, published=False, lessons=0, description="")

    shown = api.json(instructor.get(f"{COURSES}{idea.id}/"))
    refused = move(instructor, idea, "submit")

    assert shown["missing"] == ["description", "lessons"]
    assert refused.status_code == 409
    problem = api.json(refused)
    assert (problem["code"], problem["missing"]) == ("catalog.course_incomplete", shown["missing"])


def test_nothing_of_a_course_in_review_is_edited(
    instructor: ApiClient, api: ApiClient, draft: CourseSummary
) -> None:
    move(instructor, draft, "submit")

    refused = instructor.patch(f"{COURSES}{draft.id}/", {"title": "Another"})

    assert (refused.status_code, api.json(refused)["code"]) == (409, "catalog.course_in_review")
    assert api.json(move(instructor, draft, "withdraw"))["status"] == "draft"
    assert instructor.patch(f"{COURSES}{draft.id}/", {"title": "Another"}).status_code == 200


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        ([], {"withdraw": ["in_review"], "publish": ["in_review"], "unpublish": ["in_review"]}),
        (
            ["submit"],
            {"submit": ["draft"], "publish": ["draft"], "archive": ["draft"], "unpublish": ["draft"]},
        ),
        (["submit", "approve"], {"submit": ["archived", "draft"], "withdraw": ["archived", "draft"]}),
        (["submit", "approve", "archive"], {"archive": ["draft", "published"]}),
        (["submit", "approve", "unpublish"], {"submit": ["archived", "published"]}),
    ],
)
def test_an_illegal_move_is_refused_with_the_legal_ones(
    instructor: ApiClient,
    admin: ApiClient,
    api: ApiClient,
    draft: CourseSummary,
    way: list[str],
    refused: dict[str, list[str]],
) -> None:
    for step in way:
        assert move(admin if step == "approve" else instructor, draft, step).status_code == 200

    for name, allowed in refused.items():
        answer = move(instructor, draft, name)
        assert answer.status_code == 409, name
        problem = api.json(answer)
        assert problem["code"] == "catalog.illegal_transition"
        assert problem["allowed"] == allowed, name


def test_only_what_waits_is_approved_or_returned(
    admin: ApiClient, api: ApiClient, draft: CourseSummary
) -> None:
    for name in ("approve", "return"):
        answer = move(admin, draft, name)
        assert (answer.status_code, api.json(answer)["code"]) == (409, "catalog.illegal_transition")


def test_an_owner_neither_approves_nor_returns_nor_sees_what_waits(
    instructor: ApiClient, draft: CourseSummary
) -> None:
    move(instructor, draft, "submit")

    assert move(instructor, draft, "approve").status_code == 403
    assert move(instructor, draft, "return").status_code == 403
    assert instructor.get(QUEUE).status_code == 403
    assert Course.objects.get(id=draft.id).status == "in_review"


def test_what_is_approved_is_what_was_read(
    instructor: ApiClient, admin: ApiClient, draft: CourseSummary
) -> None:
    move(instructor, draft, "submit")
    read = admin.get(f"{COURSES}{draft.id}/")["ETag"]
    move(instructor, draft, "withdraw")
    instructor.patch(f"{COURSES}{draft.id}/", {"description": "Something else."})
    move(instructor, draft, "submit")

    for name in ("approve", "return"):
        assert move(admin, draft, name, headers={"If-Match": read}).status_code == 412

    now = admin.get(f"{COURSES}{draft.id}/")["ETag"]
    assert move(admin, draft, "approve", headers={"If-Match": now}).status_code == 200


def test_once_approved_an_owner_publishes_alone_and_takes_back_and_puts_away(
    instructor: ApiClient, student: ApiClient, api: ApiClient, instructor_id: UUID, published: Any
) -> None:
    course = make_course(owner_id=instructor_id)
    path = f"{COURSES}{course.id}/"

    instructor.patch(path, {"title": "Better Bread"})
    assert api.json(student.get(path))["title"] == course.title
    second = api.json(move(instructor, course, "publish"))
    assert (second["edition"], second["has_changes"]) == (2, False)
    assert api.json(student.get(path))["title"] == "Better Bread"

    assert api.json(move(instructor, course, "archive"))["status"] == "archived"
    assert student.get(path).status_code == 404
    assert api.json(move(instructor, course, "unpublish"))["status"] == "draft"
    assert api.json(move(instructor, course, "publish"))["edition"] == 2
    assert len(published(CourseUnpublished)) == 1


@pytest.mark.parametrize(
    ("name", "allowed", "way_back"),
    [
        ("unpublish", ["archived", "in_review"], ["submit"]),
        ("archive", ["draft"], ["unpublish", "submit"]),
    ],
)
def test_what_an_administrator_took_out_of_the_storefront_needs_a_review_again(
    instructor: ApiClient,
    admin: ApiClient,
    student: ApiClient,
    api: ApiClient,
    instructor_id: UUID,
    name: str,
    allowed: list[str],
    way_back: list[str],
) -> None:
    course = make_course(owner_id=instructor_id)
    assert move(admin, course, name).status_code == 200

    refused = move(instructor, course, "publish")

    assert refused.status_code == 409
    problem = api.json(refused)
    assert (problem["code"], problem["allowed"]) == ("catalog.illegal_transition", allowed)
    assert student.get(f"{COURSES}{course.id}/").status_code == 404
    for step in way_back:
        assert move(instructor, course, step).status_code == 200, step
    assert move(instructor, course, "publish").status_code == 409
    assert move(admin, course, "approve").status_code == 200
    assert move(instructor, course, "unpublish").status_code == 200
    assert move(instructor, course, "publish").status_code == 200


@pytest.mark.parametrize("role", ["owner", "editor"])
def test_what_an_administrator_who_teaches_it_took_out_of_the_storefront_stays_approved(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID, role: str
) -> None:
    editor_id = new_id()
    course = make_course(owner_id=instructor_id, editor_ids=[editor_id])
    teacher = api.as_actor(instructor_id if role == "owner" else editor_id, roles=["instructor", "admin"])
    assert move(teacher, course, "unpublish").status_code == 200

    assert move(instructor, course, "publish").status_code == 200


def test_what_its_owner_put_away_stays_approved_whoever_takes_it_out_of_the_archive(
    instructor: ApiClient, admin: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id)
    move(instructor, course, "archive")
    assert move(admin, course, "unpublish").status_code == 200

    assert move(instructor, course, "publish").status_code == 200


def test_those_who_wait_longest_come_first_and_a_page_costs_a_few_queries(
    admin: ApiClient, api: ApiClient, people: Any, django_assert_num_queries: Any
) -> None:
    waiting = []
    for name in ("Ada", "Grace", "Mary"):
        owner = people(name)
        course = make_course(owner_id=owner, published=False)
        move(api.as_actor(owner, roles=["instructor"]), course, "submit")
        waiting.append(str(course.id))

    with django_assert_num_queries(2):
        page = api.json(admin.get(f"{QUEUE}?page_size=2"))

    assert [course["id"] for course in page["results"]] == waiting[:2]
    rest = api.json(admin.get(page["next"]))
    assert [course["id"] for course in rest["results"]] == waiting[2:]


def test_a_submission_repeated_with_its_key_is_made_once(
    instructor: ApiClient, draft: CourseSummary, published: Any
) -> None:
    key = {"Idempotency-Key": "one"}

    first, second = (move(instructor, draft, "submit", headers=key) for _ in range(2))

    assert first.content == second.content
    assert len(published(CourseSubmitted)) == 1


def test_somebody_elses_draft_is_nothing_to_move(rival: ApiClient, draft: CourseSummary) -> None:
    for name in set(MOVES) - {"approve", "return"}:
        assert move(rival, draft, name).status_code == 404, name
