"""Transfers: what the provider sent to instructors, against our payouts."""

from collections.abc import Collection, Iterator
from datetime import datetime

from skillwise_commerce.domain.payments import ProviderTransfer, TransferStatus
from skillwise_commerce.models import Discrepancy, Payout
from skillwise_commerce.services.payouts.paying import record_transfer
from skillwise_commerce.services.reconciliation.findings import Finding, report, unsettled
from skillwise_commerce.services.settlement import Settlement

__all__ = ["check_listed_transfer", "check_unlisted_payout", "unlisted_payouts"]


def check_listed_transfer(listed: ProviderTransfer, *, now: datetime) -> Finding:
    """The provider has this transfer: is it a payout of ours?"""
    payout = _ours(listed)
    if payout is None:
        return _report(Discrepancy.Kind.UNKNOWN_TRANSFER, listed, now=now)
    if (payout.status, payout.total) == (listed.status, listed.amount):
        return unsettled(provider=listed.provider, reference=listed.id)
    if record_transfer(listed, now=now) is Settlement.APPLIED:
        return Finding.REPAIRED
    return _report(Discrepancy.Kind.TRANSFER_MISMATCH, listed, now=now)


def unlisted_payouts(provider: str, *, since: datetime, listed: Collection[str]) -> Iterator[Payout]:
    """What we sent `since`, and the provider did not list."""
    sent = Payout.objects.filter(
        provider=provider,
        created_at__gte=since,
        provider_transfer_id__isnull=False,
        status__in=(TransferStatus.PAID, TransferStatus.REVERSED),
    )
    return (payout for payout in sent.iterator() if payout.provider_transfer_id not in listed)


def check_unlisted_payout(payout: Payout, *, now: datetime) -> Finding:
    """We have this payout, and the provider has it not: transfers are listed by when they were made."""
    return report(
        Discrepancy.Kind.MISSING_TRANSFER,
        provider=payout.provider,
        reference=payout.provider_transfer_id or "",
        amount=payout.total,
        order=None,
        now=now,
    )


def _ours(listed: ProviderTransfer) -> Payout | None:
    payouts = Payout.objects.filter(provider=listed.provider)
    known = payouts.filter(provider_transfer_id=listed.id).first()
    if known is None and listed.payout_id is not None:
        known = payouts.filter(id=listed.payout_id).first()
    return known


def _report(kind: Discrepancy.Kind, theirs: ProviderTransfer, *, now: datetime) -> Finding:
    return report(
        kind, provider=theirs.provider, reference=theirs.id, amount=theirs.amount, order=None, now=now
    )
