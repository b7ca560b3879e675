"""What learning's tests share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.testing import make_course, make_course_of_every_kind
from skillwise_identity.testing import make_user
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from skillwise_kernel.testing.racing import wait_until_blocked

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
def every_kind(db: None, tmp_path: Path, settings: Any) -> CourseSummary:
    """A lesson of each kind: see `make_course_of_every_kind`."""
    settings.MEDIA_ROOT = str(tmp_path)
    return make_course_of_every_kind()


@pytest.fixture
def in_parallel(transactional_db: None) -> Callable[..., list[Any]]:
    """`in_parallel(act, *arguments)`: what `act` answers for each, each on a connection of its own.

    With `before_writing=table`, all of them have read before any of them inserts into that table.
    """

    def in_parallel(
        act: Callable[[Any], Any], *arguments: Any, before_writing: str | None = None
    ) -> list[Any]:
        def act_and_disconnect(argument: Any) -> Any:
            try:
                return act(argument)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(arguments)) as pool:
            with transaction.atomic(), connection.cursor() as cursor:
                if before_writing:
                    cursor.execute(f"LOCK TABLE {before_writing} IN SHARE MODE")
                running = [pool.submit(act_and_disconnect, argument) for argument in arguments]
                if before_writing:
                    wait_until_blocked(len(running))
            return [future.result(timeout=60) for future in running]

    return in_parallel
