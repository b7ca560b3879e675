"""What is read of people and of the mails they get."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from skillwise_kernel.actor import Actor
from skillwise_kernel.postgresql.prepared import prepared_cursor

from skillwise_identity.dto import Role, UserSummary
from skillwise_identity.errors import AccountSuspendedError, SessionInvalidError, UserNotFoundError
from skillwise_identity.models import Notification, User

__all__ = [
    "UserStatus",
    "due_notification_ids",
    "find_actor",
    "find_user_id",
    "get_user",
    "list_users",
    "summarise_users",
]

#: Asked with every signed-in request: Django takes twice as long to put such a query together as to ask it.
_BEARER: Final = f"""
    SELECT roles, email_verified_at, suspended_at, session_generation FROM {User._meta.db_table} WHERE id = %s
"""  # noqa: S608 - our own table's name; the id goes as a parameter

UserStatus = Literal["active", "unverified", "suspended"]


def find_actor(*, user_id: UUID, generation: int) -> Actor:
    """Who carries an access token of this session generation. One query.

    Raises `AccountSuspendedError`, and `SessionInvalidError` when the user is gone or ended every session
    since.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_BEARER, [user_id])
        row = cursor.fetchone()
    if row is None:
        raise SessionInvalidError
    roles, email_verified_at, suspended_at, current_generation = row
    if suspended_at is not None:
        raise AccountSuspendedError
    if generation != current_generation:
        raise SessionInvalidError
    return Actor(id=user_id, roles=frozenset(roles), is_verified=email_verified_at is not None)


def find_user_id(*, email: str) -> UUID | None:
    return User.objects.with_email(email).values_list("id", flat=True).first()


def get_user(*, user_id: UUID) -> User:
    """Raises `UserNotFoundError`."""
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise UserNotFoundError
    return user


def list_users(
    *, search: str = "", role: str | None = None, status: UserStatus | None = None
) -> QuerySet[User]:
    """Users whose name or address contains `search`, who hold `role`, and are in `status`.

    `active` are verified and not suspended; `unverified` are not suspended either.
    """
    users = User.objects.all()
    if search:
        users = users.filter(searchable__contains=Lower(Value(search)))
    if role is not None:
        users = users.filter(roles__contains=[role])
    match status:
        case "active":
            users = users.filter(suspended_at__isnull=True, email_verified_at__isnull=False)
        case "unverified":
            users = users.filter(suspended_at__isnull=True, email_verified_at__isnull=True)
        case "suspended":
            users = users.filter(suspended_at__isnull=False)
    return users


def summarise_users(*, ids: Collection[UUID]) -> dict[UUID, UserSummary]:
    """The people with these ids; unknown ids are left out. One query."""
    rows = User.objects.filter(id__in=set(ids)).values_list(
        "id", "full_name", "roles", "email_verified_at", "suspended_at"
    )
    return {
        user_id: UserSummary(
            id=user_id,
            display_name=full_name,
            roles=frozenset(map(Role, roles)),
            is_verified=verified_at is not None,
            is_suspended=suspended_at is not None,
        )
        for user_id, full_name, roles, verified_at, suspended_at in rows
    }


def due_notification_ids(*, now: datetime, limit: int) -> list[UUID]:
    """Mails to try now, the longest waiting first."""
    due = Notification.objects.filter(status=Notification.Status.PENDING, due_at__lte=now)
    return list(due.order_by("due_at", "id").values_list("id", flat=True)[:limit])
