"""Reads `permission_matrix.txt`: one row per endpoint, method and case, one status per kind of person."""

import re
from dataclasses import dataclass
from pathlib import Path

PEOPLE = ("guest", "unverified", "student", "classmate", "owner", "colleague", "admin", "suspended")

_FILE = Path(__file__).with_name("permission_matrix.txt")
_ROW = re.compile(
    r"(?P<method>[A-Z]+) +(?P<path>/\S+) +(?:: *(?P<case>[^\d]+?) +)?(?P<statuses>(?:\d{3} *){8})"
)


@dataclass(frozen=True)
class Row:
    """What each of `PEOPLE` gets for one kind of request."""

    method: str
    path: str
    case: str
    statuses: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" : {self.case}" if self.case else "")


def read_rows() -> list[Row]:
    rows = []
    for number, line in enumerate(_FILE.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _ROW.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {number} of {_FILE.name} is no row: {line!r}")
        statuses = dict(zip(PEOPLE, map(int, match["statuses"].split()), strict=True))
        rows.append(Row(match["method"], match["path"], match["case"] or "", statuses))
    return rows
