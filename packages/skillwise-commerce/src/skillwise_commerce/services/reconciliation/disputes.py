"""Disputes: what buyers' banks took back, against what we booked."""

from collections.abc import Collection, Iterator
from datetime import datetime

from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import DisputeStatus, ProviderDispute
from skillwise_commerce.errors import DisputeNotFoundError
from skillwise_commerce.gateways import PaymentGateway
from skillwise_commerce.models import Discrepancy, Dispute
from skillwise_commerce.services.disputes import record_provider_dispute
from skillwise_commerce.services.reconciliation.findings import Finding, report, unsettled
from skillwise_commerce.services.settlement import Settlement

__all__ = ["check_listed_dispute", "check_our_dispute", "unlisted_disputes"]

_MAY_STILL_MOVE = (DisputeStatus.INQUIRY, DisputeStatus.OPEN)


def check_listed_dispute(listed: ProviderDispute, gateway: PaymentGateway, *, now: datetime) -> Finding:
    """The provider has this dispute: have we, and as it stands?"""
    if _agree(_ours(listed), listed):
        return unsettled(provider=listed.provider, reference=listed.id)
    return _record(gateway.fetch_dispute(listed.id), now=now)  # a list is as old as its page


def unlisted_disputes(provider: str, *, listed: Collection[str]) -> Iterator[Dispute]:
    """What may still be won or lost, however old, and the provider did not list."""
    undecided = Dispute.objects.filter(provider=provider, status__in=_MAY_STILL_MOVE)
    return (
        dispute
        for dispute in undecided.select_related("order").iterator()
        if dispute.provider_dispute_id not in listed
    )


def check_our_dispute(dispute: Dispute, gateway: PaymentGateway, *, now: datetime) -> Finding:
    """We have this dispute: has the provider, and how does it stand?"""
    try:
        theirs = gateway.fetch_dispute(dispute.provider_dispute_id)
    except DisputeNotFoundError:
        return _report(dispute, dispute.total, now=now)
    if _agree(dispute, theirs):
        return unsettled(provider=theirs.provider, reference=theirs.id)
    return _record(theirs, now=now)


def _ours(theirs: ProviderDispute) -> Dispute | None:
    disputes = Dispute.objects.filter(provider=theirs.provider, provider_dispute_id=theirs.id)
    return disputes.select_related("order").first()


def _agree(dispute: Dispute | None, theirs: ProviderDispute) -> bool:
    return dispute is not None and (dispute.status, dispute.total, dispute.is_withdrawn) == (
        theirs.status,
        theirs.amount,
        theirs.is_withdrawn,
    )


def _record(theirs: ProviderDispute, *, now: datetime) -> Finding:
    match record_provider_dispute(theirs, now=now):
        case Settlement.APPLIED:
            return Finding.REPAIRED
        case Settlement.DISCREPANCY:
            return unsettled(provider=theirs.provider, reference=theirs.id)
        case _:
            return _still_different(theirs, now=now)


def _still_different(theirs: ProviderDispute, *, now: datetime) -> Finding:
    """What the provider says cannot follow on what it said before: a person asks it what that means."""
    ours = _ours(theirs)
    if ours is None or _agree(ours, theirs):
        return unsettled(provider=theirs.provider, reference=theirs.id)
    return _report(ours, theirs.amount, now=now)


def _report(dispute: Dispute, amount: Money, *, now: datetime) -> Finding:
    return report(
        Discrepancy.Kind.DISPUTE_MISMATCH,
        provider=dispute.provider,
        reference=dispute.provider_dispute_id,
        amount=amount,
        order=dispute.order,
        now=now,
    )
