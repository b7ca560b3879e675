"""The data folder of a stack: `.skillwise/` below the project, or wherever `--data` says."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedServer, EmbeddedValkey

__all__ = ["AlreadyUpError", "ProcessState", "StackFolder", "StackState", "default_folder"]

_OURS = ("demo", "media", "ports.json", "sandbox", "secrets.json", "stack.json", "up.lock", "up.log")


class AlreadyUpError(RuntimeError):
    """A stack already runs in this folder."""


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One part of a running stack. `state` is starting, running, restarting or failed."""

    name: str
    state: str
    pid: int | None
    restarts: int


@dataclass(frozen=True, slots=True)
class StackState:
    """What a running stack says of itself, for `status`, `down`, `manage` and the tour."""

    pid: int
    ready: bool
    urls: dict[str, str]
    environment: dict[str, str]
    processes: list[ProcessState] = field(default_factory=list)


def default_folder() -> Path:
    """`.skillwise/` beside the `uv.lock` of the checkout around the working directory, or around this
    installation; below the working directory when there is none.
    """
    for start in (Path.cwd(), Path(__file__).resolve()):
        for candidate in (start, *start.parents):
            if (candidate / "uv.lock").exists() and (candidate / "packages").is_dir():
                return candidate / ".skillwise"
    return Path.cwd() / ".skillwise"


class StackFolder:
    """What a stack keeps between its runs, and what it says while it runs."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.lock_file = self.path / "up.lock"
        self.log_file = self.path / "up.log"
        self.media = self.path / "media"
        self.sandbox = self.path / "sandbox"
        self._state_file = self.path / "stack.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the folder for this process, which is how others know that a stack is up; the lock dies with
        it.

        Raises `AlreadyUpError` when another process holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with self.lock_file.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyUpError(str(self.path)) from None
            try:
                yield
            finally:
                self._state_file.unlink(missing_ok=True)

    def is_held(self) -> bool:
        """Whether a stack is up in this folder, coming up or going down."""
        try:
            with self.lock_file.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def read_state(self) -> StackState | None:
        """What the stack in this folder says of itself; None when none is up, or it has said nothing yet."""
        if not self.is_held():
            return None  # a killed one cannot take back what it said
        try:
            said = json.loads(self._state_file.read_text())
        except FileNotFoundError:
            return None
        return StackState(**said | {"processes": [ProcessState(**process) for process in said["processes"]]})

    def write_state(self, state: StackState) -> None:
        _write_private(self._state_file, asdict(state))

    def remembered_ports(self) -> dict[str, int]:
        return _read(self.path / "ports.json")

    def remember_ports(self, ports: dict[str, int]) -> None:
        _write_private(self.path / "ports.json", ports)

    def secret(self, name: str, *, prefix: str = "") -> str:
        """A random secret of this folder's own, the same on every run."""
        kept = _read(self.path / "secrets.json")
        if name not in kept:
            kept[name] = prefix + secrets.token_urlsafe(48)
            _write_private(self.path / "secrets.json", kept)
        return str(kept[name])

    def demonstrated(self, database_url: str) -> bool:
        """Whether the demonstration has been loaded into that database before."""
        marks = _read(self.path / "demo")
        return database_url in marks.get("databases", [])

    def mark_demonstrated(self, database_url: str) -> None:
        known = _read(self.path / "demo").get("databases", [])
        _write_private(self.path / "demo", {"databases": [*known, database_url]})

    def servers(self, *, fast: bool = False) -> tuple[EmbeddedPostgres, EmbeddedValkey]:
        return EmbeddedPostgres(self.path, fast=fast), EmbeddedValkey(self.path, fast=fast)

    def erase(self) -> None:
        """Removes what stacks made in this folder, and the folder if that leaves it empty."""
        for server in self.servers():
            _remove_server(server)
        for name in _OURS:
            _remove(self.path / name)
        if self.path.exists() and not any(self.path.iterdir()):
            self.path.rmdir()


def _remove_server(server: EmbeddedServer) -> None:
    for path in (server.data, server.data.with_name(f"{server.name}.new"), server.sockets):
        _remove(path)
    for suffix in ("log", "lock"):
        _remove(server.home / f"{server.name}.{suffix}")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return content


def _write_private(path: Path, content: Any) -> None:
    """Replaces a file whole, readable by its owner alone: nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=2)
    Path(name).replace(path)
