"""What insights' tests share."""

from collections.abc import Callable
from uuid import UUID

import pytest
from skillwise_identity.testing import make_user
from skillwise_kernel.testing.client import ApiClient


@pytest.fixture
def instructor_id(db: None) -> UUID:
    return make_user(roles=["instructor"], full_name="Amina Karim").id


@pytest.fixture
def instructor(api: ApiClient, instructor_id: UUID) -> ApiClient:
    return api.as_actor(instructor_id, roles=["instructor"])


@pytest.fixture
def admin(api: ApiClient, db: None) -> ApiClient:
    return api.as_actor(make_user(roles=["admin"]).id, roles=["admin"])


@pytest.fixture
def buyer_id(db: None) -> UUID:
    return make_user(full_name="Nadia Rahman").id


@pytest.fixture
def told(deliver_events: Callable[[], int]) -> Callable[[], int]:
    """`told()`: everybody has heard of everything that happened."""
    return deliver_events
