"""Who is acting: what every context knows of the person behind a request, and no more."""

from dataclasses import dataclass
from uuid import UUID

__all__ = ["Actor"]


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated, unsuspended person. It is what `request.user` is on an authenticated request."""

    id: UUID
    roles: frozenset[str]
    is_verified: bool

    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> UUID:
        """For Django and DRF code that asks a user for its primary key, throttles among them."""
        return self.id

    def has_role(self, role: str) -> bool:
        return role in self.roles
