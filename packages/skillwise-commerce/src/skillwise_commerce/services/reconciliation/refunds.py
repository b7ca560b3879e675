"""Refunds: what the provider gave back, against what we booked."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q

from skillwise_commerce.domain.payments import ProviderRefund, RefundStatus
from skillwise_commerce.errors import RefundNotFoundError
from skillwise_commerce.gateways import PaymentGateway
from skillwise_commerce.models import Discrepancy, Refund
from skillwise_commerce.services.reconciliation.findings import Finding, report, unsettled
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.settlement import Settlement

__all__ = ["check_listed_refund", "check_our_refund", "unlisted_refunds"]


def check_listed_refund(listed: ProviderRefund, gateway: PaymentGateway, *, now: datetime) -> Finding:
    """The provider has this refund, whoever made it: have we?"""
    if _agree(_ours(listed), listed):
        return unsettled(provider=listed.provider, reference=listed.id)
    return _record(gateway.fetch_refund(listed.id), now=now)  # a list is as old as its page


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
    """We have this refund: has the provider, and how does it stand?"""
    reference = refund.provider_refund_id or ""
    try:
        theirs = gateway.fetch_refund(reference)
    except RefundNotFoundError:
        return report(
            Discrepancy.Kind.MISSING_REFUND,
            provider=refund.provider,
            reference=reference,
            amount=refund.total,
            order=refund.order,
            now=now,
        )
    if _agree(refund, theirs):
        return unsettled(provider=theirs.provider, reference=theirs.id)
    return _record(theirs, now=now)


def _ours(listed: ProviderRefund) -> Refund | None:
    refunds = Refund.objects.filter(provider=listed.provider).select_related("order")
    known = refunds.filter(provider_refund_id=listed.id).first()
    if known is None and listed.refund_id is not None:
        known = refunds.filter(id=listed.refund_id).first()
    return known


def _agree(refund: Refund | None, theirs: ProviderRefund) -> bool:
    return refund is not None and (refund.status, refund.total) == (theirs.status, theirs.amount)


def _record(theirs: ProviderRefund, *, now: datetime) -> Finding:
    match record_provider_refund(theirs, now=now):
        case Settlement.APPLIED:
            return Finding.REPAIRED
        case Settlement.DISCREPANCY:
            return unsettled(provider=theirs.provider, reference=theirs.id)
        case _:
            return _still_different(theirs, now=now)


def _still_different(theirs: ProviderRefund, *, now: datetime) -> Finding:
    """What the provider says cannot follow on what it said before: a person asks it what that means."""
    ours = _ours(theirs)
    if ours is None or _agree(ours, theirs):
        return unsettled(provider=theirs.provider, reference=theirs.id)
    return report(
        Discrepancy.Kind.REFUND_MISMATCH,
        provider=theirs.provider,
        reference=theirs.id,
        amount=theirs.amount,
        order=ours.order,
        now=now,
    )
