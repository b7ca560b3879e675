"""Telling catalog what its lists show of learning's rows."""

from uuid import UUID

from django.db import connection, transaction
from skillwise_catalog import api as catalog

from skillwise_learning.domain.reviews import average_rating
from skillwise_learning.models import Enrollment
from skillwise_learning.selectors.reviews import rating_totals

__all__ = ["refresh_course_rating", "refresh_enrollment_count"]


@transaction.atomic
def refresh_course_rating(*, course_id: UUID) -> None:
    """Hand catalog the course's rating as its reviews have it now."""
    _take_turns("rating", course_id)
    total, count = rating_totals(course_id=course_id)
    catalog.set_course_rating(course_id=course_id, average=average_rating(total, count), count=count)


@transaction.atomic
def refresh_enrollment_count(*, course_id: UUID) -> None:
    """Hand catalog the number of people enrolled in the course now, those whose access ended left out."""
    _take_turns("enrollments", course_id)
    count = Enrollment.objects.filter(course_id=course_id, access_ended_at=None).count()
    catalog.set_enrollment_count(course_id=course_id, count=count)


def _take_turns(tally: str, course_id: UUID) -> None:
    """Wait for whoever counts the same thing, until the transaction ends.

    Who counts next then counts what the one before saw and more: no older count is written over a newer one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"skillwise_learning.{tally}:{course_id}"],
        )
