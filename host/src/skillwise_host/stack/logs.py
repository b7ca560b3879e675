"""What the processes of a stack write, line by line, with who wrote it in front."""

import os
import re
import sys
from typing import TextIO

__all__ = ["PrefixedLog"]

_COLOURS = {
    "stack": 37,
    "web": 36,
    "worker": 33,
    "scheduler": 35,
    "sandbox": 32,
    "postgres": 34,
    "valkey": 31,
}
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_WIDTH = max(map(len, _COLOURS))


class PrefixedLog:
    """`web       | GET /api/v1/courses/ 200`, the prefix coloured where colours are seen."""

    def __init__(self, stream: TextIO | None = None, *, prefixed: bool = True) -> None:
        """`prefixed` is off where a machine reads the log, each line as its process wrote it."""
        self._stream = stream or sys.stdout
        self._prefixed = prefixed
        self._coloured = (
            self._stream.isatty() or bool(os.environ.get("FORCE_COLOR"))
        ) and not os.environ.get("NO_COLOR")

    def write(self, who: str, line: str) -> None:
        if not self._prefixed:
            self._stream.write(f"{line}\n")
        elif self._coloured:
            self._stream.write(f"\x1b[{_COLOURS.get(who, 37)}m{who:<{_WIDTH}} │\x1b[0m {line}\n")
        else:
            self._stream.write(f"{who:<{_WIDTH}} | {_ESCAPES.sub('', line)}\n")
        self._stream.flush()
