"""Disputes: what buyers' banks took back, against what we booked."""

from collections.abc import Collection, Iterator
from datetime import datetime

from skillwise_commerce.domain.payments import DisputeStatus, ProviderDispute
from skillwise_commerce.errors import DisputeNotFoundError
from skillwise_commerce.gateways import PaymentGateway
from skillwise_commerce.models import Discrepancy, Dispute, Order, Payment
from skillwise_commerce.services.reconciliation.findings import Finding, report, unsettled

__all__ = ["check_listed_dispute", "check_our_dispute", "unlisted_disputes"]

_MAY_STILL_MOVE = (DisputeStatus.INQUIRY, DisputeStatus.OPEN)


def check_listed_dispute(listed: ProviderDispute, *, now: datetime) -> Finding:
    """The provider has this dispute: have we?"""
    ours = (
        Dispute.objects.filter(provider=listed.provider, provider_dispute_id=listed.id)
        .select_related("order")
        .first()
    )
    if ours is not None:
        return _compare(ours, listed, now=now)
    payment = Payment.objects.filter(provider=listed.provider, provider_payment_id=listed.payment_id).first()
    order = payment.order if payment else None
    return _report(Discrepancy.Kind.UNKNOWN_DISPUTE, listed, order=order, now=now)


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
        return _compare(dispute, gateway.fetch_dispute(dispute.provider_dispute_id), now=now)
    except DisputeNotFoundError:
        return report(
            Discrepancy.Kind.DISPUTE_MISMATCH,
            provider=dispute.provider,
            reference=dispute.provider_dispute_id,
            amount=dispute.total,
            order=dispute.order,
            now=now,
        )


def _compare(dispute: Dispute, theirs: ProviderDispute, *, now: datetime) -> Finding:
    ours = (dispute.status, dispute.total, dispute.is_withdrawn)
    if ours == (theirs.status, theirs.amount, theirs.is_withdrawn):
        return unsettled(provider=theirs.provider, reference=theirs.id)
    return _report(Discrepancy.Kind.DISPUTE_MISMATCH, theirs, order=dispute.order, now=now)


def _report(
    kind: Discrepancy.Kind, theirs: ProviderDispute, *, order: Order | None, now: datetime
) -> Finding:
    return report(
        kind, provider=theirs.provider, reference=theirs.id, amount=theirs.amount, order=order, now=now
    )
