"""Stacks in processes of their own: one for as long as a block of code, and one that is left running."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from skillwise_kernel.embedded import ending_with_parent

from skillwise_host.environment import VARIABLES
from skillwise_host.stack.folder import StackFolder, StackState

__all__ = ["StackNotReadyError", "await_ready", "detach", "ephemeral_stack", "up_command"]

_READY_SECONDS = 330.0
_STOP_SECONDS = 90.0
_LOG_TAIL = 4000


class StackNotReadyError(RuntimeError):
    """The stack ended before it was ready, or was not ready in time. The message ends with what it wrote."""


@contextmanager
def ephemeral_stack() -> Iterator[StackState]:
    """A whole stack on free ports in a temporary folder, with all parts its own, whatever the environment
    says.

    Yields once it is ready; ends with the block, or with this process.
    """
    with tempfile.TemporaryDirectory(prefix="skillwise-", dir="/tmp") as path:
        folder = StackFolder(Path(path))
        folder.path.chmod(0o711)  # the account that the servers run as passes through
        with folder.log_file.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own command
                ending_with_parent(up_command(folder, "--port", "0", "--fast")),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_unconfigured(os.environ),
            )
        try:
            yield await_ready(folder, process)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()  # what it started ends with it
                process.wait()


def detach(folder: StackFolder, *options: str) -> StackState:
    """Brings a stack up in a process that stays when this one ends. Answers once it is ready."""
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.log_file.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            up_command(folder, *options),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return await_ready(folder, process)


def up_command(folder: StackFolder, *options: str) -> list[str]:
    return [sys.executable, "-m", "skillwise_host.cli", "up", "--data", str(folder.path), *options]


def await_ready(folder: StackFolder, process: subprocess.Popen[bytes]) -> StackState:
    """Waits until the stack that `process` brings up in `folder` is ready. Raises `StackNotReadyError`."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        state = folder.read_state()
        if state and state.ready:
            return state
        if process.poll() is not None:
            raise StackNotReadyError(f"the stack did not come up:\n{_log_tail(folder)}")
        time.sleep(0.1)
    process.terminate()
    raise StackNotReadyError(f"the stack was not ready in time:\n{_log_tail(folder)}")


def _unconfigured(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in VARIABLES}


def _log_tail(folder: StackFolder) -> str:
    return folder.log_file.read_text(errors="replace")[-_LOG_TAIL:]
