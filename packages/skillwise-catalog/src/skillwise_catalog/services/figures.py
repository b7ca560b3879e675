"""What learning tells of a course: how it is rated, and how many take it."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from skillwise_kernel.outbox import publish

from skillwise_catalog.errors import CourseNotFoundError
from skillwise_catalog.events import CourseFiguresChanged
from skillwise_catalog.models import Edition

__all__ = ["set_also_bought", "set_enrollment_count", "set_rating"]


@transaction.atomic
def set_rating(*, course_id: UUID, average: Decimal | None, count: int) -> None:
    """`average` is from 1 to 5, kept to two decimals; None when nobody has rated. Raises
    `CourseNotFoundError`.
    """
    _set(
        course_id, rating_average=round(average, 2) if average is not None else Decimal(0), rating_count=count
    )


@transaction.atomic
def set_enrollment_count(*, course_id: UUID, count: int) -> None:
    """Raises `CourseNotFoundError`."""
    _set(course_id, enrollment_count=count)


def set_also_bought(*, course_id: UUID, course_ids: Sequence[UUID]) -> None:
    """`course_ids` are what buyers of the course bought too, the most bought first. A course that never was
    published shows none.
    """
    also_bought = list(course_ids)
    Edition.objects.filter(course_id=course_id).exclude(also_bought=also_bought).update(
        also_bought=also_bought
    )


def _set(course_id: UUID, **figures: Decimal | int) -> None:
    """Write the figures, and tell of them where they are not what they were."""
    unchanged = Q(**figures)
    if not Edition.objects.filter(~unchanged, course_id=course_id).update(**figures):
        if not Edition.objects.filter(course_id=course_id).exists():
            raise CourseNotFoundError
        return
    publish(CourseFiguresChanged(course_id=course_id))
