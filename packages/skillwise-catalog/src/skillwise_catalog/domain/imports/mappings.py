"""Which column of a file says what of a course."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from skillwise_catalog.errors import ImportRefusedError

__all__ = [
    "BUILT_IN",
    "COLUMNS",
    "COURSE_COLUMNS",
    "ColumnMapping",
    "RowRefusedError",
    "check_header",
    "detect_mapping",
    "parse_mapping",
]

#: What a row may say of its course as a whole, and all that it may say. The README's table explains each.
COURSE_COLUMNS: Final = (
    "title", "subtitle", "description", "category", "language", "level", "price", "currency",
)  # fmt: skip
COLUMNS: Final = ("course", *COURSE_COLUMNS, "module", "lesson", "kind", "content", "minutes", "preview")

_COUNT: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*([km]?)", re.IGNORECASE)
_RATING: Final = re.compile(r"[0-5](?:\.\d+)?")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_MULTIPLES: Final = {"": 1, "k": 1_000, "m": 1_000_000}


class RowRefusedError(ValueError):
    """One row is not as it should be; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """How rows of one kind of file are read.

    For each of our columns, the first of these that gives something: `columns` names the file's column;
    `templates` is text with the file's columns in braces; `constants` is the same for every row. `values`
    then translates (keys in small letters). `counts` and `ratings` name columns of the file that must hold
    numbers such as `480k` and `4.6`. `source` tells catalogues apart: within one, the `course` column is the
    key that a course is known by.
    """

    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counts: Collection[str] = ()
    ratings: Collection[str] = ()

    @property
    def needed(self) -> frozenset[str]:
        """The file's columns that it cannot do without."""
        in_templates = {name for text in self.templates.values() for name in _PLACEHOLDER.findall(text)}
        return frozenset({*self.columns.values(), *in_templates, *self.counts, *self.ratings})

    def with_constants(self, constants: Mapping[str, str]) -> "ColumnMapping":
        return replace(self, constants={**self.constants, **constants})

    def apply(self, cells: Mapping[str, str]) -> dict[str, str]:
        """What the row says, by our columns; blank where it says nothing. Raises `RowRefusedError`.

        What is the same for all courses stands in each course's first row alone: `complete` puts it there.
        """
        known = {**cells}
        for name in self.counts:
            known[name] = f"{_count(name, cells[name]):,}"
        for name in self.ratings:
            if not _RATING.fullmatch(cells[name]):
                raise RowRefusedError(f"{name} must be a rating from 0 to 5, and is {_quoted(cells[name])}")
        said = {column: self._value(column, known) for column in COLUMNS}
        constants = {name: value for name, value in self.constants.items() if name not in COURSE_COLUMNS}
        return _filled(said, constants)

    def key(self, cells: Mapping[str, str]) -> str:
        """The course that the row is of, as far as a damaged one still says; blank for the one above."""
        return self._value("course", cells)

    def complete(self, said: Mapping[str, str]) -> dict[str, str]:
        """What the first row of a course says, with the constants in place of blanks."""
        return _filled(said, self.constants)

    def _value(self, column: str, cells: Mapping[str, str]) -> str:
        value = cells.get(self.columns.get(column, ""), "")
        if not value and column in self.templates:
            value = _PLACEHOLDER.sub(lambda match: cells.get(match[1], ""), self.templates[column])
        return self.values.get(column, {}).get(value.lower(), value)


BUILT_IN: Final = {
    # This project's own: a row for each lesson
    "skillwise": ColumnMapping(source="skillwise", columns={column: column for column in COLUMNS}),
    # A list of courses with neither outline nor price: enough for drafts
    "coursera": ColumnMapping(
        source="coursera",
        columns={"title": "course_title", "level": "course_difficulty"},
        templates={
            "course": "{course_organization} / {course_Certificate_type} / {course_title}",
            "subtitle": "{course_organization}",
            "description": "A {course_Certificate_type} of {course_organization}, rated {course_rating} of 5 "
            "on Coursera, where {course_students_enrolled} people have enrolled.",
        },
        values={"level": {"mixed": "all"}},
        counts=("course_students_enrolled",),
        ratings=("course_rating",),
    ),
}

#: Columns of our own format that a file may leave out.
_OPTIONAL: Final = frozenset(COLUMNS) - {"course", "title"}


def detect_mapping(header: Collection[str]) -> ColumnMapping:
    """The built-in mapping for a file with these columns. Raises `ImportRefusedError`."""
    for mapping in BUILT_IN.values():
        if _lacking(mapping, header) == frozenset():
            return mapping
    names = "; ".join(f"{name}: {', '.join(sorted(m.needed - _OPTIONAL))}" for name, m in BUILT_IN.items())
    raise ImportRefusedError(f"The columns fit no known mapping ({names}). Name a mapping of your own.")


def check_header(mapping: ColumnMapping, header: Collection[str]) -> None:
    """Raises `ImportRefusedError` for a file without a column that the mapping needs."""
    if lacking := _lacking(mapping, header):
        raise ImportRefusedError(f"The file lacks the columns {', '.join(sorted(lacking))}.")


def parse_mapping(text: str | bytes) -> ColumnMapping:
    """A mapping written as JSON: `ColumnMapping`'s members under their names. Raises `ImportRefusedError`."""
    try:
        data = json.loads(text)
        mapping = ColumnMapping(**data)
        if not mapping.source or not isinstance(mapping.source, str):
            raise ImportRefusedError("A mapping names its source.")
        unknown = {*mapping.columns, *mapping.templates, *mapping.constants, *mapping.values} - set(COLUMNS)
    except (TypeError, ValueError) as exc:
        raise ImportRefusedError(f"The mapping cannot be read: {exc}.") from None
    if unknown:
        raise ImportRefusedError(f"The mapping sets unknown columns: {', '.join(sorted(unknown))}.")
    if mapping.source in BUILT_IN:
        raise ImportRefusedError(f"The source {mapping.source!r} is a built-in mapping's.")
    return mapping


def _filled(said: Mapping[str, str], constants: Mapping[str, str]) -> dict[str, str]:
    return {column: value or constants.get(column, "") for column, value in said.items()}


def _lacking(mapping: ColumnMapping, header: Collection[str]) -> frozenset[str]:
    needed = mapping.needed - (_OPTIONAL if mapping is BUILT_IN["skillwise"] else frozenset())
    return needed - frozenset(header)


def _count(name: str, text: str) -> int:
    match = _COUNT.fullmatch(text)
    if match is None:
        raise RowRefusedError(f"{name} must be a count such as 480k, and is {_quoted(text)}")
    return int(Decimal(match[1].replace(",", "")) * _MULTIPLES[match[2].lower()])


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")  # noqa: PLR2004 - enough to find it by
