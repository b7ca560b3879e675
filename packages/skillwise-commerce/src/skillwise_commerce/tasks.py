"""Commerce's Dramatiq actors. None retries: what is left undone is found again by the next run."""

import dramatiq
from dramatiq_crontab import cron
from skillwise_kernel.clock import now

from skillwise_commerce.gateways import offered_providers
from skillwise_commerce.services import expiry, reconciliation
from skillwise_commerce.services.payouts import paying

__all__ = ["expire_orders", "pay_instructors", "reconcile", "reconcile_month"]


@cron("*/5 * * * *")
@dramatiq.actor(actor_name="commerce.expire_orders", max_retries=0, max_age=300_000)
def expire_orders() -> None:
    """Every five minutes: the orders that nobody paid in time."""
    expiry.expire_orders(now=now())


@cron("13 * * * *")
@dramatiq.actor(actor_name="commerce.reconcile", max_retries=0, max_age=3_600_000, time_limit=3_000_000)
def reconcile() -> None:
    """Every hour: what providers did since the last complete run, in case a webhook was lost."""
    at = now()
    for provider in offered_providers():
        since = reconciliation.since_last_run(provider=provider, now=at)
        reconciliation.reconcile(provider=provider, since=since, now=at)


@cron("43 2 * * *")
@dramatiq.actor(actor_name="commerce.reconcile_month", max_retries=0, max_age=3_600_000, time_limit=3_000_000)
def reconcile_month() -> None:
    """Every night: the last weeks once more. What was right may have changed: a refund fails after weeks."""
    at = now()
    for provider in offered_providers():
        reconciliation.reconcile(provider=provider, since=at - reconciliation.LONG_AGO, now=at)


@cron("0 6 1 * *")
@dramatiq.actor(actor_name="commerce.pay_instructors", max_retries=0, max_age=3_600_000)
def pay_instructors() -> None:
    """On the first of each month: what instructors can have."""
    paying.pay_instructors(now=now())
