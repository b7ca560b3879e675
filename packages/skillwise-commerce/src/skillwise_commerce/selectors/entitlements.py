"""Who may take which courses."""

from collections.abc import Collection
from uuid import UUID

from skillwise_commerce.models import Entitlement

__all__ = ["entitled_course_ids", "owned_course_ids"]


def entitled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that the person may take now. One query."""
    owned = Entitlement.objects.filter(
        user_id=user_id, course_id__in=course_ids, ended_at=None, suspended_at=None
    )
    return frozenset(owned.values_list("course_id", flat=True))


def owned_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that the person has, and is not to buy again, a dispute about them or not. One
    query.
    """
    owned = Entitlement.objects.filter(user_id=user_id, course_id__in=course_ids, ended_at=None)
    return frozenset(owned.values_list("course_id", flat=True))
