"""The fixtures that the plugin offers to every package's tests."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

import pytest
import redis
import structlog

from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedValkey
from skillwise_kernel.events import DomainEvent
from skillwise_kernel.logs import configure_logging
from skillwise_kernel.testing.processes import Processes

if TYPE_CHECKING:  # importing it needs settings, which are read after plugins are loaded
    from skillwise_kernel.broker import Broker
    from skillwise_kernel.testing.client import ApiClient

_WRITTEN_BY_MIGRATE = {"django_content_type", "auth_permission"}
_NOBODY_LISTENS = "unix:///nonexistent/valkey.sock"


@pytest.fixture(scope="session")
def _test_valkey() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    yield client
    client.close()


@pytest.fixture(autouse=True)
def _empty_valkey(_test_valkey: redis.Redis) -> None:
    """Each test starts with nothing cached, counted or queued."""
    _test_valkey.flushdb()


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_by_deleting() -> Iterator[None]:
    """After a test that committed, Django empties every table and fills its own again. Deleting the few rows
    that there are, and leaving Django's, takes a tenth of that. Triggers, those that refuse it among them,
    are not asked.
    """
    from django.core.management.commands import flush
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(
        operations: DatabaseOperations, style: object, tables: Iterable[str], **options: object
    ) -> list[str]:
        emptied = [operations.quote_name(table) for table in tables if table not in _WRITTEN_BY_MIGRATE]
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {table}" for table in emptied),  # noqa: S608 - our own tables
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_options: None)
        yield


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, through which the account that embedded servers run as may pass."""
    with tempfile.TemporaryDirectory(prefix="skillwise-", dir="/tmp") as path:
        Path(path).chmod(0o711)
        yield Path(path)


@pytest.fixture
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of this test's own, to stop, kill and start again. Django is not connected to it."""
    with EmbeddedPostgres(folder) as server:
        yield server


@pytest.fixture
def valkey(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedValkey]:
    """A Valkey of this test's own, to stop, kill, clear and start again. Django's cache and broker use it."""
    with EmbeddedValkey(folder, fast=True) as server, _django_uses(server.url, monkeypatch):
        yield server


@pytest.fixture
def valkey_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For this test, nothing answers where Django's cache and broker should be."""
    with _django_uses(_NOBODY_LISTENS, monkeypatch):
        yield


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment of processes that a test starts: this test's database, Valkey, settings and import
    path.

    The test's own rows are visible to them, as it runs without a surrounding transaction.
    """
    from django.db import connection

    database = connection.settings_dict["NAME"]
    return os.environ | {
        "DATABASE_URL": _renamed(os.environ["DATABASE_URL"], str(database)),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


@pytest.fixture
def processes(child_environment: dict[str, str], tmp_path: Path) -> Iterator[Processes]:
    """Workers and schedulers beside the test. Name `valkey` before it for a Valkey of the test's own."""
    processes = Processes(child_environment, tmp_path / "processes.log")
    yield processes
    processes.kill_all()


@pytest.fixture
def eventually(tmp_path: Path) -> Callable[..., None]:
    """`eventually(condition)` returns when it holds, and fails the test when it does not `within` seconds."""

    def eventually(condition: Callable[[], object], *, within: float = 90) -> None:
        deadline = time.monotonic() + within
        while not condition():
            if time.monotonic() > deadline:
                log = tmp_path / "processes.log"
                pytest.fail(f"not within {within} s.\n{log.read_text()[-4000:] if log.exists() else ''}")
            time.sleep(0.05)

    return eventually


@pytest.fixture
def api() -> ApiClient:
    """A guest's client; `api.as_actor(...)` makes an actor's."""
    from skillwise_kernel.testing.client import ApiClient

    return ApiClient()


@pytest.fixture
def published(db: None) -> Callable[..., list[DomainEvent]]:
    """`published(OrderPaid)`: the events of that class (of all, without one) that this test published, in
    order.
    """
    from skillwise_kernel import outbox

    def published(kind: type[DomainEvent] | None = None) -> list[DomainEvent]:
        names = None if kind is None else [kind.name]
        return [logged.event for logged in outbox.read_log(names=names)]

    return published


@pytest.fixture
def deliver_events(db: None) -> Callable[..., int]:
    """`deliver_events()`: hands every published event to its subscribers, and theirs, until none is due.

    Answers how many deliveries were made. A subscriber's exception is raised here, unless `raising=False`
    leaves it to the outbox.
    """
    from skillwise_kernel import outbox

    def deliver_events(*, raising: bool = True) -> int:
        attempts = 0
        while made := outbox.deliver_due(raising=raising):
            attempts += made
        return attempts

    return deliver_events


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """`log_lines()`: what was logged, as the JSON lines that a process writes."""
    formatter = dict(configure_logging("INFO")["formatters"]["lines"])
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


@contextlib.contextmanager
def _django_uses(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Django's cache and broker, and the processes that the test starts, use another Valkey."""
    import dramatiq
    from django.conf import settings
    from django.test import override_settings

    monkeypatch.setenv("REDIS_URL", redis_url)
    caches = {name: cache | {"LOCATION": redis_url} for name, cache in settings.CACHES.items()}
    broker = cast("Broker", dramatiq.get_broker())
    broker.connect(redis_url)
    try:
        with override_settings(CACHES=caches):
            yield
    finally:
        broker.connect(settings.DRAMATIQ_BROKER["OPTIONS"]["url"])


def _renamed(database_url: str, database: str) -> str:
    """The address of another database of the same server."""
    parts = urlsplit(database_url)
    return f"{parts.scheme}://{parts.netloc}/{quote(database)}{'?' if parts.query else ''}{parts.query}"
