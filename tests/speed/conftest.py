"""Benchmarks, as they are run by hand."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from skillwise_host.environment import VARIABLES

ROOT = Path(__file__).parents[2]
TIMEOUT = 1_200


@pytest.fixture(scope="session")
def run() -> Callable[..., str]:
    """`run("-m", "benchmarks.catalogue", …)` answers what Python prints, and insists that it ends well.

    The environment configures nothing: a benchmark brings servers and settings of its own.
    """
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    def run(*command: str, timeout: float = TIMEOUT) -> str:
        ran = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run
