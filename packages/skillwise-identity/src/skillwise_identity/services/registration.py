"""Becoming a user."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from skillwise_kernel.outbox import publish

from skillwise_identity.domain.people import clean_name, clean_roles, normalise_email
from skillwise_identity.dto import Role
from skillwise_identity.errors import EmailTakenError, InvalidRolesError
from skillwise_identity.events import EmailVerified, UserRegistered
from skillwise_identity.models import UNIQUE_EMAIL, MailToken, User
from skillwise_identity.services.mail_requests import mail_token_to
from skillwise_identity.services.passwords import check_strength

__all__ = ["SELF_ASSIGNED_ROLES", "create_admin", "ensure_user", "register"]

SELF_ASSIGNED_ROLES = frozenset({Role.STUDENT, Role.INSTRUCTOR})
"""What one may register as. Administrators are made by administrators."""


def register(*, email: str, password: str, full_name: str, role: Role, now: datetime) -> User:
    """A new account, its address unverified, and a mail on its way that proves it.

    Raises `EmailTakenError`, `WeakPasswordError`, `InvalidNameError`, and `InvalidRolesError` for a role that
    nobody gives themselves.
    """
    if role not in SELF_ASSIGNED_ROLES:
        raise InvalidRolesError("One registers as a student or as an instructor.")
    user = _new_user(email=email, full_name=full_name, roles=[role], now=now)
    check_strength(password, user=user)
    user.set_password(password)
    with transaction.atomic():
        _insert(user)
        publish(UserRegistered(user_id=user.id, roles=tuple(user.roles), registered_at=now))
        mail_token_to(user, purpose=MailToken.Purpose.VERIFY_EMAIL, now=now)
    return user


def create_admin(*, email: str, password: str, full_name: str, now: datetime) -> User:
    """A new, verified administrator: how the first one comes to be. Raises as `register` does."""
    user = _new_user(email=email, full_name=full_name, roles=[Role.ADMIN], now=now)
    check_strength(password, user=user)
    user.set_password(password)
    _insert_verified(user, now=now)
    return user


def ensure_user(*, email: str, password: str, full_name: str, roles: Collection[Role], now: datetime) -> UUID:
    """The id of the account with this address, which is created, verified, when there is none.

    An existing one is left as it is. The password may be weak: a demonstration's is for everyone to know.
    """
    existing = User.objects.with_email(normalise_email(email)).first()
    if existing is not None:
        return existing.id
    user = _new_user(email=email, full_name=full_name, roles=roles, now=now)
    user.set_password(password)
    try:
        _insert_verified(user, now=now)
    except EmailTakenError:
        return User.objects.with_email(user.email).get().id
    return user.id


def _new_user(*, email: str, full_name: str, roles: Collection[Role], now: datetime) -> User:
    return User(
        email=normalise_email(email),
        full_name=clean_name(full_name),
        roles=clean_roles(roles),
        created_at=now,
    )


def _insert_verified(user: User, *, now: datetime) -> None:
    with transaction.atomic():
        user.email_verified_at = now
        _insert(user)
        publish(UserRegistered(user_id=user.id, roles=tuple(user.roles), registered_at=now))
        publish(EmailVerified(user_id=user.id, verified_at=now))


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if UNIQUE_EMAIL in str(error):
            raise EmailTakenError from error
        raise
