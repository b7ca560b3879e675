"""The plugin gives tests a real PostgreSQL and a real Valkey, and ways to take them away."""

import os
import subprocess
import sys
from collections.abc import Callable
from uuid import uuid4

import dramatiq
import psycopg
import pytest
import redis
from django.core.cache import cache
from django.db import connection
from skillwise_kernel.broker import BrokerUnavailableError
from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedValkey
from skillwise_kernel.events import DomainEvent
from skillwise_kernel.testing.client import ApiClient


@pytest.mark.django_db
def test_the_database_is_postgresql_18_in_utf8_and_utc() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_encoding'), now()::text"
        )
        version, encoding, now = cursor.fetchone()

    assert version.startswith("18")
    assert encoding == "UTF8"
    assert now.endswith("+00")


@pytest.mark.parametrize("run", [1, 2])
def test_every_test_starts_with_an_empty_cache(run: int) -> None:
    assert cache.get("greeting") is None

    cache.set("greeting", f"hello {run}")

    assert cache.get("greeting") == f"hello {run}"


@pytest.mark.usefixtures("valkey_down")
def test_a_valkey_that_is_down_is_down_for_the_cache_and_for_the_broker() -> None:
    cache.set("greeting", "hello")

    assert cache.get("greeting") is None
    with pytest.raises(BrokerUnavailableError):
        dramatiq.get_broker().enqueue(_message())


def test_after_a_test_without_valkey_the_broker_takes_messages_again() -> None:
    dramatiq.get_broker().enqueue(_message())

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.keys("dramatiq:*")


def test_a_valkey_of_ones_own_can_be_stopped_and_started_again_empty(valkey: EmbeddedValkey) -> None:
    cache.set("greeting", "hello")
    dramatiq.get_broker().enqueue(_message())

    valkey.stop()
    valkey.clear()
    valkey.start()

    with redis.Redis.from_url(valkey.url) as client:
        assert client.dbsize() == 0


def test_a_postgres_of_ones_own_keeps_what_was_committed_when_it_is_killed(
    postgres: EmbeddedPostgres,
) -> None:
    with psycopg.connect(postgres.url) as own:
        own.execute("CREATE TABLE kept (id int)")

    postgres.kill()
    postgres.start()

    with psycopg.connect(postgres.url) as own:
        assert own.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_process_started_by_a_test_sees_the_tests_rows(child_environment: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (id int)")
    look = (
        "import django; django.setup();"
        "from django.db import connection; connection.cursor().execute('TABLE seen')"
    )

    try:
        subprocess.run([sys.executable, "-c", look], env=child_environment, check=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE seen")


def test_an_actors_client_leaves_the_guests_client_a_guest(api: ApiClient) -> None:
    actor_id = uuid4()

    client = api.as_actor(actor_id, roles=["instructor"], verified=False)

    assert client.handler._force_user.id == actor_id
    assert client.handler._force_user.has_role("instructor")
    assert not client.handler._force_user.is_verified
    assert api.handler._force_user is None


def test_nothing_is_published_and_nothing_is_due_in_a_new_test(
    published: Callable[..., list[DomainEvent]], deliver_events: Callable[..., int]
) -> None:
    assert published() == []
    assert deliver_events() == 0


def _message() -> dramatiq.Message[None]:
    return dramatiq.Message(queue_name="q", actor_name="a", args=(), kwargs={}, options={})
