"""People and shelves that catalog's tests begin with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.services.categories import ensure_category
from skillwise_identity import api as identity
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient


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
def admin(api: ApiClient) -> ApiClient:
    return api.as_actor(new_id(), roles=["admin"])


@pytest.fixture
def bread(db: None) -> str:
    """The slug of a category within another."""
    return ensure_category(path=("Kitchen", "Bread")).slug
