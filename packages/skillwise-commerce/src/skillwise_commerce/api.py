"""Commerce's door for other contexts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from skillwise_commerce.selectors.entitlements import entitled_course_ids
from skillwise_commerce.services import free_orders

__all__ = ["get_entitled_course_ids", "take_free_course"]


def get_entitled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that this person may take now: bought, taken while they were free, or claimed as
    a gift, and neither ended by a refund nor suspended by a dispute. One query, whatever the number.

    A free course that they have not taken is not among them: nobody needs to be entitled to it.
    """
    return entitled_course_ids(user_id=user_id, course_ids=course_ids)


def take_free_course(*, user_id: UUID, course_id: UUID, now: datetime) -> UUID | None:
    """Write, in the caller's transaction, the order by which this person takes a free course at `now`, so
    that no later price is asked of them. Answers the order's id; None when they have the course already.

    Whether the person's address is verified is not checked. Raises `CourseNotFoundError`,
    `CourseNotForSaleError`, `OwnCourseError`, `CourseNotFreeError`.
    """
    return free_orders.take_free_course(user_id=user_id, course_id=course_id, now=now)
