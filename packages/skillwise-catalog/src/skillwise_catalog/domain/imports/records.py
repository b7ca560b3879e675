"""Courses as a file tells of them: rows gathered, checked and cleaned."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final, TypeVar

from skillwise_kernel.money import CURRENCIES, Money

from skillwise_catalog.domain.imports.mappings import COURSE_COLUMNS, ColumnMapping, RowRefusedError
from skillwise_catalog.domain.imports.rows import Row
from skillwise_catalog.domain.lessons import MAX_DURATION, MAX_LESSONS_PER_MODULE, MAX_MODULES
from skillwise_catalog.domain.text import (
    MAX_ARTICLE_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_SUBTITLE_LENGTH,
    MAX_TITLE_LENGTH,
    TextRefusedError,
    clean_language,
    clean_line,
    clean_prose,
    clean_video_url,
)
from skillwise_catalog.dto import LessonKind, RowProblem

__all__ = ["CourseRecord", "LessonRecord", "ModuleRecord", "read_courses"]

_LEVELS: Final = ("beginner", "intermediate", "advanced", "all")
_YES: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
MAX_KEY_LENGTH: Final = 200
MAX_CATEGORY_LENGTH: Final = 80
_MAX_AMOUNT: Final = 2**53 - 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRecord:
    """`content` is Markdown, an address, or the name of a file beside the imported one, as `kind` says."""

    title: str
    kind: LessonKind
    content: str
    duration: int
    is_preview: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRecord:
    title: str
    lessons: tuple[LessonRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRecord:
    """A course of the file, known by its `key`; blank or None is what the file does not say."""

    line: int
    key: str
    title: str
    subtitle: str
    description: str
    category: tuple[str, ...]
    language: str
    level: str
    price: Money | None
    modules: tuple[ModuleRecord, ...]

    @property
    def lessons(self) -> tuple[LessonRecord, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says, whichever line it stands on."""
        said = {name: value for name, value in asdict(self).items() if name != "line"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read_courses(rows: Iterable[Row], mapping: ColumnMapping) -> Iterator[CourseRecord | RowProblem]:
    """The courses of a file, and what is wrong with rows of it; a course with a bad row is left out whole.

    Rows of a course follow each other. A blank `course` or `module` is the one above; what a later row says
    of the course as a whole is blank or the same again.
    """
    begun: dict[str, int] = {}
    for key, group in _grouped(rows, mapping):
        first = group[0].line
        if key in begun:
            yield RowProblem(first, f"The course {key!r} stands at line {begun[key]} already.")
            continue
        begun[key] = first
        record, problems = _course(key, group, mapping)
        yield from problems
        if record is not None:
            yield record
        elif len(group) > len(problems):
            lines = ", ".join(str(problem.line) for problem in problems)
            yield RowProblem(first, f"The course {key!r} is left out for what is wrong at line {lines}.")


def _grouped(rows: Iterable[Row], mapping: ColumnMapping) -> Iterator[tuple[str, list[Row]]]:
    """The rows, as our columns, of each course."""
    key, group = "", list[Row]()
    for row in rows:
        said = _mapped(row, mapping)
        own_key = said.cells.get("course", "")
        if group and own_key in {"", key}:
            group.append(said)
            continue
        if group:
            yield key, group
        key, group = own_key, [said]
    if group:
        yield key, group


def _mapped(row: Row, mapping: ColumnMapping) -> Row:
    problem = row.problem
    if problem is None:
        try:
            return Row(row.line, mapping.apply(row.cells))
        except RowRefusedError as exc:
            problem = f"{exc}."
    return Row(row.line, {"course": mapping.key(row.cells)}, problem)


def _course(
    key: str, group: list[Row], mapping: ColumnMapping
) -> tuple[CourseRecord | None, list[RowProblem]]:
    problems = [RowProblem(row.line, row.problem) for row in group if row.problem]
    readable = [row for row in group if not row.problem]
    if not readable:
        return None, problems
    first = Row(readable[0].line, mapping.complete(readable[0].cells))
    course = _checked(partial(_described, key, first), first, problems)
    modules: list[tuple[str, list[LessonRecord]]] = []
    for row in [first, *readable[1:]]:
        lesson = _checked(partial(_lesson, row, first, modules), row, problems)
        if lesson is not None:
            modules[-1][1].append(lesson)
    if problems or course is None:
        return None, problems
    outline = tuple(ModuleRecord(title=title, lessons=tuple(lessons)) for title, lessons in modules)
    return replace(course, modules=outline), []


def _checked(read: Callable[[], T], row: Row, problems: list[RowProblem]) -> T | None:
    try:
        return read()
    except (RowRefusedError, TextRefusedError) as exc:
        problems.append(RowProblem(row.line, f"{str(exc).removesuffix('.')}."))
        return None


def _described(key: str, row: Row) -> CourseRecord:
    """The course as a whole, without its outline."""
    cells = row.cells
    return CourseRecord(
        line=row.line,
        key=_line(key, "course", MAX_KEY_LENGTH),
        title=_line(cells["title"], "title", MAX_TITLE_LENGTH),
        subtitle=_line(cells["subtitle"], "subtitle", MAX_SUBTITLE_LENGTH, required=False),
        description=_named("description", partial(_description, cells["description"])),
        category=tuple(
            _line(name, "category", MAX_CATEGORY_LENGTH)
            for name in cells["category"].split(">")
            if cells["category"]
        ),
        language=_named("language", partial(clean_language, cells["language"])) if cells["language"] else "",
        level=_level(cells["level"]),
        price=_price(cells["price"], cells["currency"].upper()),
        modules=(),
    )


def _line(text: str, column: str, max_length: int, *, required: bool = True) -> str:
    return _named(column, partial(clean_line, text, max_length=max_length, required=required))


def _description(text: str) -> str:
    return clean_prose(text, max_length=MAX_DESCRIPTION_LENGTH, required=False)


def _lesson(row: Row, first: Row, modules: list[tuple[str, list[LessonRecord]]]) -> LessonRecord | None:
    """The row's lesson, None for a row without one; its module is the last of `modules` by then."""
    cells = row.cells
    for column in COURSE_COLUMNS:
        if cells[column] not in {"", first.cells[column]}:
            raise RowRefusedError(f"{column} is not what line {first.line} says of the same course")
    if cells["module"] and (not modules or modules[-1][0] != cells["module"]):
        if len(modules) == MAX_MODULES:
            raise RowRefusedError(f"a course has at most {MAX_MODULES} modules")
        modules.append(
            (_named("module", lambda: clean_line(cells["module"], max_length=MAX_TITLE_LENGTH)), [])
        )
    if not cells["lesson"]:
        if cells["content"]:
            raise RowRefusedError("lesson is blank, and content is not")
        return None
    if not modules:
        raise RowRefusedError("the course's first lesson needs its module")
    if len(modules[-1][1]) == MAX_LESSONS_PER_MODULE:
        raise RowRefusedError(f"a module has at most {MAX_LESSONS_PER_MODULE} lessons")
    kind = _kind(cells["kind"])
    return LessonRecord(
        title=_line(cells["lesson"], "lesson", MAX_TITLE_LENGTH),
        kind=kind,
        content=_named("content", partial(_content, kind, cells["content"])),
        duration=_seconds(cells["minutes"]),
        is_preview=_preview(cells["preview"]),
    )


def _content(kind: LessonKind, text: str) -> str:
    match kind:
        case LessonKind.ARTICLE:
            return clean_prose(text, max_length=MAX_ARTICLE_LENGTH)
        case LessonKind.VIDEO:
            return clean_video_url(text)
        case LessonKind.FILE:
            return clean_line(text, max_length=MAX_TITLE_LENGTH)
        case LessonKind.QUIZ:
            raise RowRefusedError("a quiz has no place in a list; import it in a package")


def _level(text: str) -> str:
    if text and text.lower() not in _LEVELS:
        raise RowRefusedError(f"level must be one of {', '.join(_LEVELS)}, and is {text!r}")
    return text.lower()


def _price(text: str, currency: str) -> Money | None:
    """`49.99` with a currency, in whole units as people write them."""
    if not text:
        if currency:
            raise RowRefusedError("currency is given, and price is not")
        return None
    if currency not in CURRENCIES:
        raise RowRefusedError(
            f"currency {currency!r} is not known" if currency else "price needs its currency"
        )
    try:
        units = Decimal(text).scaleb(CURRENCIES[currency])
    except InvalidOperation:
        raise RowRefusedError(f"price must be a number, and is {text!r}") from None
    if not units.is_finite() or units != units.to_integral_value() or not 0 <= units <= _MAX_AMOUNT:
        raise RowRefusedError(f"price {text!r} is not an amount of {currency}")
    return Money(int(units), currency)


def _kind(text: str) -> LessonKind:
    try:
        return LessonKind(text.lower())
    except ValueError:
        kinds = ", ".join(kind.value for kind in LessonKind)
        raise RowRefusedError(f"kind must be one of {kinds}, and is {text!r}") from None


def _seconds(minutes: str) -> int:
    if not minutes:
        return 0
    try:
        seconds = Decimal(minutes) * 60
    except InvalidOperation:
        raise RowRefusedError(f"minutes must be a number, and is {minutes!r}") from None
    if not seconds.is_finite() or not 0 <= seconds <= MAX_DURATION:
        raise RowRefusedError(f"minutes must lie within a day, and is {minutes!r}")
    return int(seconds)


def _preview(text: str) -> bool:
    if text.lower() not in _YES:
        raise RowRefusedError(f"preview must be yes or no, and is {text!r}")
    return _YES[text.lower()]


def _named(column: str, clean: Callable[[], T]) -> T:
    """What `clean` answers; what it refuses is said of the column."""
    try:
        return clean()
    except TextRefusedError as exc:
        raise RowRefusedError(f"{column}: {exc}") from None
