"""Single courses: whoever asks."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from skillwise_kernel.actor import Actor

from skillwise_catalog.dto import CourseStatus, CourseSummary
from skillwise_catalog.errors import CourseNotFoundError
from skillwise_catalog.models import Course, CourseEditor, Edition

__all__ = [
    "authored_courses",
    "courses_in_review",
    "courses_with_also_bought",
    "editable_course",
    "editable_course_and_editors",
    "is_owner",
    "listed_course",
    "listed_edition",
    "may_edit",
    "owned_course_ids",
    "summarise_courses",
    "teaches",
]

_SEARCHED: Final = ("search", "title_search", "heading_search")


def is_owner(actor: Actor | None, course: Course) -> bool:
    """Whether the whole course is the actor's: its owner's while an instructor, or an administrator's."""
    if actor is None or not actor.is_verified:
        return False
    return actor.has_role("admin") or (actor.id == course.owner_id and actor.has_role("instructor"))


def may_edit(actor: Actor | None, course: Course) -> bool:
    """Whether the actor may change what the course says: whoever owns it, and its editors while instructors.
    One query for instructors that do not own it.
    """
    if is_owner(actor, course):
        return True
    return actor is not None and _may_be_editor(actor) and _is_editor(actor, course)


def teaches(actor: Actor, course: Course) -> bool:
    """Whether the actor is the owner or an editor of the course: not every administrator who may edit
    it is. One query for whoever does not own it.
    """
    return actor.id == course.owner_id or _is_editor(actor, course)


def _may_be_editor(actor: Actor) -> bool:
    return actor.is_verified and actor.has_role("instructor")


def _is_editor(actor: Actor, course: Course) -> bool:
    return CourseEditor.objects.filter(course_id=course.id, user_id=actor.id).exists()


def editable_course(*, course_id: UUID, actor: Actor | None) -> Course | None:
    """The working copy, with its category and edition, for those who may edit it; None for everybody else.
    One query; none for those who teach nothing.
    """
    found = editable_course_and_editors(course_id=course_id, actor=actor)
    return found[0] if found else None


def editable_course_and_editors(
    *, course_id: UUID, actor: Actor | None
) -> tuple[Course, Sequence[UUID]] | None:
    """As `editable_course`, with its editors in the order in which they came."""
    if actor is None or not (actor.has_role("instructor") or actor.has_role("admin")):
        return None
    editors = CourseEditor.objects.filter(course_id=OuterRef("pk")).order_by("added_at", "id")
    course = (
        _working_copies()
        .annotate(editor_ids=ArraySubquery(editors.values("user_id")))
        .filter(id=course_id)
        .first()
    )
    if course is None:
        return None
    is_editor = _may_be_editor(actor) and actor.id in course.editor_ids
    return (course, course.editor_ids) if is_editor or is_owner(actor, course) else None


def _working_copies() -> QuerySet[Course]:
    """With their categories and editions, but for what is only searched."""
    return Course.objects.select_related("category", "edition").defer(
        *(f"edition__{name}" for name in _SEARCHED)
    )


def listed_edition(*, course_id: UUID) -> Edition:
    """What everybody sees of the course. Raises `CourseNotFoundError`. One query."""
    edition = Edition.objects.defer(*_SEARCHED).filter(course_id=course_id, is_listed=True).first()
    if edition is None:
        raise CourseNotFoundError
    return edition


def listed_course(*, course_id: UUID | None = None, slug: str = "", columns: Sequence[str]) -> dict[str, Any]:
    """These columns of what everybody sees of the course with this id, or this slug. Raises
    `CourseNotFoundError`. One query.
    """
    wanted = Q(course_id=course_id) if course_id else Q(slug=slug)
    row = Edition.objects.filter(wanted, is_listed=True).values(*columns).first()
    if row is None:
        raise CourseNotFoundError
    return row


def authored_courses(*, author_id: UUID) -> QuerySet[Course]:
    """The working copies of what a person owns or edits, with their categories and editions."""
    edited = CourseEditor.objects.filter(user_id=author_id).values("course_id")
    return _working_copies().filter(Q(owner_id=author_id) | Q(id__in=edited))


def courses_in_review() -> QuerySet[Course]:
    """The working copies that wait for an administrator, with their categories and editions."""
    return _working_copies().filter(status=CourseStatus.IN_REVIEW.value)


def courses_with_also_bought() -> frozenset[UUID]:
    """The courses that show what their buyers bought too. One query."""
    return frozenset(Edition.objects.exclude(also_bought=[]).values_list("course_id", flat=True))


def owned_course_ids(*, owner_id: UUID) -> frozenset[UUID]:
    return frozenset(Course.objects.filter(owner_id=owner_id).values_list("id", flat=True))


def summarise_courses(*, ids: Collection[UUID]) -> dict[UUID, CourseSummary]:
    """The priced courses among these, as published where they ever were. One query, however many."""
    courses = (
        Course.objects.filter(id__in=set(ids))
        .select_related("edition")
        .only(
            "id",
            "slug",
            "title",
            "owner_id",
            "price_amount",
            "price_currency",
            "status",
            "published_at",
            "edition__title",
            "edition__price_amount",
            "edition__price_currency",
        )
    )
    summaries = (_summary(course, getattr(course, "edition", None)) for course in courses)
    return {summary.id: summary for summary in summaries if summary is not None}


def _summary(course: Course, edition: Edition | None) -> CourseSummary | None:
    shown = edition or course
    if shown.price is None:
        return None
    return CourseSummary(
        id=course.id,
        slug=course.slug,
        title=shown.title,
        owner_id=course.owner_id,
        price=shown.price,
        status=CourseStatus(course.status),
        published_at=course.published_at,
    )
