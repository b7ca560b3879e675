"""The whole order at once."""

from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.models import Course
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(instructor_id: UUID) -> CourseSummary:
    return make_course(owner_id=instructor_id, modules=2, lessons=3)


@pytest.fixture
def path(course: CourseSummary) -> str:
    return f"/api/v1/courses/{course.id}/outline/"


def order(course: CourseSummary) -> list[dict[str, Any]]:
    """As it is."""
    return [
        {"id": str(module.id), "lessons": [str(lesson.id) for lesson in module.lessons]}
        for module in outline_of(course.id).modules
    ]


def shown(answer: Any) -> list[dict[str, Any]]:
    """The order that an answer tells, whose positions count from 1."""
    modules = ApiClient.json(answer)["modules"]
    assert [module["position"] for module in modules] == list(range(1, len(modules) + 1))
    for module in modules:
        positions = [lesson["position"] for lesson in module["lessons"]]
        assert positions == list(range(1, len(positions) + 1))
    return [
        {"id": module["id"], "lessons": [lesson["id"] for lesson in module["lessons"]]} for module in modules
    ]


def test_modules_and_lessons_stand_in_the_order_that_was_sent(
    instructor: ApiClient, path: str, course: CourseSummary
) -> None:
    one, two = order(course)
    moved = one["lessons"].pop(0)
    two["lessons"] = [*reversed(two["lessons"]), moved]

    answer = instructor.put(path, {"modules": [two, one]})

    assert answer.status_code == 200
    assert shown(answer) == shown(instructor.get(path)) == [two, one]
    assert order(course) == [two, one]


def test_readers_see_the_order_when_it_is_published(
    instructor: ApiClient, student: ApiClient, path: str, course: CourseSummary
) -> None:
    page = path.replace("outline/", "")
    before = student.get(page)["ETag"]
    instructor.put(path, {"modules": order(course)[::-1]})

    assert student.get(page)["ETag"] == before
    instructor.post(f"{page}publish/")
    modules = ApiClient.json(student.get(page))["modules"]
    assert [module["id"] for module in modules] == [module["id"] for module in order(course)]


def test_a_module_may_be_left_empty(instructor: ApiClient, path: str, course: CourseSummary) -> None:
    one, two = order(course)
    everything = [{**one, "lessons": []}, {**two, "lessons": two["lessons"] + one["lessons"]}]

    assert shown(instructor.put(path, {"modules": everything})) == everything


@pytest.mark.parametrize("stale", ["lesson gone", "lesson new", "module gone", "module new"])
def test_an_order_of_another_outline_moves_nothing(
    instructor: ApiClient, path: str, course: CourseSummary, stale: str
) -> None:
    before = order(course)
    sent = [dict(module) for module in reversed(order(course))]
    match stale:
        case "lesson gone":
            sent[0]["lessons"] = sent[0]["lessons"][1:]
        case "lesson new":
            sent[0]["lessons"] = [*sent[0]["lessons"], str(new_id())]
        case "module gone":
            sent = [{**sent[0], "lessons": sent[0]["lessons"] + sent[1]["lessons"]}]
        case "module new":
            sent.append({"id": str(new_id()), "lessons": []})

    answer = instructor.put(path, {"modules": sent})

    assert answer.status_code == 412
    assert order(course) == before


def test_an_order_is_refused_when_the_outline_changed_since_it_was_read(
    instructor: ApiClient, admin: ApiClient, path: str, course: CourseSummary
) -> None:
    tag = instructor.get(path)["ETag"]
    first = admin.put(path, {"modules": order(course)[::-1]}, headers={"If-Match": tag})

    stale = instructor.put(path, {"modules": order(course)[::-1]}, headers={"If-Match": tag})

    assert (first.status_code, stale.status_code) == (200, 412)
    again = instructor.put(path, {"modules": order(course)[::-1]}, headers={"If-Match": first["ETag"]})
    assert again.status_code == 200


def test_what_comes_and_goes_changes_the_outlines_tag_and_a_new_title_does_not_stand_in_the_way(
    instructor: ApiClient, path: str, course: CourseSummary
) -> None:
    lesson = outline_of(course.id).lessons[0].id
    tag = instructor.get(path)["ETag"]
    instructor.patch(f"/api/v1/lessons/{lesson}/", {"title": "Another"})
    instructor.patch(path.replace("outline/", ""), {"title": "Another"})
    renamed = instructor.put(path, {"modules": order(course)[::-1]}, headers={"If-Match": tag})
    assert renamed.status_code == 200

    instructor.delete(f"/api/v1/lessons/{lesson}/")

    stale = instructor.put(path, {"modules": order(course)}, headers={"If-Match": renamed["ETag"]})
    assert stale.status_code == 412


def test_the_order_that_it_has_changes_nothing(
    instructor: ApiClient, path: str, course: CourseSummary
) -> None:
    before = Course.objects.get(id=course.id)

    assert instructor.put(path, {"modules": order(course)}).status_code == 200

    after = Course.objects.get(id=course.id)
    assert (after.outline_version, after.has_changes) == (before.outline_version, before.has_changes)


def test_a_lesson_that_stands_twice_is_refused(
    instructor: ApiClient, path: str, course: CourseSummary
) -> None:
    sent = order(course)
    sent[0]["lessons"].append(sent[0]["lessons"][0])

    answer = instructor.put(path, {"modules": sent})

    assert answer.status_code == 400
    (problem,) = ApiClient.json(answer)["errors"]
    assert (problem["pointer"], problem["code"]) == ("/modules", "duplicate")


def test_another_courses_lesson_is_not_drawn_in(
    instructor: ApiClient, path: str, course: CourseSummary, instructor_id: UUID
) -> None:
    other = make_course(owner_id=instructor_id)
    sent = order(course)
    sent[0]["lessons"].append(str(outline_of(other.id).lessons[0].id))

    assert instructor.put(path, {"modules": sent}).status_code == 412


def test_an_order_costs_the_same_however_much_moves(
    instructor: ApiClient, instructor_id: UUID, django_assert_max_num_queries: Any
) -> None:
    course = make_course(owner_id=instructor_id, modules=5, lessons=8)
    sent = [{**module, "lessons": module["lessons"][::-1]} for module in order(course)[::-1]]

    with django_assert_max_num_queries(14):
        answer = instructor.put(f"/api/v1/courses/{course.id}/outline/", {"modules": sent})

    assert answer.status_code == 200


def test_the_order_is_its_authors_affair(
    rival: ApiClient, student: ApiClient, api: ApiClient, path: str, course: CourseSummary
) -> None:
    assert api.get(path).status_code == 401
    for stranger in (rival, student):
        assert stranger.get(path).status_code == 404
        assert stranger.put(path, {"modules": order(course)}).status_code == 403
