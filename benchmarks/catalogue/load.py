"""Load by Debian's `wrk`: so many connections that ask, and ask again as soon as they are answered."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = ["Asked", "Load", "LoadFailedError", "find_wrk", "run_load"]

_SCRIPT: Final = Path(__file__).with_name("load.lua")
#: Four for each of the two workers.
CONNECTIONS: Final = 8
_LONGEST_ANSWER_SECONDS: Final = 120


class LoadFailedError(RuntimeError):
    """Some requests were refused, or none was answered: the figures would say nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: numbers of requests, milliseconds until half and 99 % of them were answered."""

    sent: int
    answered: int
    seconds: float
    p50: float
    p99: float

    @property
    def requests_per_second(self) -> float:
        """Raises `LoadFailedError` when none was answered."""
        if not self.answered:
            raise LoadFailedError(f"none of {self.sent} requests was answered within {self.seconds:.0f} s")
        return self.answered / self.seconds


def find_wrk() -> str:
    """The program. Exits with what to do when there is none."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("This benchmark needs wrk, and there is none here: apt-get install wrk")
    return wrk


def run_load(address: str, requests: Sequence[Asked], *, seconds: float) -> Load:
    """Asks the server at `address` for these in turn, for so long (whole seconds). Raises `LoadFailedError`
    when any of them is refused.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as listed:
        listed.write(_as_lua(requests))
        listed.flush()
        command = [
            *(find_wrk(), "--threads", "1", "--connections", str(CONNECTIONS)),
            *("--duration", f"{max(1, round(seconds))}s", "--timeout", f"{_LONGEST_ANSWER_SECONDS}s"),
            *("--script", str(_SCRIPT), address, "--", listed.name),
        ]
        run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    figures: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    failed = figures.pop("failed")
    if failed:
        raise LoadFailedError(f"{failed} requests failed, the first is {requests[0].path}\n{run.stdout}")
    return Load(**figures)


def _as_lua(requests: Sequence[Asked]) -> str:
    """A table of tables. Paths and headers are ASCII, of which JSON's strings are Lua's too."""
    lines = (
        f"{{path = {json.dumps(asked.path)}, headers = {{{_headers_as_lua(asked.headers)}}}}},\n"
        for asked in requests
    )
    return f"return {{\n{''.join(lines)}}}\n"


def _headers_as_lua(headers: Mapping[str, str]) -> str:
    return ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items())
