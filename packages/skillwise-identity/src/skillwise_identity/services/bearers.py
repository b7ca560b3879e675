"""Whom access tokens admit: each process keeps it until it changes for anybody."""

from typing import Final
from uuid import UUID

from django.db import connection, transaction
from skillwise_kernel.actor import Actor
from skillwise_kernel.response_cache import ResponseCache

from skillwise_identity import selectors

__all__ = ["BEARERS", "find_bearer", "forget_bearers"]

BEARERS: Final = ResponseCache("skillwise_identity.bearers")


def find_bearer(*, user_id: UUID, generation: int) -> Actor:
    """As `selectors.find_actor`, which is asked within a transaction, where something may have been written
    that nobody else sees yet, and otherwise once a minute in each process and after `forget_bearers`. What is
    refused is asked each time. One query at most.
    """
    if connection.in_atomic_block:
        return selectors.find_actor(user_id=user_id, generation=generation)
    return BEARERS.value(
        (user_id, generation), lambda: selectors.find_actor(user_id=user_id, generation=generation)
    )


def forget_bearers() -> None:
    """Have all processes ask anew from the commit on: for whoever writes what `find_actor` reads. Should
    Valkey not answer at that moment, a process that it does answer goes on for a minute at most.
    """
    transaction.on_commit(BEARERS.invalidate, robust=True)
