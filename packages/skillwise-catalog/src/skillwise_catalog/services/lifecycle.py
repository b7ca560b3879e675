"""A course's way into the storefront and out of it.

What puts a course out, or up for it, is about all that it says: `expected_whole` is `last_edit_of` the course
as the actor saw it, lessons included. The other moves go by the course's own version.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_kernel.actor import Actor
from skillwise_kernel.outbox import publish

from skillwise_catalog.domain.publishing import Standing, allowed_from, check_complete, check_transition
from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.errors import IllegalTransitionError
from skillwise_catalog.events import CourseReturned, CourseSubmitted, CourseUnpublished
from skillwise_catalog.models import Course
from skillwise_catalog.selectors.courses import teaches
from skillwise_catalog.services.access import check_version, last_edit_of, later_than, lock_owned_course
from skillwise_catalog.services.editions import publish_edition, unlist_edition
from skillwise_catalog.services.outline import fill_durations_of
from skillwise_catalog.services.review_mails import mail_approval, mail_return

__all__ = [
    "approve_course",
    "archive_course",
    "publish_course",
    "publish_now",
    "return_course",
    "submit_course",
    "unpublish_course",
    "withdraw_course",
]


@transaction.atomic
def submit_course(
    *, actor: Actor, course_id: UUID, expected_whole: int | None = None, now: datetime
) -> Course:
    """Ask for a review; nothing of the course can be edited meanwhile.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `IllegalTransitionError`,
    and `CourseIncompleteError` with what it lacks.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(last_edit_of(course), expected_whole)
    _check(course, CourseStatus.IN_REVIEW, by_admin=actor.has_role("admin"))
    check_complete(course.facts)
    course.review_note = ""
    _become(course, CourseStatus.IN_REVIEW, now=now)
    publish(CourseSubmitted(course_id=course.id, owner_id=course.owner_id, submitted_at=course.updated_at))
    return course


@transaction.atomic
def withdraw_course(
    *, actor: Actor, course_id: UUID, expected_version: int | None = None, now: datetime
) -> Course:
    """Take a course back from its review. Raises as `submit_course` does, but for what it lacks."""
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    _check_in_review(course, actor)
    _become(course, CourseStatus.DRAFT, now=now)
    fill_durations_of(course, now=now)
    return course


@transaction.atomic
def return_course(
    *, actor: Actor, course_id: UUID, note: str, expected_version: int | None = None, now: datetime
) -> Course:
    """Give a submitted course back to its authors, saying why; the owner gets a mail. For administrators: the
    caller has seen to that. Raises as `withdraw_course` does.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    _check_in_review(course, actor)
    course.review_note = note
    _become(course, CourseStatus.DRAFT, now=now)
    fill_durations_of(course, now=now)
    publish(CourseReturned(course_id=course.id, owner_id=course.owner_id, returned_at=course.updated_at))
    mail_return(course)
    return course


@transaction.atomic
def approve_course(
    *, actor: Actor, course_id: UUID, expected_whole: int | None = None, now: datetime
) -> Course:
    """Publish a submitted course; its owner gets a mail. For administrators, as `return_course`, and raises
    as that.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(last_edit_of(course), expected_whole)
    _check_in_review(course, actor)
    publish_now(course, publisher_id=actor.id, by_admin=True, now=now)
    mail_approval(course)
    return course


