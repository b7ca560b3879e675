"""Processes beside the test, on its database and a Valkey of its own; and patience, which ends."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from outbox_probe.processes import Processes
from skillwise_kernel.embedded import EmbeddedValkey


@pytest.fixture
def processes(
    valkey: EmbeddedValkey, child_environment: dict[str, str], tmp_path: Path
) -> Iterator[Processes]:
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
