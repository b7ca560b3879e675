"""`skillwise test` tells the truth: every step runs, and one that fails makes the whole fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PYPROJECT = """
[tool.pytest.ini_options]
addopts = ["-p", "no:skillwise", "-p", "no:django"]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing in it but a test of the host and one of the sandbox."""
    (tmp_path / "uv.lock").touch()
    for package in ("packages/skillwise-kernel", "sandbox", "host"):
        (tmp_path / package / "tests").mkdir(parents=True)
        (tmp_path / package / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "host/tests/test_host.py").write_text("def test_that_passes() -> None:\n    pass\n")
    (tmp_path / "sandbox/tests/test_sandbox.py").write_text("def test_that_fails():\n    assert False\n")
    return tmp_path


def test_a_failed_step_fails_the_whole_but_keeps_no_other_from_running(checkout: Path) -> None:
    result = _skillwise_test(checkout, "-n0")

    assert result.returncode == 1
    outcomes = _outcomes(result.stdout)
    assert outcomes["lint: ruff check"] == "passed"
    assert outcomes["boundaries: lint-imports"] == "FAILED"
    assert outcomes["the API's document: docs/api/openapi.yaml"] == "FAILED"
    assert outcomes["wheels: each is built"] == "FAILED"
    assert outcomes["tests: packages/skillwise-kernel, its wheel alone"] == "FAILED"
    assert "skillwise-kernel does not install alone." in result.stdout
    assert outcomes["tests: host"] == "passed"


def test_arguments_go_to_pytest_and_paths_are_all_that_runs(checkout: Path) -> None:
    result = _skillwise_test(checkout, "-n0", "-k", "passes or nothing", "host/tests/test_host.py", "sandbox")

    assert result.returncode == 0
    assert _outcomes(result.stdout) == {"tests: sandbox": "passed", "tests: host": "passed"}
    assert "1 passed" in result.stdout


def test_that_no_test_ran_at_all_is_a_failure(checkout: Path) -> None:
    result = _skillwise_test(checkout, "-n0", "-k", "nothing_is_called_so", "host/tests", "sandbox/tests")

    assert result.returncode == 1
    assert "no test ran at all" in result.stdout


def _skillwise_test(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "skillwise_host.cli", "test", *arguments],
        cwd=checkout,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )


def _outcomes(output: str) -> dict[str, str]:
    """Each step of the summary, and whether it passed."""
    lines = output.partition("━━━ summary")[2].splitlines()[1:]
    parts = (line.split(maxsplit=3) for line in lines if " s " in line)
    return {name: outcome for outcome, _, _, name in parts}