@transaction.atomic
def publish_course(
    *, actor: Actor, course_id: UUID, expected_whole: int | None = None, now: datetime
) -> Course:
    """Show everyone what the authors wrote: of a course in review by approving it, of one that is
    approved whenever its owner likes, and of a published one as its next version. One that is shown as it was
    written stays as it is.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `IllegalTransitionError`,
    and `CourseIncompleteError` with what it lacks.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(last_edit_of(course), expected_whole)
    by_admin = actor.has_role("admin")
    return publish_now(course, publisher_id=actor.id, by_admin=by_admin, now=now)


def publish_now(course: Course, *, publisher_id: UUID | None, by_admin: bool, now: datetime) -> Course:
    """As `publish_course`, for a course that the caller has locked or just inserted. `by_admin`: without a
    review.
    """
    if course.is_published and not course.has_changes:
        return course
    if not course.is_published:
        _check(course, CourseStatus.PUBLISHED, by_admin=by_admin)
    was_in_review = course.status == CourseStatus.IN_REVIEW
    check_complete(course.facts)
    moment = later_than(course, now)
    publish_edition(course, publisher_id=publisher_id, now=moment)
    course.published_at = course.published_at or moment
    course.approved_at = course.approved_at or moment
    course.has_changes = False
    course.review_note = ""
    _become(course, CourseStatus.PUBLISHED, now=now)
    if was_in_review:  # what became known meanwhile is of the next version
        fill_durations_of(course, now=now)
    return course


@transaction.atomic
def unpublish_course(
    *, actor: Actor, course_id: UUID, expected_version: int | None = None, now: datetime
) -> Course:
    """Take the course out of the lists, or out of the archive; those enrolled keep it. Its owner may publish
    it again, but after a review where an administrator took it out of the lists who does not teach it.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, and
    `IllegalTransitionError` for a draft, and for a course in review: that is withdrawn, or returned with a
    note.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    if course.status == CourseStatus.IN_REVIEW:
        raise _illegal(course, actor, "The course is in review: withdraw it, or return it with a note.")
    _check(course, CourseStatus.DRAFT, by_admin=actor.has_role("admin"))
    return _leave(course, CourseStatus.DRAFT, actor=actor, now=now)


@transaction.atomic
def archive_course(
    *, actor: Actor, course_id: UUID, expected_version: int | None = None, now: datetime
) -> Course:
    """Put away a course that is taught no longer; the enrolled keep it. Its owner may publish it again as
    after `unpublish_course`, and it raises as that.
    """
    course = lock_owned_course(course_id=course_id, actor=actor)
    check_version(course.version, expected_version)
    _check(course, CourseStatus.ARCHIVED, by_admin=actor.has_role("admin"))
    return _leave(course, CourseStatus.ARCHIVED, actor=actor, now=now)


def _leave(course: Course, status: CourseStatus, *, actor: Actor, now: datetime) -> Course:
    was_published = course.is_published
    if was_published and not teaches(actor, course):
        course.approved_at = None  # else its owner would put it back at once
    _become(course, status, now=now)
    if was_published:
        unlist_edition(course, now=course.updated_at)
        publish(
            CourseUnpublished(course_id=course.id, owner_id=course.owner_id, unpublished_at=course.updated_at)
        )
    return course


def _check(course: Course, wanted: CourseStatus, *, by_admin: bool) -> None:
    check_transition(CourseStatus(course.status), wanted, _standing(course, by_admin=by_admin))


def _standing(course: Course, *, by_admin: bool) -> Standing:
    return Standing(
        is_approved=course.approved_at is not None,
        was_published=course.published_at is not None,
        by_admin=by_admin,
    )


def _check_in_review(course: Course, actor: Actor) -> None:
    """Published and archived courses become drafts too; this is about a review alone."""
    if course.status != CourseStatus.IN_REVIEW:
        raise _illegal(course, actor, "The course is not in review.")


def _illegal(course: Course, actor: Actor, detail: str) -> IllegalTransitionError:
    """For moves that another use case makes."""
    standing = _standing(course, by_admin=actor.has_role("admin"))
    allowed = allowed_from(CourseStatus(course.status), standing)
    return IllegalTransitionError(
        detail, extra={"status": course.status, "allowed": sorted(status.value for status in allowed)}
    )


def _become(course: Course, status: CourseStatus, *, now: datetime) -> Course:
    course.status = status.value
    course.updated_at = later_than(course, now)
    course.version += 1
    course.save()
    return course
