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
from skillwise_catalog.testing import make_course
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
