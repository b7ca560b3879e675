"""Commerce's door for other contexts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from skillwise_commerce.dto import EntitlementSummary
from skillwise_commerce.selectors.entitlements import entitled_course_ids, summarise_entitlements
from skillwise_commerce.services import entitlements, free_orders

__all__ = [
    "EntitlementSummary",
    "get_entitled_course_ids",
    "get_entitlements",
    "set_course_seen",
    "take_free_course",
]


def get_entitled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that this person may take now: bought, taken while they were free, or claimed as
    a gift, and neither ended by a refund nor suspended by a dispute. One query, whatever the number.

    A free course that they have not taken is not among them: nobody needs to be entitled to it.
    """
    return entitled_course_ids(user_id=user_id, course_ids=course_ids)


def get_entitlements(
    *, user_ids: Collection[UUID], course_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], EntitlementSummary]:
    """Which of these people have which of these courses, by person and course: suspended ones among them,
    ended ones not. One query, however many of either.
    """
    return summarise_entitlements(user_ids=user_ids, course_ids=course_ids)


def set_course_seen(*, user_id: UUID, course_id: UUID, percent: int) -> None:
    """Hand in how much of a course that they have a person has seen, 0 to 100. Until how much of it their
    money is given back without asking anybody is decided by the most that was ever handed in: less, the same
    again, and a course that the person does not have change nothing.
    """
    entitlements.set_course_seen(user_id=user_id, course_id=course_id, percent=percent)


def take_free_course(*, user_id: UUID, course_id: UUID, now: datetime) -> UUID | None:
    """Write, in the caller's transaction, the order by which this person takes a free course at `now`, so
    that no later price is asked of them. Answers the order's id; None when they have the course already.

    Whether the person's address is verified is not checked. Raises `CourseNotFoundError`,
    `CourseNotForSaleError`, `OwnCourseError`, `CourseNotFreeError`.
    """
    return free_orders.take_free_course(user_id=user_id, course_id=course_id, now=now)
