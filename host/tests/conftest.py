"""Stacks for the host's tests: the `skillwise` command as people run it, in processes of its own."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from skillwise_host.environment import VARIABLES
from skillwise_host.stack.folder import StackFolder, StackState
from skillwise_kernel.embedded import processes_with

T = TypeVar("T")

PATIENCE = 300.0


class Command:
    """`skillwise … --data FOLDER`, in an environment that configures nothing."""

    def __init__(self, folder: StackFolder) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        self.prefix: list[str] = [sys.executable]

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(name, *arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def up(self, *arguments: str) -> "Up":
        log = (self.folder.path / "test.log").open("ab")
        with log:
            process = subprocess.Popen(
                self._command("up", *arguments),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return Up(self.folder, process)

    def _command(self, name: str, *arguments: str) -> list[str]:
        return [*self.prefix, "-m", "skillwise_host.cli", name, "--data", str(self.folder.path), *arguments]


class Up:
    """A running `skillwise up`."""

    def __init__(self, folder: StackFolder, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process

    def state(self) -> StackState:
        """What it says of itself once it is ready and every part of it runs."""

        def settled() -> StackState | None:
            assert self.process.poll() is None, self.log()
            state = self.folder.read_state()
            runs = state and state.ready and all(part.state == "running" for part in state.processes)
            return state if runs else None

        return eventually(settled, self.log)

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def log(self) -> str:
        return (self.folder.path / "test.log").read_text()


def processes_of(folder: StackFolder) -> list[int]:
    """Every process that belongs to a stack of this folder, or did before its parents ended."""
    return [
        *processes_with(f"SKILLWISE_STACK={folder.path}\0", of="environ"),
        *processes_with(f"{folder.path}/"),
    ]


def eventually(look: Callable[[], T | None], why: Callable[[], str]) -> T:
    """What `look` finds at last."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(why())


@pytest.fixture
def new_command() -> Iterator[Callable[[], Command]]:
    """Makes commands with a data folder each; whatever still runs there afterwards is ended."""
    folders: list[tempfile.TemporaryDirectory[str]] = []

    def new_command() -> Command:
        folders.append(tempfile.TemporaryDirectory(prefix="skillwise-", dir="/tmp"))
        path = Path(folders[-1].name)
        path.chmod(0o711)
        return Command(StackFolder(path))

    yield new_command
    for folder in folders:
        for pid in processes_with(folder.name):
            os.kill(pid, signal.SIGKILL)
        folder.cleanup()


@pytest.fixture
def command(new_command: Callable[[], Command]) -> Command:
    return new_command()
