"""Commerce's Dramatiq actors. None retries: what is left undone is found again by the next run."""

from datetime import timedelta
from typing import Final

import dramatiq
from dramatiq_crontab import cron
from skillwise_kernel.clock import now

from skillwise_commerce.gateways import offered_providers
from skillwise_commerce.services import also_bought, expiry, fees, ledger_snapshots, reconciliation
from skillwise_commerce.services.payouts import paying
from skillwise_commerce.services.refunds import sending

__all__ = [
    "book_payment_fees",
    "expire_orders",
    "pay_instructors",
    "reconcile",
    "reconcile_month",
    "resume_refunds",
    "take_ledger_snapshots",
    "tell_also_bought",
]

#: Longer than a request takes that asks for a refund itself.
_REFUND_WAITS: Final = timedelta(minutes=2)


@cron("*/5 * * * *")
@dramatiq.actor(actor_name="commerce.expire_orders", max_retries=0, max_age=300_000)
def expire_orders() -> None:
    """Every five minutes: the orders that nobody paid in time."""
    expiry.expire_orders(now=now())


@cron("*/5 * * * *")
@dramatiq.actor(actor_name="commerce.resume_refunds", max_retries=0, max_age=300_000)
def resume_refunds() -> None:
    """Every five minutes: the refunds of which a provider has not answered."""
    sending.resume_refunds(older_than=_REFUND_WAITS, now=now())


@cron("*/5 * * * *")
@dramatiq.actor(actor_name="commerce.book_payment_fees", max_retries=0, max_age=300_000)
def book_payment_fees() -> None:
    """Every five minutes: what providers kept of the payments that arrived."""
    fees.book_payment_fees(now=now())


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


@cron("37 * * * *")
@dramatiq.actor(actor_name="commerce.take_ledger_snapshots", max_retries=0, max_age=3_600_000)
def take_ledger_snapshots() -> None:
    """Every hour: what was booked since, so that balances stay cheap."""
    ledger_snapshots.take_snapshots(now=now())


@cron("17 4 * * *")
@dramatiq.actor(
    actor_name="commerce.tell_also_bought", max_retries=0, max_age=3_600_000, time_limit=3_000_000
)
def tell_also_bought() -> None:
    """Every night: what is bought together."""
    also_bought.tell_also_bought()
