"""Facts that identity publishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from skillwise_kernel.events import DomainEvent

__all__ = [
    "EmailVerified",
    "MailTokenRequested",
    "RolesChanged",
    "UserRegistered",
    "UserReinstated",
    "UserRenamed",
    "UserSuspended",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(DomainEvent):
    name: ClassVar[str] = "skillwise.identity.user.registered.v1"
    user_id: UUID
    roles: tuple[str, ...]
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified(DomainEvent):
    name: ClassVar[str] = "skillwise.identity.email.verified.v1"
    user_id: UUID
    verified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(DomainEvent):
    """`roles` are the roles the user has now."""

    name: ClassVar[str] = "skillwise.identity.roles.changed.v1"
    user_id: UUID
    roles: tuple[str, ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRenamed(DomainEvent):
    """A user is called something else now: `api.get_users` says what."""

    name: ClassVar[str] = "skillwise.identity.user.renamed.v1"
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSuspended(DomainEvent):
    name: ClassVar[str] = "skillwise.identity.user.suspended.v1"
    user_id: UUID
    suspended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserReinstated(DomainEvent):
    name: ClassVar[str] = "skillwise.identity.user.reinstated.v1"
    user_id: UUID
    reinstated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTokenRequested(DomainEvent):
    """Somebody asked for a mail that proves an address.

    For identity alone: the address stands in the request's row.
    """

    name: ClassVar[str] = "skillwise.identity.mail_token.requested.v1"
    request_id: UUID
