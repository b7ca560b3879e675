"""Writing, changing and removing reviews."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from skillwise_catalog import api as catalog
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.outbox import publish

from skillwise_learning.errors import (
    AlreadyReviewedError,
    CourseNotFoundError,
    NotEnrolledError,
    NotReviewAuthorError,
    ReviewNotFoundError,
)
from skillwise_learning.events import ReviewChanged, ReviewPosted, ReviewRemoved
from skillwise_learning.models import Enrollment, Review
from skillwise_learning.selectors.enrollments import check_access

__all__ = ["change_review", "post_review", "remove_review"]


@transaction.atomic
def post_review(*, user_id: UUID, course_id: UUID, rating: int, text: str, now: datetime) -> Review:
    """Publish an enrolled person's one review of a course. `rating` is 1 to 5.

    Raises `AlreadyReviewedError` the second time, `NotEnrolledError` for a published course that they are not
    enrolled in, `CourseNotFoundError` for any other; `AccessEndedError`, `AccessSuspendedError` when they may
    not take it now.
    """
    enrollment = Enrollment.objects.filter(user_id=user_id, course_id=course_id).first()
    if enrollment is None:
        course = catalog.get_courses(ids=[course_id]).get(course_id)
        raise NotEnrolledError if course and course.is_published else CourseNotFoundError
    check_access(enrollment)
    review, created = Review.objects.get_or_create(
        user_id=user_id,
        course_id=course_id,
        defaults={"rating": rating, "text": text, "created_at": now, "updated_at": now},
    )
    if not created:
        raise AlreadyReviewedError(extra={"review_id": str(review.id)})
    publish(
        ReviewPosted(review_id=review.id, user_id=user_id, course_id=course_id, rating=rating, posted_at=now)
    )
    return review


@transaction.atomic
def change_review(
    *,
    actor: Actor,
    review_id: UUID,
    rating: int | None = None,
    text: str | None = None,
    expected_version: int | None = None,
    now: datetime,
) -> Review:
    """Let the author change what they said; what is None stays, and a change to the same changes nothing.

    Raises `ReviewNotFoundError`, `NotReviewAuthorError`, `AccessEndedError`, `AccessSuspendedError`, and
    `PreconditionFailedError` for a stale version.
    """
    review = _locked_review(review_id)
    if review.user_id != actor.id:
        raise NotReviewAuthorError
    for enrollment in Enrollment.objects.filter(user_id=review.user_id, course_id=review.course_id):
        check_access(enrollment)
    _check_version(review, expected_version)
    wanted = (review.rating if rating is None else rating, review.text if text is None else text)
    if wanted == (review.rating, review.text):
        return review
    review.rating, review.text = wanted
    review.version += 1
    review.updated_at = _later_than(review, now)
    review.save()
    publish(
        ReviewChanged(
            review_id=review.id,
            user_id=review.user_id,
            course_id=review.course_id,
            rating=review.rating,
            changed_at=review.updated_at,
        )
    )
    return review


@transaction.atomic
def remove_review(
    *, actor: Actor, review_id: UUID, expected_version: int | None = None, now: datetime
) -> None:
    """Take a review away for good, for its author or an administrator. The author may then write another.

    Raises `ReviewNotFoundError`, `NotReviewAuthorError`, and `PreconditionFailedError` for a stale version.
    """
    review = _locked_review(review_id)
    if review.user_id != actor.id and not actor.has_role("admin"):
        raise NotReviewAuthorError
    _check_version(review, expected_version)
    publish(
        ReviewRemoved(
            review_id=review.id,
            user_id=review.user_id,
            course_id=review.course_id,
            removed_at=_later_than(review, now),
        )
    )
    review.delete()


def _locked_review(review_id: UUID) -> Review:
    review = Review.objects.select_for_update().filter(id=review_id).first()
    if review is None:
        raise ReviewNotFoundError
    return review


def _check_version(review: Review, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != review.version:
        raise PreconditionFailedError


def _later_than(review: Review, now: datetime) -> datetime:
    """Now, but in any case after the last change: subscribers go by the time, and servers' clocks differ."""
    return max(now, review.updated_at + timedelta(microseconds=1))
