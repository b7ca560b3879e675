"""Commerce's door for other contexts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from skillwise_commerce import selectors
from skillwise_commerce.services import entitlements

__all__ = ["get_entitled_course_ids", "grant_free_courses"]


def get_entitled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that this person may take because they paid for them, or took them while they
    were free. One query, whatever the number.

    A free course that they have not taken is not among them: nobody needs to be entitled to it.
    """
    return selectors.entitled_course_ids(user_id=user_id, course_ids=course_ids)


def grant_free_courses(*, user_id: UUID, course_ids: Collection[UUID], now: datetime) -> None:
    """Keep that this person took these courses, at `now`, while they were free, in the caller's transaction:
    whatever they cost later, this person is refused as their buyer (`commerce.already_owned`).

    One query, whatever the number; a course that the person is entitled to already stays as it is. Neither
    permission nor price is checked: the caller knows that the courses are free for this person.
    """
    entitlements.grant_free_courses(user_id=user_id, course_ids=course_ids, now=now)
