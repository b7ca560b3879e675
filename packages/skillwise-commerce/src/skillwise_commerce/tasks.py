"""Commerce's Dramatiq actors. None retries: what is left undone is found again by the next run."""

import dramatiq
from dramatiq_crontab import cron
from skillwise_kernel.clock import now

from skillwise_commerce.services import expiry

__all__ = ["expire_orders"]


@cron("*/5 * * * *")
@dramatiq.actor(actor_name="commerce.expire_orders", max_retries=0, max_age=300_000)
def expire_orders() -> None:
    """Every five minutes: the orders that nobody paid in time."""
    expiry.expire_orders(now=now())
