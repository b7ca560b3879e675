"""What is another between two versions of a course, as a person would tell it.

Modules and lessons are the same ones where their ids are: they are added, removed, moved, renamed, or say
something else. Two documents differ in nothing exactly when they are equal.
"""

import difflib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final
from uuid import UUID

from skillwise_catalog.domain.documents import CourseDocument, LessonDocument, ModuleDocument
from skillwise_catalog.dto import ChangeKind

__all__ = ["CourseDifference", "FieldChange", "PartChange", "differences"]

#: Compared line by line; beyond so many lines the comparison alone would take seconds.
_PROSE: Final = frozenset({"description", "article"})
_MAX_LINES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """`before` and `after` as documents write them. `diff` is a unified diff of Markdown; None for what is
    none, and where it would be too long to read.
    """

    name: str
    before: Any
    after: Any
    diff: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "before": self.before, "after": self.after, "diff": self.diff}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """What became of a module or lesson: `title` as it is now, or was last. `fields` are those that changed,
    of one that is neither added nor removed.
    """

    id: UUID
    title: str
    changes: tuple[ChangeKind, ...]
    fields: tuple[FieldChange, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "title": self.title,
            "changes": [change.value for change in self.changes],
            "fields": [field.as_json() for field in self.fields],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDifference:
    """Modules and lessons in the order of what is now, then those removed in the order of what was."""

    fields: tuple[FieldChange, ...]
    modules: tuple[PartChange, ...]
    lessons: tuple[PartChange, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.modules or self.lessons)

    def as_json(self) -> dict[str, Any]:
        return {
            "fields": [field.as_json() for field in self.fields],
            "modules": [module.as_json() for module in self.modules],
            "lessons": [lesson.as_json() for lesson in self.lessons],
        }


def differences(before: CourseDocument, after: CourseDocument) -> CourseDifference:
    """What `after` has otherwise than `before`. Within each document no two parts have the same id."""
    return CourseDifference(
        fields=_changed_fields(before, after, leaving_out={"modules"}),
        modules=_module_changes(before.modules, after.modules),
        lessons=_lesson_changes(before, after),
    )


def _module_changes(
    before: Sequence[ModuleDocument], after: Sequence[ModuleDocument]
) -> tuple[PartChange, ...]:
    moved = _moved([module.id for module in before], [module.id for module in after])
    return _part_changes(
        {module.id: module for module in before},
        {module.id: module for module in after},
        moved=moved,
        leaving_out={"id", "lessons"},
    )


def _lesson_changes(before: CourseDocument, after: CourseDocument) -> tuple[PartChange, ...]:
    return _part_changes(
        {lesson.id: lesson for lesson in before.lessons},
        {lesson.id: lesson for lesson in after.lessons},
        moved=_moved_lessons(before, after),
        leaving_out={"id"},
    )


def _part_changes(
    before: Mapping[UUID, ModuleDocument] | Mapping[UUID, LessonDocument],
    after: Mapping[UUID, ModuleDocument] | Mapping[UUID, LessonDocument],
    *,
    moved: frozenset[UUID],
    leaving_out: set[str],
) -> tuple[PartChange, ...]:
    changes = []
    for part_id, part in after.items():
        if part_id not in before:
            changes.append(PartChange(id=part_id, title=part.title, changes=(ChangeKind.ADDED,)))
            continue
        changed = _changed_fields(before[part_id], part, leaving_out=leaving_out)
        kinds = _kinds_of(changed, is_moved=part_id in moved)
        if kinds:
            changes.append(PartChange(id=part_id, title=part.title, changes=kinds, fields=changed))
    changes += [
        PartChange(id=part_id, title=part.title, changes=(ChangeKind.REMOVED,))
        for part_id, part in before.items()
        if part_id not in after
    ]
    return tuple(changes)


def _kinds_of(changed: Iterable[FieldChange], *, is_moved: bool) -> tuple[ChangeKind, ...]:
    names = {field.name for field in changed}
    kinds = {
        ChangeKind.MOVED: is_moved,
        ChangeKind.RENAMED: "title" in names,
        ChangeKind.CHANGED: bool(names - {"title"}),
    }
    return tuple(kind for kind, applies in kinds.items() if applies)


def _changed_fields(
    before: CourseDocument | ModuleDocument | LessonDocument,
    after: CourseDocument | ModuleDocument | LessonDocument,
    *,
    leaving_out: set[str],
) -> tuple[FieldChange, ...]:
    was, now = before.as_json(), after.as_json()
    return tuple(
        FieldChange(
            name=field.name,
            before=was[field.name],
            after=now[field.name],
            diff=_diff(was[field.name], now[field.name]) if field.name in _PROSE else None,
        )
        for field in fields(after)
        if field.name not in leaving_out and getattr(before, field.name) != getattr(after, field.name)
    )


def _diff(before: str, after: str) -> str | None:
    was, now = before.split("\n"), after.split("\n")
    if max(len(was), len(now)) > _MAX_LINES:
        return None
    return "\n".join(difflib.unified_diff(was, now, "before", "after", lineterm=""))


def _moved_lessons(before: CourseDocument, after: CourseDocument) -> frozenset[UUID]:
    """Those in another module, and of those in the same one the fewest whose moving explains the order."""
    modules = {module.id: module for module in before.modules}
    home = {lesson.id: module.id for module in before.modules for lesson in module.lessons}
    moved: set[UUID] = set()
    for module in after.modules:
        ids = [lesson.id for lesson in module.lessons]
        moved |= {lesson_id for lesson_id in ids if home.get(lesson_id, module.id) != module.id}
        if module.id in modules:
            moved |= _moved([lesson.id for lesson in modules[module.id].lessons], ids)
    return frozenset(moved)


def _moved(before: Sequence[UUID], after: Sequence[UUID]) -> frozenset[UUID]:
    """Of what both have, what does not stand in a longest run that kept its order."""
    places = {part_id: place for place, part_id in enumerate(before)}
    common = [part_id for part_id in after if part_id in places]
    kept = _longest_increasing([places[part_id] for part_id in common])
    return frozenset(common) - {before[place] for place in kept}


def _longest_increasing(numbers: Sequence[int]) -> list[int]:
    """A longest increasing subsequence of distinct numbers, by patience sorting."""
    tops: list[int] = []
    piles: list[list[tuple[int, int]]] = []  # of each pile: (number, how high the pile before it was)
    for number in numbers:
        pile = bisect_left(tops, number)
        under = len(piles[pile - 1]) - 1 if pile else -1
        if pile == len(tops):
            tops.append(number)
            piles.append([])
        tops[pile] = number
        piles[pile].append((number, under))
    found: list[int] = []
    index = len(piles[-1]) - 1 if piles else -1
    for pile_of in reversed(piles):
        number, index = pile_of[index]
        found.append(number)
    return found[::-1]
