"""Versions: what was published, what each changed, and the way back."""

from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.models import Category, Course, CourseVersion
from skillwise_catalog.services.categories import ensure_category, rename_category
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"


@pytest.fixture
def course(instructor_id: UUID) -> CourseSummary:
    return make_course(owner_id=instructor_id)


@pytest.fixture
def path(course: CourseSummary) -> str:
    return f"{COURSES}{course.id}/"


def publish(instructor: ApiClient, path: str) -> None:
    assert instructor.post(f"{path}publish/").status_code == 200


def test_each_publication_with_changes_is_a_version(
    instructor: ApiClient, api: ApiClient, path: str, instructor_id: UUID, django_assert_num_queries: Any
) -> None:
    instructor.patch(path, {"title": "Second"})
    publish(instructor, path)
    publish(instructor, path)  # nothing has changed since

    with django_assert_num_queries(3):
        listed = api.json(instructor.get(f"{path}versions/"))["results"]

    assert [version["number"] for version in listed] == [2, 1]
    assert listed[0]["published_by"] == {"id": str(instructor_id), "display_name": "Ada Lovelace"}
    first = api.json(instructor.get(f"{path}versions/1/"))
    assert first["document"]["title"] == "Bread from Three Ingredients"
    assert api.json(instructor.get(f"{path}versions/2/"))["document"]["title"] == "Second"


