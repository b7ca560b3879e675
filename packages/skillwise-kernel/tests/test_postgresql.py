"""Connections that are kept between requests, and end meanwhile; statements that are prepared on them."""

import select
import time
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, OperationalError, connections
from django.test.utils import CaptureQueriesContext
from skillwise_kernel.postgresql.base import DatabaseWrapper
from skillwise_kernel.postgresql.limits import is_time_out, time_limit

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


def test_a_prepared_statement_is_read_once_and_asked_with_each_ones_values(idle: DatabaseWrapper) -> None:
    for number in range(3):
        with idle.prepared_cursor() as cursor:
            cursor.execute("SELECT %s::int + 1", [number])
            assert cursor.fetchall() == [(number + 1,)]

    with idle.cursor() as cursor:
        cursor.execute("SELECT statement, result_types::text FROM pg_prepared_statements")
        assert cursor.fetchall() == [("SELECT $1::int + 1", "{integer}")]


def test_a_prepared_statement_is_planned_once_for_any_values(idle: DatabaseWrapper) -> None:
    with idle.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE thing AS SELECT number FROM generate_series(1, 20000) number")
        cursor.execute("CREATE INDEX ON thing (number)")
        cursor.execute("ANALYZE thing")

    for number in range(10):
        with idle.prepared_cursor() as cursor:
            cursor.execute("SELECT * FROM thing WHERE number < %s ORDER BY number DESC LIMIT 2", [number])

    with idle.cursor() as cursor:
        cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements")
        assert cursor.fetchall() == [(10, 0)]


def test_what_a_prepared_cursor_finds_is_what_any_finds(idle: DatabaseWrapper) -> None:
    asked = """
        SELECT timestamptz '2026-11-29 10:30:00.25+02', uuid '01a22755-110b-7ad3-b3e0-fb2dd56171c5',
        4.40::numeric(3, 2), ARRAY['student', 'instructor'], '{"a": 1}'::text, NULL::int, true, 3
    """
    found = []
    for cursor in (idle.cursor(), idle.prepared_cursor()):
        with cursor:
            cursor.execute(asked)
            found.append(repr(cursor.fetchall()))

    assert found[0] == found[1]


def test_a_prepared_cursor_opens_the_connection_anew_that_the_server_ended(idle: DatabaseWrapper) -> None:
    pid = backend_of(idle)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])

    idle.close_if_unusable_or_obsolete()
    with idle.prepared_cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (pid,)


def test_a_prepared_statement_is_logged_with_its_values(idle: DatabaseWrapper) -> None:
    with CaptureQueriesContext(idle) as asked, idle.prepared_cursor() as cursor:
        cursor.execute("SELECT %s::text", ["it's"])

    assert [query["sql"] for query in asked] == ["SELECT 'it''s'::text"]


def test_djangos_own_cursors_prepare_nothing(idle: DatabaseWrapper) -> None:
    for _ in range(10):
        with idle.cursor() as cursor:
            cursor.execute("SELECT %s::int", [1])
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            assert cursor.fetchone() == (0,)


def sleep(connection: DatabaseWrapper, seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def test_statements_share_a_time_limit_and_the_next_have_their_own_again() -> None:
    connection = connections["default"]
    assert isinstance(connection, DatabaseWrapper)
    began = time.monotonic()

    with time_limit(0.6):
        sleep(connection, 0.25)
        sleep(connection, 0.25)
        with pytest.raises(OperationalError) as raised:
            sleep(connection, 5)

    assert is_time_out(raised.value)
    assert time.monotonic() - began < 2
    sleep(connection, 0.8)


def test_what_keeps_within_its_time_limit_is_not_told_of_it() -> None:
    with time_limit(60), connections["default"].cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_another_fault_is_no_time_out() -> None:
    with pytest.raises(DatabaseError) as raised, time_limit(60), connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    assert not is_time_out(raised.value)
