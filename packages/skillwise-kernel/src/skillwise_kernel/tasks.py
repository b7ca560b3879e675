"""The kernel's Dramatiq actors. None retries: what is left undone is found again, by record or by clock."""

from uuid import UUID

import dramatiq
from dramatiq_crontab import cron, interval

from skillwise_kernel.clock import now
from skillwise_kernel.outbox.announcing import DELIVER_ACTOR, QUEUE
from skillwise_kernel.outbox.delivery import deliver
from skillwise_kernel.outbox.settings import outbox_settings
from skillwise_kernel.outbox.sweeping import sweep
from skillwise_kernel.rest.idempotency import purge_idempotency_records

__all__ = ["deliver_event", "forget_idempotency_keys", "sweep_outbox"]

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


@cron("23 * * * *")
@dramatiq.actor(actor_name="rest.forget_idempotency_keys", max_retries=0)
def forget_idempotency_keys() -> None:
    """Every hour: the keys that have expired, with the answers stored under them."""
    purge_idempotency_records(now=now())
