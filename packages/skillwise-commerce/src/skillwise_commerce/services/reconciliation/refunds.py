"""Refunds: what the provider gave back, against what we booked."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q

from skillwise_commerce.domain.payments import ProviderRefund, RefundStatus
from skillwise_commerce.errors import RefundNotFoundError
from skillwise_commerce.gateways import PaymentGateway
from skillwise_commerce.models import Discrepancy, Order, Payment, Refund
from skillwise_commerce.services.reconciliation.findings import Finding, report, unsettled

__all__ = ["check_listed_refund", "check_our_refund", "unlisted_refunds"]

_NO_MONEY_MOVED = (RefundStatus.FAILED, RefundStatus.CANCELED)


def check_listed_refund(listed: ProviderRefund, *, now: datetime) -> Finding:
    """The provider has this refund: have we?"""
    if listed.refund_id and Discrepancy.objects.filter(id=listed.refund_id).exists():
        return Finding.RIGHT  # of a payment that was never booked, nor is its return
    ours = _ours(listed)
    if ours is not None:
        return _compare(ours, listed, now=now)
    if listed.status in _NO_MONEY_MOVED:
        return Finding.RIGHT
    payment = Payment.objects.filter(provider=listed.provider, provider_payment_id=listed.payment_id).first()
    order = payment.order if payment else None
    return _report(Discrepancy.Kind.UNKNOWN_REFUND, listed, order=order, now=now)


def unlisted_refunds(provider: str, *, since: datetime, listed: Collection[str]) -> Iterator[Refund]:
    """What we asked for `since`, or still wait for, and the provider did not list: begun earlier, or not
    there.
    """
    asked = Refund.objects.filter(
        Q(status=RefundStatus.PENDING) | Q(created_at__gte=since),
        provider=provider,
        provider_refund_id__isnull=False,
    )
    return (
        refund
        for refund in asked.select_related("order").iterator()
        if refund.provider_refund_id not in listed
    )


def check_our_refund(refund: Refund, gateway: PaymentGateway, *, now: datetime) -> Finding:
    """We have this refund: has the provider?"""
    reference = refund.provider_refund_id or ""
    try:
        return _compare(refund, gateway.fetch_refund(reference), now=now)
    except RefundNotFoundError:
        return report(
            Discrepancy.Kind.MISSING_REFUND,
            provider=refund.provider,
            reference=reference,
            amount=refund.total,
            order=refund.order,
            now=now,
        )


def _ours(listed: ProviderRefund) -> Refund | None:
    refunds = Refund.objects.filter(provider=listed.provider).select_related("order")
    known = refunds.filter(provider_refund_id=listed.id).first()
    if known is None and listed.refund_id is not None:
        known = refunds.filter(id=listed.refund_id).first()
    return known


def _compare(refund: Refund, theirs: ProviderRefund, *, now: datetime) -> Finding:
    if (refund.status, refund.total) == (theirs.status, theirs.amount):
        return unsettled(provider=theirs.provider, reference=theirs.id)
    return _report(Discrepancy.Kind.REFUND_MISMATCH, theirs, order=refund.order, now=now)


def _report(kind: Discrepancy.Kind, theirs: ProviderRefund, *, order: Order | None, now: datetime) -> Finding:
    return report(
        kind, provider=theirs.provider, reference=theirs.id, amount=theirs.amount, order=order, now=now
    )
