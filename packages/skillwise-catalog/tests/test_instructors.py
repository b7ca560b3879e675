"""A course is its owner's, and written by its editors too."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from files import PDF, picture, upload
from skillwise_catalog import api as catalog
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.events import CourseChanged, CourseInstructorsChanged
from skillwise_catalog.testing import make_course, outline_of
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"


@pytest.fixture
def grace_id(people: Callable[[str], UUID]) -> UUID:
    return people("Grace Hopper")


@pytest.fixture
def grace(api: ApiClient, grace_id: UUID) -> ApiClient:
    return api.as_actor(grace_id, roles=["instructor"])


@pytest.fixture
def course(instructor_id: UUID) -> CourseSummary:
    return make_course(owner_id=instructor_id)


@pytest.fixture
def taught(instructor_id: UUID, grace_id: UUID) -> CourseSummary:
    """A course that Grace edits."""
    return make_course(owner_id=instructor_id, editor_ids=[grace_id])


def people_of(course: CourseSummary) -> str:
    return f"{COURSES}{course.id}/instructors/"


def roles(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.content
    return [(row["user"]["display_name"], row["role"]) for row in ApiClient.json(answer)["results"]]


def test_an_editor_is_named_by_id_or_by_address(
    instructor: ApiClient, course: CourseSummary, grace_id: UUID, published: Any
) -> None:
    mary = make_user(full_name="Mary Shelley", email="mary@example.org", roles=["instructor"])

    by_id = instructor.post(people_of(course), {"user_id": str(grace_id), "role": "editor"})
    by_address = instructor.post(people_of(course), {"email": "Mary@example.org", "role": "editor"})

    assert roles(by_id) == [("Ada Lovelace", "owner"), ("Grace Hopper", "editor")]
    assert roles(by_address)[2:] == [("Mary Shelley", "editor")]
    assert roles(instructor.get(people_of(course))) == roles(by_address)
    _, last = published(CourseInstructorsChanged)
    assert set(last.editor_ids) == {grace_id, mary.id}


def test_who_is_an_editor_already_changes_nothing(
    instructor: ApiClient, taught: CourseSummary, grace_id: UUID, published: Any
) -> None:
    before = instructor.get(people_of(taught))["ETag"]

    again = instructor.post(people_of(taught), {"user_id": str(grace_id), "role": "editor"})

    assert (again.status_code, again["ETag"]) == (200, before)
    assert published(CourseInstructorsChanged) == []


@pytest.mark.parametrize(
    "person",
    [{"roles": ["student"]}, {"verified": False}, {"suspended": True}],
    ids=["student", "unverified", "suspended"],
)
def test_only_verified_instructors_are_added_and_nobody_learns_what_another_lacks(
    instructor: ApiClient, course: CourseSummary, person: dict[str, Any]
) -> None:
    user = make_user(**{"roles": ["instructor"], "email": "x@example.org", **person})

    by_id = instructor.post(people_of(course), {"user_id": str(user.id), "role": "editor"})
    by_address = instructor.post(people_of(course), {"email": "x@example.org", "role": "editor"})
    nobody = instructor.post(people_of(course), {"email": "nobody@example.org", "role": "editor"})

    for answer in (by_id, by_address, nobody):
        assert answer.status_code == 422
        assert ApiClient.json(answer)["code"] == "catalog.instructor_unknown"
    pointers = [ApiClient.json(answer)["errors"][0]["pointer"] for answer in (by_id, by_address)]
    assert pointers == ["/user_id", "/email"]


def test_one_of_id_and_address_names_a_person(instructor: ApiClient, course: CourseSummary) -> None:
    neither = instructor.post(people_of(course), {"role": "editor"})
    both = instructor.post(
        people_of(course), {"role": "editor", "user_id": str(new_id()), "email": "x@example.org"}
    )

    assert (neither.status_code, both.status_code) == (400, 400)


def test_a_working_copy_takes_its_owner_and_its_editors_three_queries_however_long(
    instructor: ApiClient,
    grace: ApiClient,
    instructor_id: UUID,
    grace_id: UUID,
    django_assert_num_queries: Any,
) -> None:
    for size in (1, 4):
        course = make_course(
            owner_id=instructor_id, editor_ids=[grace_id], modules=size, lessons=size, published=False
        )
        for author in (instructor, grace):
            with django_assert_num_queries(3):
                read = author.json(author.get(f"/api/v1/courses/{course.id}/"))
            assert [person["display_name"] for person in read["instructors"]] == [
                "Ada Lovelace",
                "Grace Hopper",
            ]
            assert [len(module["lessons"]) for module in read["modules"]] == [size] * size


def test_what_an_editor_brought_is_there_for_the_owner_and_for_other_editors(
    instructor: ApiClient,
    grace: ApiClient,
    rival: ApiClient,
    taught: CourseSummary,
    people: Callable[[str], UUID],
    api: ApiClient,
) -> None:
    mary_id = people("Mary Shelley")
    added = instructor.post(people_of(taught), {"user_id": str(mary_id), "role": "editor"})
    assert added.status_code == 200
    mary = api.as_actor(mary_id, roles=["instructor"])
    photo = api.json(upload(grace, "loaf.png", picture("PNG")))["id"]
    sheet = api.json(upload(grace, "sheet.pdf", PDF))["id"]
    foreign = api.json(upload(rival, "sheet.pdf", PDF))["id"]
    course, lesson = f"{COURSES}{taught.id}/", f"/api/v1/lessons/{outline_of(taught.id).lessons[0].id}/"

    for author in (instructor, mary):
        for path, change in (
            (lesson, {"resources": [{"title": "Sheet", "upload_id": sheet}]}),
            (lesson, {"article": f"![A loaf](media:{photo})"}),
            (course, {"description": f"![A loaf](media:{photo})"}),
            (course, {"cover_upload_id": photo}),
        ):
            assert author.patch(path, change).status_code == 200, change
        for path, change in (
            (lesson, {"resources": []}),
            (lesson, {"article": "Text."}),
            (course, {"description": "Text.", "cover_upload_id": None}),
        ):
            assert author.patch(path, change).status_code == 200, change
        refused = author.patch(lesson, {"resources": [{"title": "Sheet", "upload_id": foreign}]})
        assert refused.status_code == 422


def test_an_editor_edits(grace: ApiClient, taught: CourseSummary) -> None:
    outline = outline_of(taught.id)
    path = f"{COURSES}{taught.id}/"

    for answer in (
        grace.patch(path, {"title": "Better Bread"}),
        grace.post(f"{path}modules/", {"title": "More"}),
        grace.patch(f"/api/v1/lessons/{outline.lessons[0].id}/", {"title": "Why"}),
        grace.get(f"{path}changes/"),
        grace.post(f"{path}versions/1/restore/"),
        grace.get(people_of(taught)),
    ):
        assert answer.status_code in {200, 201}, answer.content
    listed = ApiClient.json(grace.get("/api/v1/instructors/courses/"))["results"]
    assert [course["id"] for course in listed] == [str(taught.id)]


@pytest.mark.parametrize("move", ["submit", "withdraw", "publish", "unpublish", "archive"])
def test_an_editor_does_not_move_the_course(grace: ApiClient, taught: CourseSummary, move: str) -> None:
    answer = grace.post(f"{COURSES}{taught.id}/{move}/")

    assert (answer.status_code, ApiClient.json(answer)["code"]) == (403, "catalog.not_course_owner")


def test_an_editor_neither_deletes_the_course_nor_says_who_teaches_it(
    grace: ApiClient, instructor_id: UUID, grace_id: UUID, people: Callable[[str], UUID]
) -> None:
    draft = make_course(owner_id=instructor_id, editor_ids=[grace_id], published=False)

    for answer in (
        grace.delete(f"{COURSES}{draft.id}/"),
        grace.post(people_of(draft), {"user_id": str(people("Mary")), "role": "editor"}),
        grace.post(people_of(draft), {"user_id": str(grace_id), "role": "owner"}),
        grace.delete(f"{people_of(draft)}{instructor_id}/"),
    ):
        assert (answer.status_code, ApiClient.json(answer)["code"]) == (403, "catalog.not_course_owner")


def test_an_editor_is_removed_or_leaves_and_edits_no_more(
    instructor: ApiClient, grace: ApiClient, taught: CourseSummary, grace_id: UUID, published: Any
) -> None:
    path = f"{COURSES}{taught.id}/"
    assert roles(instructor.delete(f"{people_of(taught)}{grace_id}/")) == [("Ada Lovelace", "owner")]
    assert grace.patch(path, {"title": "Mine"}).status_code == 403
    again = instructor.delete(f"{people_of(taught)}{grace_id}/")
    assert (again.status_code, ApiClient.json(again)["code"]) == (404, "catalog.instructor_not_found")
    (event,) = published(CourseInstructorsChanged)
    assert event.editor_ids == ()

    instructor.post(people_of(taught), {"user_id": str(grace_id), "role": "editor"})
    assert roles(grace.delete(f"{people_of(taught)}{grace_id}/")) == [("Ada Lovelace", "owner")]


def test_a_course_handed_over_is_the_new_owners_and_the_old_one_edits_it(
    instructor: ApiClient,
    grace: ApiClient,
    student: ApiClient,
    course: CourseSummary,
    instructor_id: UUID,
    grace_id: UUID,
    published: Any,
) -> None:
    handed = instructor.post(people_of(course), {"user_id": str(grace_id), "role": "owner"})

    assert roles(handed) == [("Grace Hopper", "owner"), ("Ada Lovelace", "editor")]
    path = f"{COURSES}{course.id}/"
    assert ApiClient.json(student.get(path))["owner"]["display_name"] == "Grace Hopper"
    assert [event.owner_id for event in published(CourseChanged)] == [grace_id]
    assert catalog.get_courses(ids=[course.id])[course.id].owner_id == grace_id
    assert grace.post(f"{path}unpublish/").status_code == 200
    assert instructor.patch(path, {"title": "Still mine to write"}).status_code == 200
    assert instructor.post(f"{path}publish/").status_code == 403


def test_the_owner_stays_until_somebody_else_is(
    instructor: ApiClient, admin: ApiClient, course: CourseSummary, instructor_id: UUID
) -> None:
    for answer in (
        instructor.delete(f"{people_of(course)}{instructor_id}/"),
        admin.post(people_of(course), {"user_id": str(instructor_id), "role": "editor"}),
    ):
        assert (answer.status_code, ApiClient.json(answer)["code"]) == (409, "catalog.owner_required")


def test_an_administrator_hands_over_the_course_of_somebody_gone(admin: ApiClient, grace_id: UUID) -> None:
    course = make_course(owner_id=new_id())

    assert roles(admin.post(people_of(course), {"user_id": str(grace_id), "role": "owner"}))[0] == (
        "Grace Hopper",
        "owner",
    )


def test_who_teaches_is_shown_to_those_who_do(
    rival: ApiClient, student: ApiClient, api: ApiClient, course: CourseSummary
) -> None:
    assert api.get(people_of(course)).status_code == 401
    for stranger in (rival, student):
        assert stranger.get(people_of(course)).status_code == 404


def test_other_contexts_ask_for_many_courses_at_once(
    taught: CourseSummary,
    course: CourseSummary,
    instructor_id: UUID,
    grace_id: UUID,
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(2):
        told = catalog.get_instructors(course_ids=[taught.id, course.id, new_id()])

    assert {course_id: one.ids for course_id, one in told.items()} == {
        taught.id: {instructor_id, grace_id},
        course.id: {instructor_id},
    }
