"""The stand-ins for third parties, as one process for the whole run."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

STARTS_WITHIN = 30


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Where the stand-ins answer, and their keys, as they say themselves."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    process = subprocess.Popen(
        [sys.executable, "-m", "skillwise_sandbox", "--data", folder, "--die-with-parent"]
    )
    deadline = time.monotonic() + STARTS_WITHIN
    while not (folder / "addresses.json").exists():
        assert process.poll() is None, "the sandbox ended at once"
        assert time.monotonic() < deadline, "the sandbox did not start"
        time.sleep(0.02)
    yield json.loads((folder / "addresses.json").read_text())
    process.terminate()
    process.wait(timeout=10)
