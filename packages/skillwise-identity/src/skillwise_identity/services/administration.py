"""What administrators do to accounts. Each act is recorded, and one active administrator always remains."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.outbox import publish

from skillwise_identity.domain.people import clean_roles
from skillwise_identity.dto import Role
from skillwise_identity.errors import CannotSuspendSelfError, LastAdminError, UserNotFoundError
from skillwise_identity.events import RolesChanged, UserReinstated, UserSuspended
from skillwise_identity.models import AccountAction, User
from skillwise_identity.services.bearers import forget_bearers
from skillwise_identity.services.notifications import notify

__all__ = ["change_roles", "reinstate", "suspend"]


def change_roles(
    *,
    actor_id: UUID,
    user_id: UUID,
    roles: Collection[str],
    now: datetime,
    expected_version: int | None = None,
) -> User:
    """Give the user exactly these roles, from their next request on. Checks no permission.

    Raises `InvalidRolesError`, `UserNotFoundError`, `LastAdminError`, `PreconditionFailedError`.
    """
    wanted = clean_roles(roles)
    with transaction.atomic():
        user, admin_ids = _lock(user_id)
        _expect(user, expected_version)
        if user.roles == wanted:
            return user
        if Role.ADMIN not in wanted:
            _keep_an_admin(admin_ids, without=user)
        before, user.roles = user.roles, wanted
        _save(user, "roles")
        _record(user, actor_id, AccountAction.Kind.ROLES_CHANGED, {"before": before, "after": wanted}, now)
        publish(RolesChanged(user_id=user.id, roles=tuple(wanted), changed_at=now))
        return user


def suspend(*, actor_id: UUID, user_id: UUID, reason: str, now: datetime) -> User:
    """Shut the user out at once: every token they hold is refused from now on. Suspending again changes
    nothing. Checks no permission.

    Raises `UserNotFoundError`, `CannotSuspendSelfError`, `LastAdminError`.
    """
    if actor_id == user_id:
        raise CannotSuspendSelfError
    with transaction.atomic():
        user, admin_ids = _lock(user_id)
        if user.is_suspended:
            return user
        _keep_an_admin(admin_ids, without=user)
        user.suspended_at = now
        user.suspension_reason = reason
        user.session_generation += 1
        _save(user, "suspended_at", "suspension_reason", "session_generation")
        action = _record(user, actor_id, AccountAction.Kind.SUSPENDED, {"reason": reason}, now)
        publish(UserSuspended(user_id=user.id, suspended_at=now))
        _tell(user, "account_suspended", {"reason": reason}, action)
        return user


def reinstate(*, actor_id: UUID, user_id: UUID, now: datetime) -> User:
    """Let a suspended user in again; they log in anew.

    Does nothing to one who is not suspended. Raises `UserNotFoundError`. Checks no permission.
    """
    with transaction.atomic():
        user, _ = _lock(user_id)
        if not user.is_suspended:
            return user
        user.suspended_at = None
        user.suspension_reason = ""
        _save(user, "suspended_at", "suspension_reason")
        action = _record(user, actor_id, AccountAction.Kind.REINSTATED, {}, now)
        publish(UserReinstated(user_id=user.id, reinstated_at=now))
        _tell(user, "account_reinstated", {}, action)
        return user


def _lock(user_id: UUID) -> tuple[User, set[UUID]]:
    """The user, and the ids of all active administrators, locked until the transaction ends.

    The administrators come first and in order, so that two of them who demote each other take turns, and
    cannot deadlock.
    """
    active_admins = User.objects.filter(roles__contains=[Role.ADMIN.value], suspended_at__isnull=True)
    admin_ids = set(active_admins.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
    user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
    if user is None:
        raise UserNotFoundError
    return user, admin_ids


def _keep_an_admin(admin_ids: set[UUID], *, without: User) -> None:
    if admin_ids == {without.id}:
        raise LastAdminError


def _expect(user: User, version: int | None) -> None:
    if version is not None and user.version != version:
        raise PreconditionFailedError


def _save(user: User, *fields: str) -> None:
    user.version += 1
    user.save(update_fields=[*fields, "version"])
    forget_bearers()


def _record(
    user: User, actor_id: UUID, kind: AccountAction.Kind, detail: dict[str, Any], now: datetime
) -> AccountAction:
    return AccountAction.objects.create(user=user, actor_id=actor_id, kind=kind, detail=detail, at=now)


def _tell(user: User, mail: str, context: dict[str, Any], action: AccountAction) -> None:
    notify(
        user_id=user.id,
        template=f"skillwise_identity/mail/{mail}",
        context=context,
        dedupe_key=f"identity.{mail}:{action.id}",
        now=action.at,
    )
