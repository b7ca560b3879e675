"""Writing down who may take a course without having paid for it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from skillwise_commerce.models import Entitlement

__all__ = ["grant_free_courses"]


def grant_free_courses(*, user_id: UUID, course_ids: Collection[UUID], now: datetime) -> None:
    """Entitle a person to courses that cost them nothing. One query; what they own already stays as it is.

    Courses go in by their ids, as in a settlement: two of one person never wait for each other in a circle.
    """
    Entitlement.objects.bulk_create(
        [
            Entitlement(user_id=user_id, course_id=course_id, granted_at=now)
            for course_id in sorted(course_ids)
        ],
        ignore_conflicts=True,
    )
