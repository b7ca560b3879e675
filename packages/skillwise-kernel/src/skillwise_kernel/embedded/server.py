"""What embedded servers have in common: one process on one folder, from being started to having ended."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from .accounts import Account, server_account
from .errors import EmbeddedServerError, FolderInUseError
from .folders import reachable_home, socket_folder
from .processes import ending_with_parent, processes_with

__all__ = ["EmbeddedServer"]

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_FOLDER_SECONDS = 15.0
_LOG_TAIL = 2000


class EmbeddedServer(ABC):
    """A server on a folder of its own. Addresses are known before it is started, and outlive a restart.

    Start and stop it from one thread, and let that thread live as long as the server: the kernel counts the
    end of the thread that started a process as the end of its parent.
    """

    name: ClassVar[str]
    socket_name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        """`folder` is shared with the other server; `fast` gives up durability, for tests."""
        wanted = folder.absolute()
        self.fast = fast
        self.account: Account = server_account(wanted / self.name)
        self.home = reachable_home(wanted, self.account)
        self.sockets = socket_folder(self.home, self.account, longest_name=".s.PGSQL.5432")
        self.data = self.home / self.name
        self.log = self.home / f"{self.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that clients use."""

    @property
    @abstractmethod
    def mark(self) -> str:
        """What the command lines of this server's processes contain, and no other process's."""

    @property
    def socket(self) -> Path:
        return self.sockets / self.socket_name

    @property
    def pid(self) -> int | None:
        """The server's process, or None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Starts the server and returns once it answers. Starting a running server does nothing.

        Raises `FolderInUseError` when another process has a server on this folder, `EmbeddedServerError` when
        it does not come up.
        """
        if self.pid is not None:
            return
        self._forget()  # one that ended by itself
        self._take_folder()
        try:
            self._await_predecessor()
            command = self._prepare()
            with self.log.open("ab") as log:
                self._process = self._launch(command, log.fileno())
            self._await_ready()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Asks the server to end, and waits until it has. Stopping a stopped server does nothing."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(self.stop_signal)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._forget()

    def kill(self) -> None:
        """Ends the server as a power cut would: nothing is flushed, nothing is tidied up."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._forget()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @abstractmethod
    def _prepare(self) -> Sequence[str]:
        """Makes the folder ready for a start, whatever the last run left there; answers the command."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether the started server answers."""

    def _take_folder(self) -> None:
        """Keeps every other process off this folder until the server ends. A lock dies with its process."""
        lock = os.open(self.home / f"{self.name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + _FOLDER_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(lock)
                    raise FolderInUseError(f"another process runs {self.name} in {self.home}.") from None
                time.sleep(0.1)
            else:
                self._lock = lock
                return

    def _await_predecessor(self) -> None:
        """Waits for what is left of a server whose starter was killed: it is shutting down, or losing its
        children.
        """
        deadline = time.monotonic() + _FOLDER_SECONDS
        while pids := processes_with(self.mark):
            if time.monotonic() > deadline:
                numbers = ", ".join(map(str, pids))
                raise FolderInUseError(f"{self.name} still runs in {self.home} as process {numbers}.")
            time.sleep(0.05)

    def _launch(self, command: Sequence[str], log: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            ending_with_parent(command, death_signal=self.stop_signal, account=self.account),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,  # Ctrl-C in a terminal is for whoever started it, who stops it in order
        )

    def _run(self, command: Sequence[str]) -> None:
        """Runs a program as the servers' account to its end."""
        with self.log.open("ab") as log:
            process = self._launch(command, log.fileno())
            try:
                code = process.wait(_START_SECONDS)
            finally:
                process.kill()
                process.wait()
        if code != 0:
            raise EmbeddedServerError(f"{Path(command[0]).name} failed:\n{self._log_tail()}")

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self.pid is None:
                raise EmbeddedServerError(f"{self.name} ended while it started:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"{self.name} did not answer in time:\n{self._log_tail()}")
            time.sleep(0.02)

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-_LOG_TAIL:]

    def _forget(self) -> None:
        self._process = None
        if self._lock is not None:
            with contextlib.closing(os.fdopen(self._lock)):
                self._lock = None
