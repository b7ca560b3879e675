"""Who teaches a course: its owner, and its editors."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_identity import api as identity
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem
from skillwise_kernel.outbox import publish

from skillwise_catalog.dto import InstructorRole
from skillwise_catalog.errors import (
    InstructorNotFoundError,
    InstructorUnknownError,
    NotCourseOwnerError,
    OwnerRequiredError,
)
from skillwise_catalog.events import CourseInstructorsChanged
from skillwise_catalog.models import Course, CourseEditor
from skillwise_catalog.selectors.courses import is_owner
from skillwise_catalog.services.access import check_version, later_than, lock_course, lock_owned_course
from skillwise_catalog.services.editions import show_instructors

__all__ = ["remove_instructor", "set_instructor"]


@transaction.atomic
def set_instructor(
    *,
    actor: Actor,
    course_id: UUID,
    user_id: UUID | None = None,
    email: str | None = None,
    role: InstructorRole,
    expected_version: int | None = None,
    now: datetime,
) -> Course:
    """Let a verified instructor, named by id or else by address, teach the course. A new owner takes the
    place of the old one, who stays as an editor. Who has the role already keeps it.

    For owners and administrators. Raises `CourseNotFoundError`, `NotCourseOwnerError`,
    `PreconditionFailedError`, `InstructorUnknownError`, and `OwnerRequiredError` for making an editor of the
    owner.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    person = _instructor(user_id=user_id, email=email)
    is_editor = CourseEditor.objects.filter(course=course, user_id=person).exists()
    match role:
        case InstructorRole.OWNER if person != course.owner_id:
            _transfer(course, person, now=now)
        case InstructorRole.EDITOR if person == course.owner_id:
            raise OwnerRequiredError
        case InstructorRole.EDITOR if not is_editor:
            CourseEditor.objects.create(course=course, user_id=person, added_at=now)
        case _:
            return course
    return _finish(course, now=now)


@transaction.atomic
def remove_instructor(
    *, actor: Actor, course_id: UUID, user_id: UUID, expected_version: int | None = None, now: datetime
) -> Course:
    """Let an editor teach the course no longer. Editors may leave by themselves.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`,
    `InstructorNotFoundError`, and `OwnerRequiredError` for the owner.
    """
    course = lock_course(course_id=course_id, actor=actor)
    if not is_owner(actor, course) and user_id != actor.id:
        raise NotCourseOwnerError
    check_version(course.version, expected_version)
    if user_id == course.owner_id:
        raise OwnerRequiredError
    removed, _ = CourseEditor.objects.filter(course=course, user_id=user_id).delete()
    if not removed:
        raise InstructorNotFoundError
    return _finish(course, now=now)


def _instructor(*, user_id: UUID | None, email: str | None) -> UUID:
    """Raises `InstructorUnknownError` whatever they lack: nobody learns here who has an account."""
    if user_id is None and email is not None:
        user_id = identity.find_user_id(email=email)
    user = identity.get_users(ids=[user_id]).get(user_id) if user_id else None
    if (
        user is None
        or identity.Role.INSTRUCTOR not in user.roles
        or not user.is_verified
        or user.is_suspended
    ):
        pointer = "/user_id" if email is None else "/email"
        problem = FieldProblem(pointer, InstructorUnknownError.code, InstructorUnknownError.title)
        raise InstructorUnknownError(fields=(problem,))
    return user.id


def _transfer(course: Course, user_id: UUID, *, now: datetime) -> None:
    CourseEditor.objects.filter(course=course, user_id=user_id).delete()
    CourseEditor.objects.create(course=course, user_id=course.owner_id, added_at=now)
    course.owner_id = user_id


def _finish(course: Course, *, now: datetime) -> Course:
    course.version += 1
    course.updated_at = later_than(course, now)
    course.save(update_fields=["owner_id", "version", "updated_at"])
    show_instructors(course, now=course.updated_at)
    editors = CourseEditor.objects.filter(course=course).order_by("user_id")
    publish(
        CourseInstructorsChanged(
            course_id=course.id,
            owner_id=course.owner_id,
            editor_ids=tuple(editors.values_list("user_id", flat=True)),
            changed_at=course.updated_at,
        )
    )
    return course
