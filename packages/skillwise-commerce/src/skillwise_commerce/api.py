"""Commerce's door for other contexts."""

from collections.abc import Collection
from uuid import UUID

from skillwise_commerce import selectors

__all__ = ["get_entitled_course_ids"]


def get_entitled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that this person may take because they paid for them. One query, whatever the
    number.

    Free courses are not among them: nobody needs to be entitled to these.
    """
    return selectors.entitled_course_ids(user_id=user_id, course_ids=course_ids)
