"""People and shelves that catalog's tests begin with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from buckets import bucket, s3_address
from skillwise_catalog.models import Course, Lesson, Module
from skillwise_catalog.services.categories import ensure_category
from skillwise_identity import api as identity
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from storefront import COURSES

__all__ = ["bucket", "s3_address"]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Archives hold the time at which they are made: no name for a test."""
    return "bytes" if isinstance(val, bytes) else None


@pytest.fixture(autouse=True)
def media(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Path:
    """Where this test's uploads go."""
    folder = tmp_path_factory.mktemp("media")
    settings.MEDIA_ROOT = str(folder)
    return folder


@pytest.fixture
def people(db: None) -> Callable[[str], UUID]:
    """`people("Ada Lovelace")`: the id of an account of an instructor of that name."""

    def person(full_name: str) -> UUID:
        return identity.ensure_user(
            email=f"{new_id().hex}@example.org",
            password="correct horse battery",
            full_name=full_name,
            roles=[identity.Role.INSTRUCTOR],
            now=clock.now(),
        )

    return person


@pytest.fixture
def instructor_id(people: Callable[[str], UUID]) -> UUID:
    return people("Ada Lovelace")


@pytest.fixture
def instructor(api: ApiClient, instructor_id: UUID) -> ApiClient:
    return api.as_actor(instructor_id, roles=["instructor"])


@pytest.fixture
def rival(api: ApiClient) -> ApiClient:
    """Another instructor."""
    return api.as_actor(new_id(), roles=["instructor"])


@pytest.fixture
def student(api: ApiClient) -> ApiClient:
    return api.as_actor(new_id(), roles=["student"])


@pytest.fixture
def reader(student: ApiClient) -> ApiClient:
    """Somebody logged in: what they read comes from the database."""
    return student


@pytest.fixture
def read(student: ApiClient) -> Callable[..., Any]:
    """`read("facets/", search="bread")`: what is answered below `courses/`."""

    def answer(path: str = "", **params: Any) -> Any:
        response = student.get(f"{COURSES}{path}", params)
        assert response.status_code == 200, response.content
        return student.json(response)

    return answer


@pytest.fixture
def admin(api: ApiClient) -> ApiClient:
    return api.as_actor(new_id(), roles=["admin"])


@pytest.fixture
def bread(db: None) -> str:
    """The slug of a category within another."""
    return ensure_category(path=("Kitchen", "Bread")).slug


@pytest.fixture
def lesson_with(instructor_id: UUID) -> Callable[..., Lesson]:
    """`lesson_with(file_id, kind="file", duration=0)`: a lesson of a draft whose content is the file."""

    def lesson(file_id: UUID, *, kind: str = "file", duration: int = 0) -> Lesson:
        moment = clock.now()
        course = Course.objects.create(
            owner_id=instructor_id, slug=new_id().hex, title="Bread", created_at=moment, updated_at=moment
        )
        module = Module.objects.create(course=course, title="The loaf", position=1)
        return Lesson.objects.create(
            module=module, title="Sheet", kind=kind, position=1, duration=duration, file_id=file_id
        )

    return lesson
