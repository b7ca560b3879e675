"""An instructor writes a course, and publishes it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog import api as catalog
from skillwise_catalog.events import CourseChanged, CoursePublished, CourseUnpublished
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"


def whole_course(category: str) -> dict[str, Any]:
    return {
        "title": "Bread from Three Ingredients",
        "subtitle": "Flour, water, salt",
        "description": "A loaf a week.",
        "category": category,
        "level": "beginner",
        "language": "en",
        "price": {"amount": 2900, "currency": "USD"},
    }


def article(**changes: Any) -> dict[str, Any]:
    return {"title": "Why it rises", "kind": "article", "article": "Yeast.", **changes}


def test_a_course_goes_from_an_idea_to_the_public_list(
    instructor: ApiClient,
    admin: ApiClient,
    api: ApiClient,
    bread: str,
    published: Callable[..., list[Any]],
) -> None:
    course = api.json(instructor.post(COURSES, {"title": "Bread"}))
    assert course["status"] == "draft"
    assert course["price"] is None

    refused = admin.post(f"{COURSES}{course['id']}/publish/")
    assert refused.status_code == 409
    problem = api.json(refused)
    assert problem["code"] == "catalog.course_incomplete"
    assert (
        problem["missing"]
        == course["missing"]
        == ["description", "category", "language", "level", "price", "lessons"]
    )

    changed = instructor.patch(f"{COURSES}{course['id']}/", whole_course(bread))
    assert changed.status_code == 200
    module = api.json(instructor.post(f"{COURSES}{course['id']}/modules/", {"title": "The starter"}))
    lesson = instructor.post(f"/api/v1/modules/{module['id']}/lessons/", article(duration=90))
    assert lesson.status_code == 201

    unasked = instructor.post(f"{COURSES}{course['id']}/publish/")
    assert (unasked.status_code, api.json(unasked)["code"]) == (409, "catalog.illegal_transition")
    assert api.json(unasked)["allowed"] == ["in_review"]
    shown = admin.post(f"{COURSES}{course['id']}/publish/")
    assert shown.status_code == 200, shown.content
    assert api.json(shown)["status"] == "published"
    (listed,) = api.json(api.get(COURSES))["results"]
    assert listed["id"] == course["id"]
    assert listed["owner"]["display_name"] == "Ada Lovelace"
    assert (listed["lesson_count"], listed["duration"]) == (1, 90)
    (event,) = published(CoursePublished)
    assert str(event.course_id) == course["id"]
    assert event.price == Money(2900, "USD")


def test_a_draft_is_nothing_to_anybody_but_its_owner_and_administrators(
    instructor: ApiClient,
    rival: ApiClient,
    student: ApiClient,
    admin: ApiClient,
    api: ApiClient,
    instructor_id: UUID,
) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    outline = outline_of(course.id)
    paths = [
        f"{COURSES}{course.id}/",
        f"{COURSES}{course.id}/modules/",
        f"/api/v1/modules/{outline.modules[0].id}/",
        f"/api/v1/modules/{outline.modules[0].id}/lessons/",
        f"/api/v1/lessons/{outline.lessons[0].id}/",
    ]

    for path in paths:
        for stranger in (rival, student) if "/modules/0" in path else (api, rival, student):
            answer = stranger.get(path)
            unknown = stranger.get(path.replace(path.split("/")[4], str(new_id())))
            assert answer.status_code == unknown.status_code == 404
            assert api.json(answer)["code"] == api.json(unknown)["code"]
        assert instructor.get(path).status_code == 200
        assert admin.get(path).status_code == 200
    assert api.json(api.get(COURSES))["results"] == []
    for edit in (rival.patch(paths[0], {"title": "Mine"}), rival.delete(paths[2]), rival.delete(paths[4])):
        assert edit.status_code == 404


def test_a_published_course_is_read_by_all_and_edited_by_its_owner_alone(
    instructor: ApiClient,
    rival: ApiClient,
    student: ApiClient,
    admin: ApiClient,
    api: ApiClient,
    instructor_id: UUID,
) -> None:
    course = make_course(owner_id=instructor_id)
    outline = outline_of(course.id)
    paths = {
        f"{COURSES}{course.id}/": "catalog.not_course_owner",
        f"/api/v1/modules/{outline.modules[0].id}/": "catalog.not_course_owner",
        f"/api/v1/lessons/{outline.lessons[0].id}/": "catalog.not_course_owner",
    }

    for path, code in paths.items():
        assert api.get(path).status_code == (401 if "/modules/" in path else 200)
        assert api.patch(path, {"title": "Mine"}).status_code == 401
        for stranger in (rival, student):
            refused = stranger.patch(path, {"title": "Mine"})
            assert (refused.status_code, api.json(refused)["code"]) == (403, code)
        assert instructor.patch(path, {"title": "Owner's"}).status_code == 200
        assert admin.patch(path, {"title": "House's"}).status_code == 200


@pytest.mark.parametrize(
    ("roles", "verified", "status"),
    [
        (["student"], True, 403),
        (["admin"], True, 403),
        (["instructor"], False, 403),
        (["instructor"], True, 201),
    ],
)
def test_verified_instructors_alone_begin_courses(
    api: ApiClient, roles: list[str], verified: bool, status: int
) -> None:
    answer = api.as_actor(new_id(), roles=roles, verified=verified).post(COURSES, {"title": "Bread"})

    assert answer.status_code == status
    if not verified:
        assert api.json(answer)["code"] == "email_not_verified"


def test_an_owner_who_is_no_instructor_any_more_edits_nothing(api: ApiClient, instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id)

    former = api.as_actor(instructor_id, roles=["student"])

    assert former.patch(f"{COURSES}{course.id}/", {"title": "Mine"}).status_code == 403


def test_an_edit_of_what_somebody_else_has_edited_since_is_refused(
    instructor: ApiClient, admin: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id)
    outline = outline_of(course.id)
    paths = [
        f"{COURSES}{course.id}/",
        f"/api/v1/modules/{outline.modules[0].id}/",
        f"/api/v1/lessons/{outline.lessons[0].id}/",
    ]

    for path in paths:
        tag = instructor.get(path)["ETag"]
        assert admin.patch(path, {"title": "House's"}).status_code == 200
        stale = instructor.patch(path, {"title": "Owner's"}, headers={"If-Match": tag})
        assert stale.status_code == 412
        fresh = instructor.patch(
            path, {"title": "Owner's"}, headers={"If-Match": instructor.get(path)["ETag"]}
        )
        assert fresh.status_code == 200
        again = instructor.patch(path, {"title": "Owner's again"}, headers={"If-Match": fresh["ETag"]})
        assert again.status_code == 200
        assert instructor.delete(path, headers={"If-Match": tag}).status_code == 412


def test_ratings_and_enrolments_do_not_stand_in_an_editors_way(
    instructor: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id)
    tag = instructor.get(f"{COURSES}{course.id}/")["ETag"]

    catalog.set_course_rating(course_id=course.id, average=Decimal("4.5"), count=2)
    catalog.set_enrollment_count(course_id=course.id, count=7)

    edited = instructor.patch(f"{COURSES}{course.id}/", {"title": "New"}, headers={"If-Match": tag})
    assert edited.status_code == 200


def test_an_incomplete_working_copy_is_not_published_and_readers_keep_what_they_have(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id, lessons=1)
    outline = outline_of(course.id)
    path = f"{COURSES}{course.id}/"
    before = api.json(api.get(path))

    instructor.patch(path, {"description": "", "category": None, "price": None})
    instructor.delete(f"/api/v1/lessons/{outline.lessons[0].id}/")
    refused = instructor.post(f"{path}publish/")

    missing = ["description", "category", "price", "lessons"]
    assert (refused.status_code, api.json(refused)["missing"]) == (409, missing)
    assert api.json(instructor.get(path))["missing"] == missing
    assert api.json(api.get(path)) == before


def test_a_course_that_was_ever_published_is_unpublished_rather_than_deleted(
    instructor: ApiClient,
    student: ApiClient,
    api: ApiClient,
    instructor_id: UUID,
    published: Callable[..., list[Any]],
) -> None:
    course = make_course(owner_id=instructor_id)
    path = f"{COURSES}{course.id}/"
    first = api.json(student.get(path))["published_at"]

    assert api.json(instructor.delete(path))["code"] == "catalog.course_was_published"
    assert instructor.post(f"{path}unpublish/").status_code == 200
    assert student.get(path).status_code == 404
    assert api.json(instructor.delete(path))["code"] == "catalog.course_was_published"
    again = instructor.post(f"{path}unpublish/")
    assert (again.status_code, api.json(again)["allowed"]) == (409, ["archived", "published"])

    assert api.json(instructor.post(f"{path}publish/"))["published_at"] == first
    (gone,) = published(CourseUnpublished)
    before, after = published(CoursePublished)
    assert before.published_at < gone.unpublished_at < after.published_at


def test_a_draft_is_deleted_with_its_outline(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    lesson = outline_of(course.id).lessons[0]

    assert instructor.delete(f"{COURSES}{course.id}/").status_code == 204

    assert instructor.get(f"{COURSES}{course.id}/").status_code == 404
    assert instructor.get(f"/api/v1/lessons/{lesson.id}/").status_code == 404


def test_titles_may_repeat_and_slugs_never_do_nor_change(instructor: ApiClient, api: ApiClient) -> None:
    first = api.json(instructor.post(COURSES, {"title": "Über Brot!"}))
    second = api.json(instructor.post(COURSES, {"title": "Über Brot!"}))
    third = api.json(instructor.post(COURSES, {"title": "パンの話"}))

    assert first["slug"] == "uber-brot"
    assert second["slug"].startswith("uber-brot-")
    assert third["slug"].startswith("course")
    renamed = api.json(instructor.patch(f"{COURSES}{first['id']}/", {"title": "Bread"}))
    assert renamed["slug"] == first["slug"]


def test_an_edit_that_changes_nothing_leaves_the_version_and_tells_nobody(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID, published: Callable[..., list[Any]]
) -> None:
    course = make_course(owner_id=instructor_id)
    before = instructor.get(f"{COURSES}{course.id}/")

    after = instructor.patch(f"{COURSES}{course.id}/", {"title": course.title})

    assert after["ETag"] == before["ETag"]
    assert published(CourseChanged) == []


def test_edits_are_shown_and_told_in_one_step_when_they_are_published(
    instructor: ApiClient, student: ApiClient, instructor_id: UUID, published: Callable[..., list[Any]]
) -> None:
    course = make_course(owner_id=instructor_id)
    outline = outline_of(course.id)

    instructor.patch(
        f"{COURSES}{course.id}/", {"title": "Better Bread", "price": {"amount": 0, "currency": "EUR"}}
    )
    instructor.post(f"{COURSES}{course.id}/modules/", {"title": "More"})
    instructor.patch(f"/api/v1/lessons/{outline.lessons[0].id}/", {"title": "Why"})

    assert published(CourseChanged) == []
    assert student.json(student.get(f"{COURSES}{course.id}/"))["title"] == "Bread from Three Ingredients"
    for _ in range(2):
        assert instructor.post(f"{COURSES}{course.id}/publish/").status_code == 200

    (change,) = published(CourseChanged)
    assert (change.title, change.price) == ("Better Bread", Money(0, "EUR"))
    shown = student.json(student.get(f"{COURSES}{course.id}/"))
    assert shown["title"] == "Better Bread"
    assert [module["title"] for module in shown["modules"]][-1] == "More"
    assert shown["modules"][0]["lessons"][0]["title"] == "Why"


def test_a_repeated_creation_with_the_same_key_makes_one_course(
    instructor: ApiClient, api: ApiClient
) -> None:
    key = {"Idempotency-Key": str(new_id())}

    first = instructor.post(COURSES, {"title": "Bread"}, headers=key)
    second = instructor.post(COURSES, {"title": "Bread"}, headers=key)

    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert len(api.json(instructor.get("/api/v1/instructors/courses/"))["results"]) == 1


def test_instructors_list_their_own_courses_in_every_state(
    instructor: ApiClient,
    student: ApiClient,
    api: ApiClient,
    instructor_id: UUID,
    django_assert_num_queries: Any,
) -> None:
    mine = [make_course(owner_id=instructor_id, published=number % 2 == 0).id for number in range(3)]
    make_course()

    with django_assert_num_queries(2):
        listed = api.json(instructor.get("/api/v1/instructors/courses/"))["results"]

    assert [course["id"] for course in listed] == [str(course_id) for course_id in reversed(mine)]
    assert student.get("/api/v1/instructors/courses/").status_code == 403
    assert api.get("/api/v1/instructors/courses/").status_code == 401
