"""Telling workers that there is something to deliver. Losing what is told costs time, never an event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import dramatiq
import structlog

from skillwise_kernel.broker import BrokerUnavailableError
from skillwise_kernel.outbox.settings import outbox_settings

__all__ = ["DELIVER_ACTOR", "QUEUE", "announce", "announced_until"]

QUEUE = "outbox"
DELIVER_ACTOR = "outbox.deliver"

log = structlog.get_logger(__name__)


def announced_until(at: datetime) -> datetime:
    """Until when the sweep trusts that a message sent at `at` is under way."""
    return at + timedelta(seconds=outbox_settings().ANNOUNCEMENT_SECONDS)


def announce(delivery_ids: Sequence[UUID]) -> None:
    """Send workers one message per delivery. A broker that is down is logged; the sweep makes up for it."""
    broker = dramatiq.get_broker()
    for delivery_id in delivery_ids:
        try:
            broker.enqueue(
                dramatiq.Message(
                    queue_name=QUEUE,
                    actor_name=DELIVER_ACTOR,
                    args=(str(delivery_id),),
                    kwargs={},
                    options={},
                )
            )
        except BrokerUnavailableError as error:
            log.warning("outbox.not_announced", deliveries=len(delivery_ids), reason=str(error))
            return
