"""What users change of themselves."""

from uuid import UUID

from django.db import transaction
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.outbox import publish

from skillwise_identity.domain.people import clean_name
from skillwise_identity.errors import UserNotFoundError
from skillwise_identity.events import UserRenamed
from skillwise_identity.models import User

__all__ = ["change_profile"]


def change_profile(
    *, user_id: UUID, full_name: str | None = None, expected_version: int | None = None
) -> User:
    """The user with what is given changed.

    Raises `InvalidNameError`, `UserNotFoundError`, and `PreconditionFailedError` when the user's version is
    another.
    """
    name = None if full_name is None else clean_name(full_name)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
        if user is None:
            raise UserNotFoundError
        if expected_version is not None and user.version != expected_version:
            raise PreconditionFailedError
        if name is not None and user.full_name != name:
            user.full_name = name
            user.version += 1
            user.save(update_fields=["full_name", "version"])
            publish(UserRenamed(user_id=user.id))
        return user
