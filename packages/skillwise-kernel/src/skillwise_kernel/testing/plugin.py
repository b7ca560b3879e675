"""The pytest plugin that gives every package's tests a real PostgreSQL and a real Valkey.

One pair of servers serves the whole run; pytest-django gives each pytest-xdist worker a database of its own,
and each worker has a numbered Valkey database of its own. `DATABASE_URL` and `REDIS_URL`, when set, are used
instead.

Settings are read before any fixture exists, so the addresses are settled, and put into the environment,
before pytest-django reads them; the servers themselves start when the session does, in the controlling
process alone.
"""

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedServer, EmbeddedValkey

pytest_plugins = ["skillwise_kernel.testing.fixtures"]

_OWNER = "SKILLWISE_TEST_SERVERS"
_FOLDER = pytest.StashKey[Path]()
_SERVERS = pytest.StashKey[list[EmbeddedServer]]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Runs before pytest-django's hook of this name, which reads the settings."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = _numbered(os.environ["REDIS_URL"], number)
    else:
        _settle_addresses(early_config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Runs before pytest-xdist's hook of this name, which starts the workers."""
    if not session.config.option.collectonly:
        for server in session.config.stash.get(_SERVERS, []):
            server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    for server in config.stash.get(_SERVERS, []):
        server.kill()
    if folder := config.stash.get(_FOLDER, None):
        shutil.rmtree(folder)


def _settle_addresses(config: pytest.Config) -> None:
    if os.environ.get(_OWNER):  # what a surrounding test run put there is not for us
        for name in ("DATABASE_URL", "REDIS_URL", _OWNER):
            os.environ.pop(name, None)
    kinds: dict[str, type[EmbeddedServer]] = {"DATABASE_URL": EmbeddedPostgres, "REDIS_URL": EmbeddedValkey}
    missing = [name for name in kinds if not os.environ.get(name)]
    if not missing:
        return
    folder = config.stash[_FOLDER] = _temporary_folder()
    config.stash[_SERVERS] = []
    for name in missing:
        server = kinds[name](folder, fast=True)
        config.stash[_SERVERS].append(server)
        os.environ[name] = server.url
    os.environ[_OWNER] = str(folder)


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="skillwise-"))
    folder.chmod(0o711)  # the account that the servers run as passes through
    return folder


def _numbered(redis_url: str, number: int) -> str:
    """The address of another of a Redis server's numbered databases."""
    address, _, query = redis_url.partition("?")
    return f"{address}?{urlencode({**dict(parse_qsl(query)), 'db': str(number)})}"
