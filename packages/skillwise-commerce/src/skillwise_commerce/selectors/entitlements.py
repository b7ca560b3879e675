"""Who may take which courses."""

from collections.abc import Collection
from uuid import UUID

from skillwise_commerce.dto import EntitlementSummary
from skillwise_commerce.models import Entitlement

__all__ = ["entitled_course_ids", "owned_course_ids", "summarise_entitlements"]


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


def summarise_entitlements(
    *, user_ids: Collection[UUID], course_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], EntitlementSummary]:
    """What each of these people has of these courses, by person and course. One query."""
    rows = Entitlement.objects.filter(
        user_id__in=user_ids, course_id__in=course_ids, ended_at=None
    ).values_list("user_id", "course_id", "line__order_id", "granted_at", "suspended_at", "seen_percent")
    return {
        (user_id, course_id): EntitlementSummary(
            user_id=user_id,
            course_id=course_id,
            order_id=order_id,
            since=since,
            suspended_at=suspended_at,
            seen_percent=seen_percent,
        )
        for user_id, course_id, order_id, since, suspended_at, seen_percent in rows
    }
