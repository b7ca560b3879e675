"""Connections that are kept between requests, and end meanwhile."""

import select
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connections
from skillwise_kernel.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def idle() -> Iterator[DatabaseWrapper]:
    """A connection of its own, at the beginning of a request."""
    connection = connections["default"].copy()
    assert isinstance(connection, DatabaseWrapper)
    connection.settings_dict = connection.settings_dict | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    backend_of(connection)
    yield connection
    connection.close()


def backend_of(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def statements_of(pid: int) -> str:
    """What the backend was asked last, as PostgreSQL tells it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
        return str(cursor.fetchone()[0])


def begin_request(connection: DatabaseWrapper) -> None:
    connection.close_if_unusable_or_obsolete()
    connection.close_if_health_check_failed()


def test_a_connection_that_lives_is_kept_and_asked_nothing(idle: DatabaseWrapper) -> None:
    pid = backend_of(idle)

    begin_request(idle)

    assert statements_of(pid) == "SELECT pg_backend_pid()"
    assert backend_of(idle) == pid


def test_a_connection_that_the_server_ended_is_made_anew(idle: DatabaseWrapper) -> None:
    pid = backend_of(idle)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        assert cursor.fetchone() == (True,)

    begin_request(idle)

    assert backend_of(idle) != pid


def test_a_connection_that_was_told_something_is_asked_and_kept(idle: DatabaseWrapper) -> None:
    pid = backend_of(idle)
    with idle.cursor() as cursor:
        cursor.execute("LISTEN something")
    with connections["default"].cursor() as cursor:
        cursor.execute("NOTIFY something")
    assert idle.connection is not None
    assert select.select([idle.connection.fileno()], [], [], 10)[0]  # it has arrived

    begin_request(idle)

    assert statements_of(pid) == "SELECT 1"
    assert backend_of(idle) == pid


def test_a_failed_transaction_is_not_usable_and_one_that_goes_on_is(idle: DatabaseWrapper) -> None:
    with idle.cursor() as cursor:
        cursor.execute("BEGIN")
        assert idle.is_usable()
        with pytest.raises(DatabaseError):
            cursor.execute("SELECT 1 / 0")

        assert not idle.is_usable()
