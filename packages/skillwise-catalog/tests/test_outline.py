"""Modules and lessons are added, changed, moved and removed."""

import threading
from typing import Any
from uuid import UUID

import pytest
from course_documents import TOO_LONG_QUIZ
from django.db import connection
from skillwise_catalog.domain import lessons as limits
from skillwise_catalog.models import Course, Lesson, Module
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

ARTICLE: dict[str, Any] = {"title": "Why it rises", "kind": "article", "article": "Yeast."}
VIDEO: dict[str, Any] = {"title": "Feeding", "kind": "video", "video_url": "https://videos.example/f.mp4"}


@pytest.fixture
def course_id(instructor_id: UUID) -> UUID:
    return make_course(owner_id=instructor_id, published=False, modules=3, lessons=3).id


def module_titles(course_id: UUID) -> list[tuple[int, str]]:
    return list(
        Module.objects.filter(course_id=course_id).order_by("position").values_list("position", "title")
    )


def lesson_titles(module_id: UUID) -> list[str]:
    lessons = Lesson.objects.filter(module_id=module_id).order_by("position")
    assert [lesson.position for lesson in lessons] == list(range(1, len(lessons) + 1))
    return [lesson.title for lesson in lessons]


def test_modules_are_inserted_moved_and_removed_without_gaps(instructor: ApiClient, course_id: UUID) -> None:
    modules = f"/api/v1/courses/{course_id}/modules/"

    first = instructor.json(instructor.post(modules, {"title": "New first", "position": 1}))
    last = instructor.json(instructor.post(modules, {"title": "New last"}))
    assert [title for _, title in module_titles(course_id)] == [
        "New first", "Module 1", "Module 2", "Module 3", "New last",
    ]  # fmt: skip
    moved = instructor.patch(f"/api/v1/modules/{first['id']}/", {"position": 4})
    assert instructor.json(moved)["position"] == 4
    instructor.patch(f"/api/v1/modules/{last['id']}/", {"position": 1})
    instructor.delete(f"/api/v1/modules/{outline_of(course_id).modules[1].id}/")
    instructor.patch(f"/api/v1/modules/{last['id']}/", {"position": 999})

    assert module_titles(course_id) == [(1, "Module 2"), (2, "Module 3"), (3, "New first"), (4, "New last")]


def test_lessons_are_inserted_moved_and_removed_without_gaps(instructor: ApiClient, course_id: UUID) -> None:
    module = outline_of(course_id).modules[0]
    lessons = f"/api/v1/modules/{module.id}/lessons/"

    second = instructor.json(instructor.post(lessons, {**ARTICLE, "title": "Second", "position": 2}))
    assert lesson_titles(module.id) == ["Lesson 1", "Second", "Lesson 2", "Lesson 3"]
    instructor.patch(f"/api/v1/lessons/{second['id']}/", {"position": 4})
    instructor.delete(f"/api/v1/lessons/{module.lessons[0].id}/")

    assert lesson_titles(module.id) == ["Lesson 2", "Lesson 3", "Second"]
    listed = instructor.json(instructor.get(lessons))["results"]
    assert [lesson["title"] for lesson in listed] == ["Lesson 2", "Lesson 3", "Second"]
    assert "article" not in listed[0]


def test_the_course_counts_its_lessons_and_sums_their_durations(
    instructor: ApiClient, course_id: UUID
) -> None:
    outline = outline_of(course_id)

    instructor.post(f"/api/v1/modules/{outline.modules[0].id}/lessons/", {**VIDEO, "duration": 90})
    instructor.patch(f"/api/v1/lessons/{outline.lessons[0].id}/", {"duration": 30})
    instructor.delete(f"/api/v1/modules/{outline.modules[2].id}/")

    course = Course.objects.get(id=course_id)
    assert (course.lesson_count, course.duration) == (7, 120)


