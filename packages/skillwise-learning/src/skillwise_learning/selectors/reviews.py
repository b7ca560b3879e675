"""What people say of courses."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from skillwise_catalog import api as catalog
from skillwise_identity import api as identity
from skillwise_kernel.actor import Actor

from skillwise_learning.dto import SignedReview
from skillwise_learning.errors import CourseNotFoundError, ReviewNotFoundError
from skillwise_learning.models import Review

__all__ = ["get_review", "rating_totals", "reviews_of_course", "signed"]


def reviews_of_course(*, course_id: UUID) -> QuerySet[Review]:
    """The reviews of a published course, the newest first. Raises `CourseNotFoundError` for any other."""
    if not _is_published(course_id):
        raise CourseNotFoundError
    return Review.objects.filter(course_id=course_id).order_by("-created_at", "-id")


def get_review(*, review_id: UUID, actor: Actor | None) -> Review:
    """A review that `actor` may read: any of a published course, their own, and all for an administrator.

    Raises `ReviewNotFoundError` for any other.
    """
    review = Review.objects.filter(id=review_id).first()
    if review is None or not (_may_always_read(actor, review) or _is_published(review.course_id)):
        raise ReviewNotFoundError
    return review


def signed(reviews: Iterable[Review]) -> list[SignedReview]:
    """The reviews with their authors' names, in their order; one query for all names."""
    reviews = list(reviews)
    authors = identity.get_users(ids={review.user_id for review in reviews})
    return [
        SignedReview(
            id=review.id,
            course_id=review.course_id,
            author_id=review.user_id,
            author_name=authors[review.user_id].display_name if review.user_id in authors else "",
            rating=review.rating,
            text=review.text,
            created_at=review.created_at,
            updated_at=review.updated_at,
        )
        for review in reviews
    ]


def rating_totals(*, course_id: UUID) -> tuple[int, int]:
    """The sum of a course's ratings, and how many there are."""
    totals = Review.objects.filter(course_id=course_id).aggregate(total=Sum("rating"), count=Count("id"))
    return totals["total"] or 0, totals["count"]


def _may_always_read(actor: Actor | None, review: Review) -> bool:
    return actor is not None and (actor.id == review.user_id or actor.has_role("admin"))


def _is_published(course_id: UUID) -> bool:
    course = catalog.get_courses(ids=[course_id]).get(course_id)
    return course is not None and course.is_published
