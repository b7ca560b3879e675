"""What crosses identity's door."""

import enum
from dataclasses import dataclass
from uuid import UUID

__all__ = ["Role", "UserSummary"]


class Role(enum.StrEnum):
    """What a person may be. Several may be held at once."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSummary:
    """A person as others see them: never an e-mail address."""

    id: UUID
    display_name: str
    roles: frozenset[Role]
    is_verified: bool
    is_suspended: bool
