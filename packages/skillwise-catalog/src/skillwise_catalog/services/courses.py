"""Creating, changing, publishing and deleting courses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem
from skillwise_kernel.outbox import publish

from skillwise_catalog.domain.publishing import check_complete, check_edit, check_transition
from skillwise_catalog.domain.text import slug_of
from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.errors import CategoryNotFoundError, CourseWasPublishedError
from skillwise_catalog.events import CoursePublished, CourseUnpublished
from skillwise_catalog.models import Category, Course
from skillwise_catalog.services.access import announce_change, check_version, later_than, lock_course
from skillwise_catalog.services.freshness import refresh_storefront

__all__ = [
    "change_course",
    "create_course",
    "delete_course",
    "insert_course",
    "publish_course",
    "publish_now",
    "unpublish_course",
]

_EDITABLE: Final = ("title", "subtitle", "description", "language", "level", "price")


@transaction.atomic
def create_course(*, owner_id: UUID, fields: Mapping[str, Any], now: datetime) -> Course:
    """A new draft. `fields` holds `title` and may hold `subtitle`, `description`, `category` (a slug or
    None), `language`, `level` and `price` (Money or None), each as `domain.text` cleans it.

    That the owner may have courses is for the caller to know. Raises `CategoryNotFoundError`.
    """
    course = Course(owner_id=owner_id, created_at=now, updated_at=now)
    _assign(course, fields)
    return insert_course(course)


def insert_course(course: Course) -> Course:
    """Save a new course under a slug of its title's that nobody has. Needs a transaction."""
    tail = course.id.hex[-10:]
    wanted = slug_of(course.title) or "course"
    course.slug = wanted
    try:
        with transaction.atomic():
            course.save(force_insert=True)
    except IntegrityError as exc:
        if not _is_breach_of(exc, "catalog_course_slug_unique"):
            raise
        course.slug = f"{wanted}-{tail}"
        course.save(force_insert=True)
    return course


@transaction.atomic
def change_course(
    *,
    actor: Actor,
    course_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    now: datetime,
) -> Course:
    """Set the members of `changes` (as of `create_course`) and leave the others. The slug stays what it was.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `CategoryNotFoundError`,
    and `CourseIncompleteError` when a published course would lose what it must have.
    """
    course = lock_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    before = {name: getattr(course, name) for name in (*_EDITABLE, "category")}
    _assign(course, changes)
    if before == {name: getattr(course, name) for name in before}:
        return course
    check_edit(course.facts, is_published=course.is_published, was_published=course.published_at is not None)
    course.version += 1
    course.updated_at = later_than(course, now)
    course.save()
    announce_change(course)
    return course


@transaction.atomic
def publish_course(
    *, actor: Actor, course_id: UUID, expected_version: int | None = None, now: datetime
) -> Course:
    """Show the course to everyone.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `IllegalTransitionError`
    for one that is published, and `CourseIncompleteError` with what it lacks.
    """
    course = lock_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    return publish_now(course, now=now)


def publish_now(course: Course, *, now: datetime) -> Course:
    """Publish a course that the caller has locked or just inserted. Raises as `publish_course` does."""
    check_transition(CourseStatus(course.status), CourseStatus.PUBLISHED)
    check_complete(course.facts)
    course.status = CourseStatus.PUBLISHED.value
    course.updated_at = later_than(course, now)
    course.published_at = course.published_at or course.updated_at
    course.version += 1
    course.save(update_fields=["status", "published_at", "updated_at", "version"])
    if course.price is None:  # check_complete has seen to it
        raise AssertionError("a complete course has a price")
    publish(
        CoursePublished(
            course_id=course.id,
            owner_id=course.owner_id,
            title=course.title,
            price=course.price,
            published_at=course.updated_at,
        )
    )
    refresh_storefront()
    return course


@transaction.atomic
def unpublish_course(
    *, actor: Actor, course_id: UUID, expected_version: int | None = None, now: datetime
) -> Course:
    """Take the course out of the lists; those enrolled keep it.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, and
    `IllegalTransitionError` for a draft.
    """
    course = lock_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    check_transition(CourseStatus(course.status), CourseStatus.DRAFT)
    course.status = CourseStatus.DRAFT.value
    course.updated_at = later_than(course, now)
    course.version += 1
    course.save(update_fields=["status", "updated_at", "version"])
    publish(
        CourseUnpublished(course_id=course.id, owner_id=course.owner_id, unpublished_at=course.updated_at)
    )
    refresh_storefront()
    return course


@transaction.atomic
def delete_course(*, actor: Actor, course_id: UUID, expected_version: int | None = None) -> None:
    """Remove a draft for good, with its outline. Its uploads stay their owner's.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, and
    `CourseWasPublishedError` for one that anybody may have bought.
    """
    course = lock_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    if course.published_at is not None:
        raise CourseWasPublishedError
    course.delete()


def _assign(course: Course, fields: Mapping[str, Any]) -> None:
    for name in _EDITABLE:
        if name in fields:
            setattr(course, name, fields[name])
    if "category" in fields:
        course.category = _category(fields["category"])


def _category(slug: str | None) -> Category | None:
    if slug is None:
        return None
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        problem = FieldProblem(
            "/category", "catalog.category_not_found", "There is no category with this slug."
        )
        raise CategoryNotFoundError(fields=(problem,))
    return category


def _is_breach_of(exc: IntegrityError, constraint: str) -> bool:
    diagnosis = getattr(exc.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == constraint
