"""Creating, changing and deleting courses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.domain.text import slug_of
from skillwise_catalog.errors import CategoryNotFoundError, CourseWasPublishedError
from skillwise_catalog.models import Category, Course
from skillwise_catalog.services.access import check_version, lock_for_edit, lock_owned_course, mark_edited
from skillwise_catalog.services.references import check_references

__all__ = [
    "change_course",
    "create_course",
    "delete_course",
    "insert_course",
]

_EDITABLE: Final = ("title", "subtitle", "description", "language", "level", "price")


@transaction.atomic
def create_course(*, owner_id: UUID, fields: Mapping[str, Any], now: datetime) -> Course:
    """A new draft. `fields` holds `title` and may hold `subtitle`, `description`, `category` (a slug or
    None), `language`, `level` and `price` (Money or None), each as `domain.text` cleans it.

    That the owner may have courses is for the caller to know. Raises `CategoryNotFoundError`, and
    `UploadNotFoundError` for text that names another's file.
    """
    course = Course(owner_id=owner_id, created_at=now, updated_at=now)
    check_references(fields, present=(), owner_ids={owner_id})
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

    Readers see it when it is published next. Raises `CourseNotFoundError`, `NotCourseOwnerError`,
    `PreconditionFailedError`, `CourseInReviewError`, `CategoryNotFoundError`,
    `UploadNotFoundError`.
    """
    course = lock_for_edit(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    before = {name: getattr(course, name) for name in (*_EDITABLE, "category")}
    check_references(changes, present=tuple(before.values()), owner_ids={actor.id, course.owner_id})
    _assign(course, changes)
    if before == {name: getattr(course, name) for name in before}:
        return course
    course.version += 1
    mark_edited(course, now=now)
    course.save()
    return course


@transaction.atomic
def delete_course(*, actor: Actor, course_id: UUID, expected_version: int | None = None) -> None:
    """Remove a draft for good, with its outline. Its uploads stay their owner's.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, and
    `CourseWasPublishedError` for one that anybody may have bought.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
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
