"""Check everything, as CI does: format, lint, types, boundaries, migrations, the API's document, and every
test.

Each package's suite runs in an environment of its own, where its wheel is installed with what it declares: a
team can own it alone. Arguments after `test` go to pytest; paths among them choose the suites that run, here
where everything is installed. A failed step does not keep the later ones from running. The exit code is 0
when none has failed.
"""

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedValkey

from skillwise_host.environment import VARIABLES
from skillwise_host.stack.folder import default_folder
from skillwise_host.stack.plan import django_command
from skillwise_host.wheels import Wheels

__all__ = ["add_arguments", "run"]

#: Where each package that is published is.
_PACKAGES = {
    "skillwise-kernel": "packages/skillwise-kernel",
    "skillwise-identity": "packages/skillwise-identity",
    "skillwise-catalog": "packages/skillwise-catalog",
    "skillwise-commerce": "packages/skillwise-commerce",
    "skillwise-learning": "packages/skillwise-learning",
    "skillwise-insights": "packages/skillwise-insights",
    "skillwise-sandbox": "sandbox",
}
_SOURCES = (*_PACKAGES.values(), "host")
_SUITES = (*_SOURCES, "tests")
_DOCUMENT = "docs/api/openapi.yaml"
_RAN = (0, 1)  # pytest's exit codes: all passed, some failed
_NO_TESTS_RAN = 5
_LONGEST_DIFF = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…", help="for pytest")


def run(options: argparse.Namespace) -> int:
    root = default_folder().parent
    if not (root / "packages").is_dir():
        sys.stderr.write("`skillwise test` checks a checkout of SkillWise, and there is none here.\n")
        return 1
    outcomes: list[tuple[str, bool, float]] = []
    with tempfile.TemporaryDirectory(prefix="skillwise-") as folder:
        checks = _Checks(root, options.arguments, Wheels(root, Path(folder)))
        for name, step in checks.steps():
            _say(f"\n━━━ {name} {'━' * max(0, 70 - len(name))}")
            began = time.monotonic()
            passed = step()
            outcomes.append((name, passed, time.monotonic() - began))
    return _summarise(outcomes, ran_tests=checks.ran_tests)


def _summarise(outcomes: list[tuple[str, bool, float]], *, ran_tests: bool) -> int:
    _say(f"\n━━━ summary {'━' * 63}")
    for name, passed, seconds in outcomes:
        _say(f"{'passed' if passed else 'FAILED'}  {seconds:6.1f} s  {name}")
    if not ran_tests:
        _say("FAILED            no test ran at all")
    return 0 if ran_tests and all(passed for _, passed, _ in outcomes) else 1


