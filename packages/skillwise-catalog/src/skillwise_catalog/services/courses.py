"""Creating, changing and deleting courses."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.domain.text import slug_of
from skillwise_catalog.errors import CategoryNotFoundError, CourseWasPublishedError
from skillwise_catalog.models import Category, Course
from skillwise_catalog.selectors.instructors import author_ids
from skillwise_catalog.services.access import (
    check_version,
    last_edit_of,
    lock_for_edit,
    lock_owned_course,
    mark_edited,
)
from skillwise_catalog.services.references import NamedUpload, check_references, find_files

__all__ = [
    "change_course",
    "create_course",
    "delete_course",
    "insert_course",
]

_EDITABLE: Final = (
    "title", "subtitle", "description", "language", "level", "price", "tags", "outcomes", "requirements",
    "audience", "promo_video_url",
)  # fmt: skip
_REFERENCES: Final = ("category", "cover_id", "promo_video_id")
_FORMS: Final = {"cover_upload_id": "image", "promo_video_upload_id": "video"}


@transaction.atomic
def create_course(*, owner_id: UUID, fields: Mapping[str, Any], now: datetime) -> Course:
    """A new draft. `fields` holds `title` and may hold `subtitle`, `description`, `category` (a slug or
    None), `language`, `level`, `price` (Money or None), lists of `tags`, `outcomes`, `requirements` and
    `audience`, `cover_upload_id`, and of a promo video `promo_video_upload_id` or `promo_video_url`, each as
    `domain.text` cleans it. An id of None, and a blank address, is none.

    That the owner may have courses is for the caller to know. Raises `CategoryNotFoundError`;
    `UploadNotFoundError` for another's file, in text too; `UploadKindError`.
    """
    course = Course(owner_id=owner_id, created_at=now, updated_at=now)
    check_references(fields, present=(), owner_ids={owner_id})
    _assign(course, fields, owner_ids={owner_id})
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

    Readers see it when it is published next. Files are the actor's, the owner's or an editor's, or stand
    there already.
    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `CourseInReviewError`,
    `CategoryNotFoundError`, `UploadNotFoundError`, `UploadKindError`.
    """
    course = lock_for_edit(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    before = {name: getattr(course, name) for name in (*_EDITABLE, *_REFERENCES)}
    owner_ids = {actor.id} | author_ids(course)
    check_references(changes, present=tuple(before.values()), owner_ids=owner_ids)
    _assign(course, changes, owner_ids=owner_ids)
    if before == {name: getattr(course, name) for name in before}:
        return course
    course.version += 1
    mark_edited(course, now=now)
    course.save()
    return course


@transaction.atomic
def delete_course(*, actor: Actor, course_id: UUID, expected_whole: int | None = None) -> None:
    """Remove a draft for good, with its outline. Its uploads stay their owner's. `expected_whole` is
    `last_edit_of` the course as the actor saw it: a colleague's lesson must not be lost unseen.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, and
    `CourseWasPublishedError` for one that anybody may have bought.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(last_edit_of(course), expected_whole)
    if course.published_at is not None:
        raise CourseWasPublishedError
    course.delete()


def _assign(course: Course, fields: Mapping[str, Any], *, owner_ids: Collection[UUID]) -> None:
    for name in _EDITABLE:
        if name in fields:
            setattr(course, name, fields[name])
    if "category" in fields:
        course.category = _category(fields["category"])
    _assign_files(course, fields, owner_ids=owner_ids)


def _assign_files(course: Course, fields: Mapping[str, Any], *, owner_ids: Collection[UUID]) -> None:
    """Of a promo video's file and address, the one that is given takes the other's place."""
    named = [
        NamedUpload(pointer=f"/{name}", id=fields[name], form=form)
        for name, form in _FORMS.items()
        if fields.get(name)
    ]
    files = find_files(named, owner_ids=owner_ids, present=(course.cover_id, course.promo_video_id))
    if "cover_upload_id" in fields:
        course.cover = files.get(fields["cover_upload_id"])
    if "promo_video_upload_id" in fields:
        course.promo_video = files.get(fields["promo_video_upload_id"])
        if course.promo_video is not None:
            course.promo_video_url = ""
    if fields.get("promo_video_url"):
        course.promo_video = None


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