def test_a_version_tells_what_it_changed(
    instructor: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    outline = outline_of(course.id)
    why, feeding = outline.lessons
    instructor.patch(path, {"title": "Better Bread"})
    instructor.patch(f"/api/v1/lessons/{feeding.id}/", {"position": 1})
    instructor.patch(f"/api/v1/lessons/{why.id}/", {"title": "Why", "article": "Wild yeast."})
    publish(instructor, path)

    changes = api.json(instructor.get(f"{path}versions/2/changes/"))

    assert (changes["before"], changes["after"]) == (1, 2)
    assert [(field["name"], field["after"]) for field in changes["fields"]] == [("title", "Better Bread")]
    told = {part["id"]: part for part in changes["lessons"]}
    moved = [part_id for part_id, part in told.items() if "moved" in part["changes"]]
    assert len(moved) == 1
    assert {"renamed", "changed"} <= set(told[str(why.id)]["changes"])
    diffs = {field["name"]: field["diff"] for field in told[str(why.id)]["fields"]}
    assert "-Wild yeast is **everywhere**.\n+Wild yeast." in diffs["article"]


def test_the_first_version_added_everything(
    instructor: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    changes = api.json(instructor.get(f"{path}versions/1/changes/"))

    assert (changes["before"], changes["after"]) == (None, 1)
    assert [part["changes"] for part in changes["lessons"]] == [["added"], ["added"]]


def test_the_working_copy_tells_what_is_not_published_yet(
    instructor: ApiClient, api: ApiClient, path: str, django_assert_max_num_queries: Any
) -> None:
    nothing = api.json(instructor.get(f"{path}changes/"))
    assert nothing == {"before": 1, "after": None, "fields": [], "modules": [], "lessons": []}
    instructor.post(f"{path}modules/", {"title": "More"})

    with django_assert_max_num_queries(9):
        changes = api.json(instructor.get(f"{path}changes/"))

    assert [(part["title"], part["changes"]) for part in changes["modules"]] == [("More", ["added"])]


def test_a_restored_version_is_the_working_copy_and_keeps_who_is_who(
    instructor: ApiClient, student: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    outline = outline_of(course.id)
    kept, removed = outline.lessons
    instructor.patch(path, {"title": "Worse Bread"})
    instructor.delete(f"/api/v1/lessons/{removed.id}/")
    instructor.post(f"{path}modules/", {"title": "Padding"})
    publish(instructor, path)

    restored = api.json(instructor.post(f"{path}versions/1/restore/"))

    assert (restored["title"], restored["has_changes"]) == (course.title, True)
    assert outline_of(course.id) == outline
    assert api.json(student.get(path))["title"] == "Worse Bread"
    publish(instructor, path)
    assert api.json(student.get(path))["title"] == course.title
    versions = {version.number: version for version in CourseVersion.objects.filter(course_id=course.id)}
    assert versions[3].document == versions[1].document
    assert [lesson["id"] for lesson in api.json(student.get(path))["modules"][0]["lessons"]] == [
        str(kept.id),
        str(removed.id),
    ]


@pytest.mark.parametrize("where", ["", "changes/"])
@pytest.mark.parametrize("edited", ["course", "lesson", "outline"])
def test_a_restore_does_not_overwrite_what_was_edited_since_it_was_read(
    instructor: ApiClient, admin: ApiClient, path: str, course: CourseSummary, edited: str, where: str
) -> None:
    read = instructor.get(f"{path}{where}")["ETag"]
    lesson = outline_of(course.id).lessons[0]
    if edited == "course":
        made = admin.patch(path, {"title": "House's"})
    elif edited == "lesson":
        made = admin.patch(f"/api/v1/lessons/{lesson.id}/", {"title": "House's"})
    else:
        made = admin.post(f"{path}modules/", {"title": "House's"})
    assert made.status_code in {200, 201}

    stale = instructor.post(f"{path}versions/1/restore/", headers={"If-Match": read})

    assert stale.status_code == 412
    assert "House's" in instructor.get(f"{path}changes/").content.decode()
    fresh = instructor.get(f"{path}{where}")["ETag"]
    assert instructor.post(f"{path}versions/1/restore/", headers={"If-Match": fresh}).status_code == 200


def test_a_restored_version_makes_no_category(
    instructor: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    category = category_of(course)
    rename_category(category, name="Loaves & rolls")
    shelves = set(Category.objects.values_list("slug", flat=True))

    restored = api.json(instructor.post(f"{path}versions/1/restore/"))

    assert restored["category"] == {"slug": category.slug, "name": "Loaves & rolls"}
    assert set(Category.objects.values_list("slug", flat=True)) == shelves


def test_a_restored_version_brings_a_course_back_to_the_category_that_is_still_there(
    instructor: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    category = category_of(course)
    instructor.patch(path, {"category": ensure_category(path=("Science",)).slug})

    restored = api.json(instructor.post(f"{path}versions/1/restore/"))

    assert restored["category"]["slug"] == category.slug


def test_a_renamed_category_is_no_change_of_the_working_copy(
    instructor: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    rename_category(category_of(course), name="Loaves & rolls")

    assert api.json(instructor.get(f"{path}changes/"))["fields"] == []

    instructor.patch(path, {"category": ensure_category(path=("Science",)).slug})
    (field,) = api.json(instructor.get(f"{path}changes/"))["fields"]
    assert (field["name"], field["after"]) == ("category", ["Science"])


def category_of(course: CourseSummary) -> Category:
    category = Course.objects.get(id=course.id).category
    assert category
    return category


def test_versions_are_nothing_to_readers(
    instructor: ApiClient, rival: ApiClient, student: ApiClient, api: ApiClient, path: str
) -> None:
    for tail in ("versions/", "versions/1/", "versions/1/changes/", "changes/"):
        assert instructor.get(f"{path}{tail}").status_code == 200, tail
        assert api.get(f"{path}{tail}").status_code == 401, tail
        for stranger in (rival, student):
            assert stranger.get(f"{path}{tail}").status_code == 404, tail
    assert rival.post(f"{path}versions/1/restore/").status_code == 403


def test_an_unknown_version_is_told_so(instructor: ApiClient, api: ApiClient, path: str) -> None:
    for answer in (
        instructor.get(f"{path}versions/7/"),
        instructor.get(f"{path}versions/7/changes/"),
        instructor.post(f"{path}versions/7/restore/"),
    ):
        assert (answer.status_code, api.json(answer)["code"]) == (404, "catalog.version_not_found")


# Copies


def titles_in(modules: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [(module["title"], [lesson["title"] for lesson in module["lessons"]]) for module in modules]


def ids_in(modules: list[dict[str, Any]]) -> set[str]:
    return {lesson["id"] for module in modules for lesson in module["lessons"]}


def test_a_copy_is_a_draft_of_ones_own_with_everything_in_it(
    instructor: ApiClient, student: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    answer = instructor.post(f"{path}duplicate/")

    assert answer.status_code == 201
    copy = api.json(answer)
    assert answer["Location"] == f"{COURSES}{copy['id']}/"
    assert copy["title"] == "Bread from Three Ingredients (copy)"
    assert (copy["status"], copy["edition"], copy["published_at"]) == ("draft", None, None)
    original = api.json(instructor.get(path))
    for name in ("subtitle", "description", "category", "price", "lesson_count", "duration"):
        assert copy[name] == original[name], name
    assert copy["slug"] != original["slug"]
    assert titles_in(copy["modules"]) == titles_in(original["modules"])
    assert not ids_in(copy["modules"]) & ids_in(original["modules"])
    assert student.get(f"{COURSES}{copy['id']}/").status_code == 404


def test_a_title_as_long_as_may_be_has_room_for_saying_that_it_is_a_copy(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id, title="B" * 200)

    copy = api.json(instructor.post(f"{COURSES}{course.id}/duplicate/"))

    assert copy["title"] == "B" * 193 + " (copy)"


def test_a_copy_asked_for_twice_with_one_key_is_made_once(
    instructor: ApiClient, api: ApiClient, path: str
) -> None:
    key = {"Idempotency-Key": "one"}

    first, second = (instructor.post(f"{path}duplicate/", headers=key) for _ in range(2))

    assert first.content == second.content
    assert len(api.json(instructor.get("/api/v1/instructors/courses/"))["results"]) == 2


def test_nobody_copies_what_they_may_not_edit(rival: ApiClient, student: ApiClient, path: str) -> None:
    assert rival.post(f"{path}duplicate/").status_code == 403
    assert student.post(f"{path}duplicate/").status_code == 403