class _Checks:
    """The steps, for one checkout and one set of arguments to pytest."""

    def __init__(self, root: Path, arguments: list[str], wheels: Wheels) -> None:
        self.ran_tests = False
        self._root = root
        self._wheels = wheels
        # What a developer's shell configures is not for checks: they bring servers and settings of their own.
        self._environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        self._environment.pop("DJANGO_SETTINGS_MODULE", None)
        # Images set this to stay small. Here some hundred processes would compile all of Django each for
        # itself, which takes five seconds.
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._paths = [argument for argument in arguments if (root / argument.partition("::")[0]).exists()]
        self._options = [argument for argument in arguments if argument not in self._paths]

    def steps(self) -> list[tuple[str, Callable[[], bool]]]:
        """Names and functions, in order. A function answers whether its step passed."""
        if self._paths:
            return [(f"tests: {suite}", self._tests(paths)) for suite, paths in self._chosen_suites()]
        return [
            ("format: ruff format", lambda: self._passes("ruff", "format", "--check", ".")),
            ("lint: ruff check", lambda: self._passes("ruff", "check", ".")),
            ("types: mypy", self._check_types),
            ("boundaries: lint-imports", lambda: self._passes("lint-imports")),
            ("migrations: none is missing", self._check_migrations),
            (f"the API's document: {_DOCUMENT}", self._check_document),
            ("wheels: each is built", self._build_wheels),
            *(
                (f"tests: {suite}, its wheel alone", self._tests_alone(name))
                for name, suite in _PACKAGES.items()
            ),
            *(
                (f"tests: {suite}", self._tests([suite]))
                for suite in _SUITES
                if suite not in _PACKAGES.values()
            ),
        ]

    def _chosen_suites(self) -> list[tuple[str, list[str]]]:
        """The suites that the paths are in, each with its paths: one pytest run has the settings of one
        suite.
        """
        chosen = (
            (suite, [path for path in self._paths if Path(path).is_relative_to(suite)]) for suite in _SUITES
        )
        return [(suite, paths) for suite, paths in chosen if paths]

    def _passes(self, program: str, *arguments: str, **environment: str) -> bool:
        """Whether a program of this environment ends with 0."""
        return self._call([str(Path(sys.executable).with_name(program)), *arguments], **environment) == 0

    def _call(self, command: list[str], **environment: str) -> int:
        return subprocess.run(  # noqa: S603 - our own commands
            command,
            cwd=self._root,
            env={**self._environment, **environment},
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode

    def _check_types(self) -> bool:
        folders = [f"{source}/src" for source in _SOURCES]
        search = os.pathsep.join(str(self._root / folder) for folder in folders)
        return self._passes("mypy", *folders, MYPYPATH=search)

    def _check_migrations(self) -> bool:
        return self._manage("makemigrations", "--check", "--dry-run")

    def _check_document(self) -> bool:
        """Whether the document can be generated without a warning and is the one that is committed."""
        with tempfile.TemporaryDirectory() as folder:
            generated = Path(folder, "openapi.yaml")
            if not self._manage("spectacular", "--validate", "--fail-on-warn", "--file", str(generated)):
                return False
            now = generated.read_text().splitlines()
        committed = self._root / _DOCUMENT
        before = committed.read_text().splitlines() if committed.exists() else []
        drift = list(difflib.unified_diff(before, now, f"committed {_DOCUMENT}", "generated", lineterm=""))
        if drift:
            _say("\n".join(drift[:_LONGEST_DIFF]))
            _say(f"It has drifted. Look at the change, then: skillwise manage spectacular --file {_DOCUMENT}")
        return not drift

    def _manage(self, *arguments: str) -> bool:
        """Whether a management command succeeds, on servers that live as long as it does."""
        with tempfile.TemporaryDirectory(prefix="skillwise-") as path:
            folder = Path(path)
            folder.chmod(0o711)
            with EmbeddedPostgres(folder, fast=True) as postgres, EmbeddedValkey(folder, fast=True) as valkey:
                code = self._call(
                    django_command(*arguments),
                    DJANGO_SETTINGS_MODULE="skillwise_host.settings",
                    DATABASE_URL=postgres.url,
                    REDIS_URL=valkey.url,
                )
        return code == 0

    def _build_wheels(self) -> bool:
        try:
            self._wheels.build()
        except subprocess.CalledProcessError:
            return False
        return True

    def _tests_alone(self, name: str) -> Callable[[], bool]:
        def test() -> bool:
            try:
                python = self._wheels.install(name)
                undeclared = self._wheels.undeclared(name, python)
            except (subprocess.CalledProcessError, ValueError):  # ValueError: there is no such wheel
                _say(f"{name} does not install alone.")
                return False
            if undeclared:
                _say(f"{name} brought what it does not declare: {', '.join(sorted(undeclared))}.")
            return self._run_tests(python, [_PACKAGES[name]]) and not undeclared

        return test

    def _tests(self, paths: list[str]) -> Callable[[], bool]:
        return lambda: self._run_tests(Path(sys.executable), paths)

    def _run_tests(self, python: Path, paths: list[str]) -> bool:
        # a few tests take minutes: what waits behind them is for whoever is free
        at_once = ["-n", "auto", "--dist", "worksteal"]
        code = self._call([str(python), "-m", "pytest", *at_once, *self._options, *paths])
        self.ran_tests |= code in _RAN
        return code in {0, _NO_TESTS_RAN}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
