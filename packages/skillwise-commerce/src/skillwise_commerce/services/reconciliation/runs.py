"""One run: everything that the provider lists, then everything of ours that it did not.

Each object is compared, and repaired, in transactions of its own: whatever ends a run early, what it repaired
stays, and the next one goes on from there. A repair is what a webhook would have done, so that a webhook that
comes at the same moment, or later, does no harm.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from skillwise_kernel import clock

from skillwise_commerce.domain.payments import (
    ProviderDispute,
    ProviderPayment,
    ProviderRecord,
    ProviderRefund,
    ProviderTransfer,
)
from skillwise_commerce.errors import ProviderUnavailableError
from skillwise_commerce.gateways import PaymentGateway, get_gateway
from skillwise_commerce.models import ReconciliationRun
from skillwise_commerce.services.reconciliation import disputes, payments, refunds, transfers
from skillwise_commerce.services.reconciliation.findings import Finding

__all__ = ["LONG_AGO", "Reconciliation", "reconcile", "since_last_run"]

logger = structlog.get_logger(__name__)

#: What a first run looks back on, and the nightly one: a refund may still fail after weeks.
LONG_AGO: Final = timedelta(days=35)
#: What a run looks back on beyond the beginning of the one before: the provider's clock may differ from ours.
_OVERLAP: Final = timedelta(hours=1)

Check = Callable[[], Finding]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What a run came to: how many objects of each kind were `seen`, and what was found of them."""

    run: ReconciliationRun
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def count(self, kind: str, finding: Finding) -> None:
        row = self.counts.setdefault(kind, {"seen": 0, **{finding.value: 0 for finding in Finding}})
        row["seen"] += 1
        row[finding] += 1

    def total(self, finding: Finding) -> int:
        return sum(row[finding] for row in self.counts.values())

    @property
    def is_complete(self) -> bool:
        """Whether everything was compared."""
        return not self.run.error


def since_last_run(*, provider: str, now: datetime) -> datetime:
    """Where the next run has to begin, so that nothing falls between two: a little before the last complete
    one began.
    """
    complete = ReconciliationRun.objects.filter(provider=provider, finished_at__isnull=False, error="")
    last = complete.order_by("-started_at").first()
    return last.started_at - _OVERLAP if last else now - LONG_AGO


def reconcile(*, provider: str, since: datetime, now: datetime) -> Reconciliation:
    """Compare what the provider has made `since`, and what we have of it, both ways; repair what is safe, and
    note the rest for a person.

    A provider that stops answering ends the run: its `error` says so, and nothing is lost.
    """
    run = ReconciliationRun.objects.create(provider=provider, since=since, started_at=now)
    outcome = Reconciliation(run)
    try:
        for kind, check in _checks(get_gateway(provider), since=since, now=now):
            outcome.count(kind, _make(check, run))
    except ProviderUnavailableError as error:
        run.error = f"The provider does not answer: {error}"
        logger.error("reconciliation_ended_early", provider=provider, error=str(error))
    run.counts = outcome.counts
    run.finished_at = clock.now()
    run.save(update_fields=["counts", "error", "finished_at"])
    logger.info("reconciled", provider=provider, counts=outcome.counts)
    return outcome


def _make(check: Check, run: ReconciliationRun) -> Finding:
    """One that fails keeps the others from nothing; the run says that it failed, and why."""
    try:
        return check()
    except ProviderUnavailableError:
        raise
    except Exception as error:
        logger.exception("reconciliation_failed", provider=run.provider)
        run.error = run.error or f"{type(error).__name__}: {error}"
        return Finding.FAILED


def _checks(gateway: PaymentGateway, *, since: datetime, now: datetime) -> Iterator[tuple[str, Check]]:
    listed: set[str] = set()
    for record in gateway.list_since(since):
        listed.add(record.id)
        yield _check_of_listed(record, gateway, now=now)
    for payment in payments.unlisted_payments(gateway.provider, since=since, listed=listed):
        yield "payments", partial(payments.check_booked_payment, payment, gateway, now=now)
    for order in payments.waiting_orders(gateway.provider, listed=listed, now=now):
        yield "payments", partial(payments.check_waiting_order, order, gateway, now=now)
    for refund in refunds.unlisted_refunds(gateway.provider, since=since, listed=listed):
        yield "refunds", partial(refunds.check_our_refund, refund, gateway, now=now)
    for dispute in disputes.unlisted_disputes(gateway.provider, listed=listed):
        yield "disputes", partial(disputes.check_our_dispute, dispute, gateway, now=now)
    for payout in transfers.unlisted_payouts(gateway.provider, since=since, listed=listed):
        yield "transfers", partial(transfers.check_unlisted_payout, payout, now=now)


def _check_of_listed(record: ProviderRecord, gateway: PaymentGateway, *, now: datetime) -> tuple[str, Check]:
    match record:
        case ProviderPayment():
            return "payments", partial(payments.check_listed_payment, record, gateway, now=now)
        case ProviderRefund():
            return "refunds", partial(refunds.check_listed_refund, record, gateway, now=now)
        case ProviderDispute():
            return "disputes", partial(disputes.check_listed_dispute, record, gateway, now=now)
        case ProviderTransfer():
            return "transfers", partial(transfers.check_listed_transfer, record, now=now)
