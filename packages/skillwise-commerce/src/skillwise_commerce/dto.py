"""What crosses commerce's door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

__all__ = ["EntitlementSummary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementSummary:
    """That a person has a course, since when, and the order that it came by: bought, free, or as a gift.

    While `suspended_at` is set (a dispute), the course is theirs and may not be taken. `seen_percent` is the
    most of it that they have seen, as learning told.
    """

    user_id: UUID
    course_id: UUID
    order_id: UUID
    since: datetime
    suspended_at: datetime | None
    seen_percent: int

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None
