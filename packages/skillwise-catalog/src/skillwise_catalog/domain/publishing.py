"""A course's life: from draft by way of a review to the storefront, and out of it again."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.errors import CourseIncompleteError, IllegalTransitionError

__all__ = ["CourseFacts", "Standing", "allowed_from", "check_complete", "check_transition", "missing_from"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Of a course and whoever moves it, what decides where it may go: whether it is approved, whether it
    ever was published, and whether an administrator acts, who needs nobody's approval.
    """

    is_approved: bool
    was_published: bool
    by_admin: bool


_TRANSITIONS: Final[dict[CourseStatus, frozenset[CourseStatus]]] = {
    CourseStatus.DRAFT: frozenset({CourseStatus.IN_REVIEW, CourseStatus.PUBLISHED, CourseStatus.ARCHIVED}),
    CourseStatus.IN_REVIEW: frozenset({CourseStatus.DRAFT, CourseStatus.PUBLISHED}),
    CourseStatus.PUBLISHED: frozenset({CourseStatus.DRAFT, CourseStatus.ARCHIVED}),
    CourseStatus.ARCHIVED: frozenset({CourseStatus.DRAFT, CourseStatus.PUBLISHED}),
}


def allowed_from(status: CourseStatus, standing: Standing) -> Collection[CourseStatus]:
    """The statuses that a course may go to from this one: into review until it is approved, into the
    storefront once it is, or by an administrator; into the archive when people may have bought it.
    """
    refused = set()
    if standing.is_approved:
        refused.add(CourseStatus.IN_REVIEW)
    elif not standing.by_admin:
        refused.add(CourseStatus.PUBLISHED)
    if not standing.was_published:
        refused.add(CourseStatus.ARCHIVED)
    return _TRANSITIONS[status] - refused


def check_transition(present: CourseStatus, wanted: CourseStatus, standing: Standing) -> None:
    """Raises `IllegalTransitionError`."""
    allowed = allowed_from(present, standing)
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
    if missing := missing_from(course):
        raise CourseIncompleteError(
            f"The course must have these, and lacks them: {', '.join(missing)}.",
            extra={"missing": list(missing)},
        )
