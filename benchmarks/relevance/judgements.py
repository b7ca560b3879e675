"""The judged queries: `judged.json`, whose courses are the numbers that the real catalogue's lines have."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["HALVES", "Judged", "Query", "read_judged"]

_FILE: Final = Path(__file__).with_name("judged.json")
#: Constants are chosen by the first, and the second says whether they hold for queries that chose nothing.
HALVES: Final = ("tuning", "held out")


@dataclass(frozen=True, slots=True)
class Query:
    """`grades` are 0 to 3, by the course's number."""

    text: str
    kind: str
    half: str
    grades: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """`languages` tells which courses are in another language than English, by BCP 47 tag."""

    languages: Mapping[int, str]
    queries: Sequence[Query]


def read_judged() -> Judged:
    """All queries. A misspelt one has the grades, and the half, of the one that was `meant`."""
    document = json.loads(_FILE.read_text())
    languages = {number: tag for tag, numbers in document["languages"].items() for number in numbers}
    entries = {entry["text"]: entry for entry in document["queries"]}
    return Judged(languages, [_query(entry, entries) for entry in entries.values()])


def _query(entry: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> Query:
    said = entries[entry["meant"]] if "meant" in entry else entry
    grades = {number: int(grade) for grade, numbers in said["grades"].items() for number in numbers}
    return Query(entry["text"], entry["kind"], said["half"], grades)
