"""Telling workers that there is something to deliver. Losing what is told costs time, never an event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from skillwise_kernel.broker import wake_worker
from skillwise_kernel.outbox.settings import outbox_settings

__all__ = ["DELIVER_ACTOR", "QUEUE", "announce", "announced_until", "outstanding"]

QUEUE = "outbox"
DELIVER_ACTOR = "outbox.deliver"


def announced_until(at: datetime) -> datetime:
    """Until when the sweep trusts that a message sent at `at` is under way."""
    return at + timedelta(seconds=outbox_settings().ANNOUNCEMENT_SECONDS)


def announce(delivery_ids: Sequence[UUID]) -> None:
    """Send workers one message per delivery, as long as the broker takes them. The sweep makes up for the
    rest.
    """
    for delivery_id in delivery_ids:
        if not wake_worker(DELIVER_ACTOR, str(delivery_id), queue=QUEUE):
            return


def outstanding() -> int:
    """How many messages workers are not done with yet."""
    broker = cast("RedisBroker", dramatiq.get_broker())
    return int(broker.do_qsize(QUEUE))
