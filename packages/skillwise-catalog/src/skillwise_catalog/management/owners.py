"""Whose the courses are that a command imports."""

import secrets
from uuid import UUID

from django.core.management.base import CommandError
from skillwise_identity import api as identity
from skillwise_kernel.clock import now

__all__ = ["HOUSE_NAME", "house", "owner_named"]

#: Who owns what nobody is named for. Nobody can log in as it, and no mail reaches it.
HOUSE_EMAIL = "catalogue@skillwise.invalid"
HOUSE_NAME = "SkillWise Catalogue"


def owner_named(name: str) -> UUID:
    """The instructor of this address or id. Raises `CommandError`."""
    try:
        owner_id: UUID | None = UUID(name)
    except ValueError:
        owner_id = identity.find_user_id(email=name)
    owner = identity.get_users(ids=[owner_id]).get(owner_id) if owner_id else None
    if owner is None or identity.Role.INSTRUCTOR not in owner.roles:
        raise CommandError(f"There is no instructor {name}.")
    return owner.id


def house() -> UUID:
    """The account that owns what nobody is named for, made where it is not there yet."""
    return identity.ensure_user(
        email=HOUSE_EMAIL,
        password=secrets.token_urlsafe(32),
        full_name=HOUSE_NAME,
        roles=[identity.Role.INSTRUCTOR],
        now=now(),
    )
