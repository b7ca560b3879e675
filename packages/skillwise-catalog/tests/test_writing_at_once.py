"""Courses that are written by several at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from skillwise_catalog.events import CoursePublished
from skillwise_catalog.models import CourseVersion
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db(transaction=True)

COURSES = "/api/v1/courses/"


def test_courses_of_one_title_begun_at_once_get_slugs_of_their_own(instructor: ApiClient) -> None:
    answers = at_once(
        [lambda: ApiClient().as_actor(new_id(), roles=["instructor"]).post(COURSES, {"title": "Bread"})] * 4
    )

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({ApiClient.json(answer)["slug"] for answer in answers}) == 4


def test_a_course_published_twice_at_once_is_published_once(
    instructor_id: UUID, published: Callable[..., list[Any]]
) -> None:
    course = make_course(owner_id=instructor_id, published=False)

    def publish() -> Any:
        return ApiClient().as_actor(new_id(), roles=["admin"]).post(f"{COURSES}{course.id}/publish/")

    answers = at_once([publish] * 4)

    assert sorted(answer.status_code for answer in answers) == [200] * 4
    assert len(published(CoursePublished)) == 1
    assert CourseVersion.objects.filter(course_id=course.id).count() == 1


def test_of_two_edits_of_one_version_at_once_one_is_refused(instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id)
    owner = ApiClient().as_actor(instructor_id, roles=["instructor"])
    tag = owner.get(f"{COURSES}{course.id}/")["ETag"]

    def edit(title: str) -> Callable[[], Any]:
        client = ApiClient().as_actor(instructor_id, roles=["instructor"])
        return lambda: client.patch(f"{COURSES}{course.id}/", {"title": title}, headers={"If-Match": tag})

    answers = at_once([edit("One"), edit("Two")])

    assert sorted(answer.status_code for answer in answers) == [200, 412]


def test_of_two_orders_of_one_outline_at_once_one_wins_whole(instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id, modules=3, lessons=2)
    path = f"{COURSES}{course.id}/outline/"
    owner = ApiClient().as_actor(instructor_id, roles=["instructor"])
    read = owner.get(path)
    modules = [
        {"id": module["id"], "lessons": [lesson["id"] for lesson in module["lessons"]]}
        for module in ApiClient.json(read)["modules"]
    ]
    backwards = [{**module, "lessons": module["lessons"][::-1]} for module in modules[::-1]]
    gathered = [
        {**modules[1], "lessons": [lesson for module in modules for lesson in module["lessons"]]},
        {**modules[2], "lessons": []},
        {**modules[0], "lessons": []},
    ]

    def put(order: list[dict[str, Any]]) -> Callable[[], Any]:
        client = ApiClient().as_actor(instructor_id, roles=["instructor"])
        return lambda: client.put(path, {"modules": order}, headers={"If-Match": read["ETag"]})

    answers = at_once([put(backwards), put(gathered)])

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    won = backwards if answers[0].status_code == 200 else gathered
    now = ApiClient.json(owner.get(path))["modules"]
    assert [
        {"id": module["id"], "lessons": [lesson["id"] for lesson in module["lessons"]]} for module in now
    ] == won


def test_readers_never_see_half_an_edit_while_it_is_published(instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id, modules=2, lessons=3, title="Edition 1")
    owner = ApiClient().as_actor(instructor_id, roles=["instructor"])
    path = f"{COURSES}{course.id}/"
    is_over = threading.Event()
    seen: list[dict[str, Any]] = []

    def write() -> None:
        try:
            for number in range(2, 8):
                owner.patch(path, {"title": f"Edition {number}"})
                for lesson in outline_of(course.id).lessons:
                    owner.patch(f"/api/v1/lessons/{lesson.id}/", {"title": f"Edition {number}"})
                assert owner.post(f"{path}publish/").status_code == 200
        finally:
            is_over.set()
            connection.close()

    def read() -> None:
        reader = ApiClient().as_actor(new_id())
        try:
            while not is_over.is_set():
                seen.append(ApiClient.json(reader.get(path)))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        for work in [pool.submit(write), pool.submit(read), pool.submit(read)]:
            work.result(timeout=60)

    for edition in seen:
        titles = {lesson["title"] for module in edition["modules"] for lesson in module["lessons"]}
        assert titles == {edition["title"]} or edition["title"] == "Edition 1"
    assert len({edition["title"] for edition in seen}) > 1


def at_once(requests: list[Callable[[], Any]]) -> list[Any]:
    """What each of these answers, all begun at the same moment on connections of their own."""
    start = threading.Barrier(len(requests))

    def run(request: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return request()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))
