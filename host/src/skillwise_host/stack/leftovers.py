"""What a stack leaves behind when it is killed along with those who were to end its processes."""

import contextlib
import os
import signal
import time

from skillwise_kernel.embedded import processes_with

from skillwise_host.stack.folder import StackFolder

__all__ = ["end_leftovers", "marked"]

_MARK = "SKILLWISE_STACK"
_SECONDS = 10.0


def marked(environment: dict[str, str], folder: StackFolder) -> dict[str, str]:
    """The environment by which the processes of a stack are known, their own children among them."""
    return {**environment, _MARK: str(folder.path)}


def end_leftovers(folder: StackFolder) -> None:
    """Ends the processes of earlier stacks of this folder. The caller holds it: none of them is another's."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and (pids := _left(folder)):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _left(folder: StackFolder) -> list[int]:
    found = processes_with(f"{_MARK}={folder.path}\0", of="environ")
    return [pid for pid in found if pid != os.getpid()]