@pytest.mark.parametrize(("lesson", "problems"), [
    ({"title": "L", "kind": "article"}, [("/article", "required")]),
    ({"title": "L", "kind": "video", "article": "text"}, [
        ("/article", "not_of_this_kind"), ("/video_url", "required"),
    ]),
    ({**ARTICLE, "video_url": "https://videos.example/f.mp4"}, [("/video_url", "not_of_this_kind")]),
    ({"title": "L", "kind": "file"}, [("/upload_id", "required")]),
])  # fmt: skip
def test_a_lesson_has_the_content_of_its_kind_and_no_other(
    instructor: ApiClient, course_id: UUID, lesson: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    module = outline_of(course_id).modules[0]

    refused = instructor.post(f"/api/v1/modules/{module.id}/lessons/", lesson)

    assert refused.status_code == 422
    problem = instructor.json(refused)
    assert problem["code"] == "catalog.lesson_content_mismatch"
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == problems


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "song"}, "/kind", "invalid_choice"),
        ({"article": ""}, "/article", "blank"),
        ({"article": "x" * 200_001}, "/article", "max_length"),
        ({"duration": -1}, "/duration", "min_value"),
        ({"duration": 86_401}, "/duration", "max_value"),
        ({"position": 0}, "/position", "min_value"),
        ({"is_preview": "perhaps"}, "/is_preview", "invalid"),
        ({"upload_id": "one"}, "/upload_id", "invalid"),
        ({"video_url": "ftp://videos.example/f.mp4"}, "/video_url", "invalid_url_scheme"),
        ({"video_url": "javascript:alert(1)"}, "/video_url", "invalid_url_scheme"),
        ({"video_url": "https://user:secret@videos.example/"}, "/video_url", "invalid_url"),
        ({"video_url": "https://"}, "/video_url", "invalid_url"),
        ({"video_url": "https://videos.example:port/"}, "/video_url", "invalid_url"),
        ({"video_url": "https://videos.example/a b"}, "/video_url", "invalid_url"),
        ({"video_url": "https://vidéos.example/"}, "/video_url", "invalid_url"),
    ],
)
def test_a_lessons_input_that_is_not_valid_is_named(
    instructor: ApiClient, course_id: UUID, change: dict[str, Any], pointer: str, code: str
) -> None:
    module = outline_of(course_id).modules[0]

    refused = instructor.post(f"/api/v1/modules/{module.id}/lessons/", {**ARTICLE, **change})

    assert refused.status_code == 400
    assert [(e["pointer"], e["code"]) for e in instructor.json(refused)["errors"]] == [(pointer, code)]


def test_a_quiz_that_is_too_long_in_all_is_not_kept(instructor: ApiClient, course_id: UUID) -> None:
    module = outline_of(course_id).modules[0]
    lesson = {"title": "Know?", "kind": "quiz", "quiz": TOO_LONG_QUIZ}

    refused = instructor.post(f"/api/v1/modules/{module.id}/lessons/", lesson)

    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in instructor.json(refused)["errors"]] == [
        ("/quiz/questions", "max_length")
    ]


def test_a_lesson_of_another_kind_comes_with_its_content(instructor: ApiClient, course_id: UUID) -> None:
    path = f"/api/v1/lessons/{outline_of(course_id).lessons[0].id}/"

    assert instructor.patch(path, {"kind": "video"}).status_code == 422
    changed = instructor.patch(path, {"kind": "video", "video_url": VIDEO["video_url"]})

    lesson = instructor.json(changed)
    assert (lesson["kind"], lesson["article"], lesson["video_url"]) == ("video", None, VIDEO["video_url"])
    assert instructor.patch(path, {"article": "text"}).status_code == 422
    assert instructor.json(instructor.patch(path, {"title": "Same film"}))["video_url"] == VIDEO["video_url"]


