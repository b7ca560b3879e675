"""What learning's tests share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.testing import make_course
from skillwise_identity.testing import make_user
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

FREE = Money(0, "USD")


@pytest.fixture
def student_id(db: None) -> UUID:
    return make_user(full_name="Nadia Rahman").id


@pytest.fixture
def student(api: ApiClient, student_id: UUID) -> ApiClient:
    """The client of somebody verified."""
    return api.as_actor(student_id)


@pytest.fixture
def free_course(db: None) -> CourseSummary:
    return make_course(price=FREE, lessons=3, title="Sourdough from scratch")


@pytest.fixture
def paid_course(db: None) -> CourseSummary:
    return make_course(price=Money(4999, "USD"))


@pytest.fixture
def in_parallel(transactional_db: None) -> Callable[..., list[Any]]:
    """`in_parallel(act, *arguments)`: what `act` answers for each, each on a connection of its own."""

    def in_parallel(act: Callable[[Any], Any], *arguments: Any) -> list[Any]:
        def act_and_disconnect(argument: Any) -> Any:
            try:
                return act(argument)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(arguments)) as pool:
            return list(pool.map(act_and_disconnect, arguments))

    return in_parallel
