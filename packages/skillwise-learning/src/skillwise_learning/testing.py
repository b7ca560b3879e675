"""For the tests of learning, and of the packages above it: people who learn."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from skillwise_kernel import clock

from skillwise_learning.services.enrollments import admit
from skillwise_learning.services.progress import record_progress
from skillwise_learning.services.reviews import post_review

__all__ = ["complete_lessons", "make_enrollment", "make_review"]


def make_enrollment(
    *, user_id: UUID, course_id: UUID, order_id: UUID | None = None, now: datetime | None = None
) -> UUID:
    """The id of this person's enrolment in this course, whether or not it was paid for."""
    enrollment, _ = admit(user_id=user_id, course_id=course_id, order_id=order_id, now=now or clock.now())
    return enrollment.id


def complete_lessons(*, user_id: UUID, lesson_ids: Iterable[UUID], now: datetime | None = None) -> None:
    """Complete these lessons of a course that the person is enrolled in, one after the other."""
    for lesson_id in lesson_ids:
        record_progress(
            user_id=user_id,
            lesson_id=lesson_id,
            completed=True,
            position=None,
            occurred_at=None,
            now=now or clock.now(),
        )


def make_review(
    *, user_id: UUID, course_id: UUID, rating: int = 5, text: str = "", now: datetime | None = None
) -> UUID:
    """The id of a review by somebody enrolled."""
    return post_review(
        user_id=user_id, course_id=course_id, rating=rating, text=text, now=now or clock.now()
    ).id