def test_guests_read_the_previews_of_published_courses_and_no_other_lesson(
    instructor: ApiClient, student: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id, lessons=[{**ARTICLE, "is_preview": True}, VIDEO])
    preview, other = outline_of(course.id).lessons

    for reader in (api, student):
        shown = reader.get(f"/api/v1/lessons/{preview.id}/")
        assert shown.status_code == 200
        assert api.json(shown)["article"] == "Yeast."
        assert shown["Cache-Control"] == "private, no-cache"
        assert reader.get(f"/api/v1/lessons/{other.id}/").status_code == 404
    assert instructor.get(f"/api/v1/lessons/{other.id}/").status_code == 200
    instructor.post(f"/api/v1/courses/{course.id}/unpublish/")
    assert api.get(f"/api/v1/lessons/{preview.id}/").status_code == 404


def test_an_outline_has_its_limits(
    instructor: ApiClient, course_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skillwise_catalog.services import outline

    monkeypatch.setattr(outline, "MAX_MODULES", 3)
    monkeypatch.setattr(outline, "MAX_LESSONS_PER_MODULE", 3)
    module = outline_of(course_id).modules[0]

    for refused in (
        instructor.post(f"/api/v1/courses/{course_id}/modules/", {"title": "One more"}),
        instructor.post(f"/api/v1/modules/{module.id}/lessons/", ARTICLE),
    ):
        problem = instructor.json(refused)
        assert (refused.status_code, problem["code"], problem["limit"]) == (409, "catalog.outline_full", 3)
    assert limits.MAX_MODULES == 100


def test_reading_an_outline_takes_two_queries_however_long(
    instructor: ApiClient, instructor_id: UUID, django_assert_num_queries: Any
) -> None:
    for size in (1, 5):
        course = make_course(owner_id=instructor_id, modules=size, lessons=size)
        module = outline_of(course.id).modules[0]
        with django_assert_num_queries(2):
            read = instructor.json(instructor.get(f"/api/v1/courses/{course.id}/modules/"))["results"]
        assert [len(module["lessons"]) for module in read] == [size] * size
        with django_assert_num_queries(2):
            instructor.get(f"/api/v1/modules/{module.id}/lessons/")
        with django_assert_num_queries(3):
            instructor.get(f"/api/v1/lessons/{module.lessons[0].id}/")


def test_what_is_not_there_is_not_found(instructor: ApiClient) -> None:
    for path, code in [
        (f"/api/v1/courses/{new_id()}/modules/", "catalog.course_not_found"),
        (f"/api/v1/modules/{new_id()}/lessons/", "catalog.module_not_found"),
    ]:
        for answer in (instructor.get(path), instructor.post(path, {**ARTICLE})):
            assert (answer.status_code, instructor.json(answer)["code"]) == (404, code)
    for path, code in [
        (f"/api/v1/modules/{new_id()}/", "catalog.module_not_found"),
        (f"/api/v1/lessons/{new_id()}/", "catalog.lesson_not_found"),
    ]:
        for answer in (instructor.get(path), instructor.patch(path, {"title": "T"}), instructor.delete(path)):
            assert (answer.status_code, instructor.json(answer)["code"]) == (404, code)


@pytest.mark.django_db(transaction=True)
def test_edits_at_once_leave_positions_without_gaps_and_counts_true(
    instructor_id: UUID, instructor: ApiClient
) -> None:
    course = make_course(owner_id=instructor_id, published=False, lessons=2)
    module = outline_of(course.id).modules[0]
    start = threading.Barrier(6)
    answers: list[int] = []

    def add(number: int) -> None:
        client = ApiClient().as_actor(instructor_id, roles=["instructor"])
        start.wait(10)
        try:
            answer = client.post(
                f"/api/v1/modules/{module.id}/lessons/", {**ARTICLE, "title": f"T{number}", "position": 1}
            )
            answers.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [201] * 6
    assert len(lesson_titles(module.id)) == 8
    assert Course.objects.get(id=course.id).lesson_count == 8
