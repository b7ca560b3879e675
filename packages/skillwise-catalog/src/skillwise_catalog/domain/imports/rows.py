"""Rows of a CSV file, each with the line that it begins on. A damaged one is a row too, and says what is
wrong.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from skillwise_catalog.errors import ImportRefusedError

__all__ = ["Row", "read_rows"]

_DELIMITERS: Final = ",;\t"
#: How `surrogateescape` marks bytes that are no UTF-8.
_UNDECODED: Final = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` by the header's names, blanks around them removed. With a `problem` they are what could be
    read.
    """

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


def read_rows(lines: Iterable[bytes]) -> tuple[list[str], Iterator[Row]]:
    """The header's names, and the rows below it that are not blank, read as they are asked for.

    The file is UTF-8, with or without a byte order mark; cells are parted by commas, semicolons or tabs,
    whichever the header has most of. Raises `ImportRefusedError` for a header that cannot be read.
    """
    stream = _decoded(lines)
    first = next(stream, "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(_with(first, stream), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as exc:
        raise ImportRefusedError(f"The header cannot be read: {exc}.") from None
    if not any(header):
        raise ImportRefusedError("The first line must name the columns, and is blank.")
    if _UNDECODED.search(first):
        raise ImportRefusedError("The file is not UTF-8; save it as such.")
    if doubled := sorted({name for name in header if header.count(name) > 1}):
        raise ImportRefusedError(f"Columns stand there twice: {', '.join(doubled)}.")

    def rows() -> Iterator[Row]:
        while True:
            line = reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as exc:
                yield Row(line, problem=f"It is not CSV: {exc}.")
                continue
            if any(value.strip() for value in values):
                cells = dict(zip(header, (value.strip() for value in values), strict=False))
                yield Row(line, cells, _problem(values, header))

    return header, rows()


def _problem(values: list[str], header: list[str]) -> str | None:
    if any(map(_UNDECODED.search, values)):
        return "It holds bytes that are no UTF-8."
    if len(values) != len(header):
        return f"It has {len(values)} cells, and the header has {len(header)}."
    return None


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield line.decode("utf-8-sig" if number == 0 else "utf-8", errors="surrogateescape")


def _with(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
