"""The kernel's Dramatiq actors. Neither retries: the outbox's own record says what is to be done again."""

from uuid import UUID

import dramatiq
from dramatiq_crontab import interval

from skillwise_kernel.outbox.announcing import DELIVER_ACTOR, QUEUE
from skillwise_kernel.outbox.delivery import deliver
from skillwise_kernel.outbox.settings import outbox_settings
from skillwise_kernel.outbox.sweeping import sweep

__all__ = ["deliver_event", "sweep_outbox"]

_SWEEP_EVERY = outbox_settings().SWEEP_INTERVAL_SECONDS


@dramatiq.actor(actor_name=DELIVER_ACTOR, queue_name=QUEUE, max_retries=0)
def deliver_event(delivery_id: str) -> None:
    """Make one attempt at one delivery."""
    deliver(UUID(delivery_id))


@interval(seconds=_SWEEP_EVERY)
@dramatiq.actor(actor_name="outbox.sweep", queue_name=QUEUE, max_retries=0, max_age=_SWEEP_EVERY * 2000)
def sweep_outbox() -> None:
    """Every few seconds: deliveries that are due again, or of which the broker lost the news."""
    sweep()
