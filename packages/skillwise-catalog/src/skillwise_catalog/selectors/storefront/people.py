"""What people are called. Names are identity's."""

from collections.abc import Collection
from uuid import UUID

from skillwise_identity import api as identity

from skillwise_catalog.models import Course, Edition

__all__ = ["display_names", "names_of"]


def display_names(courses: Collection[Course | Edition]) -> dict[UUID, str]:
    """What the owners of these courses are called. One query, however many."""
    return names_of({course.owner_id for course in courses})


def names_of(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these people are called. One query, however many."""
    users = identity.get_users(ids=user_ids)
    return {user.id: user.display_name for user in users.values()}
