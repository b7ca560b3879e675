"""When a course may be shown to everyone."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.errors import CourseIncompleteError, IllegalTransitionError

__all__ = ["CourseFacts", "allowed_from", "check_complete", "check_edit", "check_transition", "missing_from"]

_TRANSITIONS: Final[dict[CourseStatus, frozenset[CourseStatus]]] = {
    CourseStatus.DRAFT: frozenset({CourseStatus.PUBLISHED}),
    CourseStatus.PUBLISHED: frozenset({CourseStatus.DRAFT}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    """Of a course, what decides whether it may be published."""

    title: str
    description: str
    has_category: bool
    language: str
    level: str
    has_price: bool
    lesson_count: int


def allowed_from(status: CourseStatus) -> Collection[CourseStatus]:
    """The statuses that a course may go to from this one."""
    return _TRANSITIONS[status]


def check_transition(present: CourseStatus, wanted: CourseStatus) -> None:
    """Raises `IllegalTransitionError`."""
    allowed = allowed_from(present)
    if wanted not in allowed:
        raise IllegalTransitionError(
            f"The course is {present.value} and cannot become {wanted.value}.",
            extra={"status": present.value, "allowed": sorted(status.value for status in allowed)},
        )


def missing_from(course: CourseFacts) -> tuple[str, ...]:
    """What the course must still get before people see it: names of its fields, and `lessons`."""
    present = {
        "title": bool(course.title),
        "description": bool(course.description),
        "category": course.has_category,
        "language": bool(course.language),
        "level": bool(course.level),
        "price": course.has_price,
        "lessons": course.lesson_count > 0,
    }
    return tuple(name for name, is_there in present.items() if not is_there)


def check_complete(course: CourseFacts) -> None:
    """Raises `CourseIncompleteError` for a course that lacks something."""
    _refuse_without(missing_from(course))


def check_edit(course: CourseFacts, *, is_published: bool, was_published: bool) -> None:
    """Whether a course may become so: while it is published it stays complete, and once it was it keeps a
    price, which orders and enrolments refer to. Raises `CourseIncompleteError`.
    """
    missing = missing_from(course)
    if is_published:
        _refuse_without(missing)
    elif was_published:
        _refuse_without(tuple(name for name in missing if name == "price"))


def _refuse_without(missing: Collection[str]) -> None:
    if missing:
        raise CourseIncompleteError(
            f"The course must have these, and lacks them: {', '.join(missing)}.",
            extra={"missing": list(missing)},
        )
