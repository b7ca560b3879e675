"""Workers and schedulers as processes of their own."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

__all__ = ["Process", "Processes"]

Process = subprocess.Popen[bytes]


class Processes:
    """What runs beside the test. Each is the leader of a process group, and ends with the test."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._running: list[Process] = []

    def start_worker(self, *, processes: int = 1, threads: int = 4) -> Process:
        return self._start("rundramatiq", "--processes", str(processes), "--threads", str(threads))

    def start_scheduler(self) -> Process:
        return self._start("scheduler")

    def kill(self, process: Process) -> None:
        """As a power cut would: nothing is finished, nothing tidied up."""
        with contextlib.suppress(ProcessLookupError):  # all of them have ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._running.remove(process)

    def kill_all(self) -> None:
        for process in list(self._running):
            self.kill(process)

    def _start(self, *command: str) -> Process:
        with self._log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-m", "django", *command],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(process)
        return process
