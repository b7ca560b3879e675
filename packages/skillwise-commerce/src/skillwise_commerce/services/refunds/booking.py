"""What a refund's state at its provider does to ours. Everything that a refund means is one transaction."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction
from skillwise_kernel.outbox import publish

from skillwise_commerce.domain.orders import Cause, OrderStatus
from skillwise_commerce.domain.payments import ProviderRefund, RefundStatus
from skillwise_commerce.domain.returns import spread_over_lines
from skillwise_commerce.domain.sales import LinePart, part_of_line
from skillwise_commerce.events import OrderRefunded, RefundedLine, RefundFailed, ShareOfLine
from skillwise_commerce.models import (
    Discrepancy,
    Entitlement,
    LedgerTransaction,
    Order,
    OrderLine,
    Payment,
    Refund,
)
from skillwise_commerce.selectors.returns import left_of_lines, part_of_refund_line, refunded_amounts
from skillwise_commerce.services.discrepancies import note_discrepancy
from skillwise_commerce.services.entitlements import end_entitlements, return_entitlements
from skillwise_commerce.services.invoices import issue_credit_note
from skillwise_commerce.services.ledger import book_return, book_reversal
from skillwise_commerce.services.moves import move_order
from skillwise_commerce.services.refunds.opening import insert_refund
from skillwise_commerce.services.settlement import Settlement

__all__ = ["book_refund_state", "record_provider_refund", "status_after_refunds"]

logger = structlog.get_logger(__name__)


@transaction.atomic
def record_provider_refund(refund: ProviderRefund, *, now: datetime) -> Settlement:
    """Bring our books to what the provider says of a refund, ours or one made outside of this API; once,
    however often and in whatever order it is told.

    `refund` must be the provider's own present word. One that fits no payment of ours, or that is more than
    is left of it, becomes a `Discrepancy`.
    """
    payment = Payment.objects.filter(provider=refund.provider, provider_payment_id=refund.payment_id).first()
    if payment is None:
        return _record_unbooked(refund, now=now)
    order = Order.objects.select_for_update().get(id=payment.order_id)
    ours = _find(order, refund)
    if ours is None:
        if refund.status in (RefundStatus.FAILED, RefundStatus.CANCELED):
            return Settlement.REPEATED
        ours = _insert_foreign(order, refund, now=now)
        if ours is None:
            return _note(order, Discrepancy.Kind.REFUND_MISMATCH, refund, now=now)
    if ours.amount != refund.amount.amount:
        return _note(order, Discrepancy.Kind.REFUND_MISMATCH, refund, now=now)
    if ours.provider_refund_id is None:
        ours.provider_refund_id = refund.id
        ours.save(update_fields=["provider_refund_id"])
    return book_refund_state(order, ours, refund.status, error_code=refund.error_code, now=now)


def _record_unbooked(refund: ProviderRefund, *, now: datetime) -> Settlement:
    """Of a payment that was never booked: somebody in the back office gave it back, or it is none of ours."""
    noted = Discrepancy.objects.select_related("order")
    decided = noted.filter(id=refund.refund_id).first() if refund.refund_id else None
    if decided is None:
        return _note(None, Discrepancy.Kind.UNKNOWN_REFUND, refund, now=now)
    if refund.status in (RefundStatus.FAILED, RefundStatus.CANCELED):  # the buyer has not got it
        return _note(decided.order, Discrepancy.Kind.REFUND_MISMATCH, refund, now=now)
    return Settlement.REPEATED


def book_refund_state(
    order: Order, refund: Refund, status: RefundStatus, *, error_code: str = "", now: datetime
) -> Settlement:
    """Move a refund to this state, with all that it means. The caller holds the order's row lock."""
    before = RefundStatus(refund.status)
    if before == status or before in (RefundStatus.FAILED, RefundStatus.CANCELED):
        return Settlement.REPEATED
    if before is RefundStatus.SUCCEEDED and status is not RefundStatus.FAILED:
        return Settlement.REPEATED
    refund.status = status
    refund.updated_at = now
    refund.failure_code = error_code
    if status is RefundStatus.SUCCEEDED:
        refund.succeeded_at = now
    refund.save(update_fields=["status", "updated_at", "failure_code", "succeeded_at"])
    if status is RefundStatus.SUCCEEDED:
        _book_success(order, refund, now=now)
    elif before is RefundStatus.SUCCEEDED:
        _book_failure(order, refund, now=now)
    logger.info("refund_moved", refund_id=str(refund.id), order_id=str(order.id), status=status.value)
    return Settlement.APPLIED


def status_after_refunds(order: Order) -> OrderStatus:
    """Where what has gone back leaves a paid order."""
    gone = refunded_amounts(order)
    if not gone:
        return OrderStatus.PAID
    whole = sum(gone.values()) == order.total_amount
    if not order.total_amount:
        whole = len(gone) == order.lines.count()
    return OrderStatus.REFUNDED if whole else OrderStatus.PARTIALLY_REFUNDED


def _book_success(order: Order, refund: Refund, *, now: datetime) -> None:
    parts = _parts(order, refund)
    book_return(
        LedgerTransaction.Kind.REFUND,
        parts,
        provider=order.provider,
        reference=f"refund:{refund.id}",
        now=now,
    )
    whole = _wholly_refunded(order, parts)
    end_entitlements(whole, cause=Entitlement.EndCause.REFUND, now=now)
    _move(order, cause=Cause.REFUND, reference=refund.provider_refund_id or "", now=now)
    publish(
        OrderRefunded(
            refund_id=refund.id,
            order_id=order.id,
            buyer_id=order.buyer_id,
            lines=_event_lines(parts, whole),
            total=refund.total,
            refunded_at=now,
        )
    )
    issue_credit_note(refund, now=now)  # late: all other credit notes wait for its number


def _book_failure(order: Order, refund: Refund, *, now: datetime) -> None:
    """The money is ours again, and the courses theirs. The credit note stands: a person looks at it."""
    parts = _parts(order, refund)
    if not refund.total.is_zero:
        book_reversal(
            LedgerTransaction.Kind.REFUND_FAILED,
            of=LedgerTransaction.Kind.REFUND,
            reference=f"refund:{refund.id}",
            now=now,
        )
    whole = [line for line in parts if refunded_amounts(order).get(line.id, 0) < line.total_amount]
    return_entitlements(order, whole, ended_by=Entitlement.EndCause.REFUND, now=now)
    _move(order, cause=Cause.REFUND_FAILED, reference=refund.provider_refund_id or "", now=now)
    publish(
        RefundFailed(
            refund_id=refund.id,
            order_id=order.id,
            buyer_id=order.buyer_id,
            lines=_event_lines(parts, whole),
            total=refund.total,
            failed_at=now,
        )
    )
    note_discrepancy(
        Discrepancy.Kind.REFUND_MISMATCH,
        order=order,
        provider=refund.provider,
        subject_id=refund.provider_refund_id or str(refund.id),
        amount=refund.total,
        now=now,
    )


def _move(order: Order, *, cause: Cause, reference: str, now: datetime) -> None:
    """A dispute has the last word on where an order stands."""
    target = status_after_refunds(order)
    if order.status in (OrderStatus.DISPUTED, OrderStatus.CHARGED_BACK) or order.status == target:
        return
    move_order(order, target, cause=cause, reference=reference, now=now)


def _parts(order: Order, refund: Refund) -> dict[OrderLine, LinePart]:
    rows = refund.lines.select_related("line").prefetch_related("shares")
    return {row.line: part_of_refund_line(row, order) for row in rows}


def _wholly_refunded(order: Order, parts: Mapping[OrderLine, LinePart]) -> list[OrderLine]:
    gone = refunded_amounts(order)
    return [line for line in parts if gone.get(line.id, 0) == line.total_amount]


def _event_lines(parts: Mapping[OrderLine, LinePart], whole: list[OrderLine]) -> tuple[RefundedLine, ...]:
    return tuple(
        RefundedLine(
            course_id=line.course_id,
            seller_id=line.seller_id,
            refunded=part.total,
            tax=part.tax,
            seller_share=part.seller_share,
            shares=tuple(
                ShareOfLine(seller_id=seller_id, amount=amount) for seller_id, amount in part.shares.items()
            ),
            is_whole=line in whole,
        )
        for line, part in parts.items()
    )


def _find(order: Order, refund: ProviderRefund) -> Refund | None:
    known = Refund.objects.filter(provider=refund.provider, provider_refund_id=refund.id).first()
    if known is None and refund.refund_id is not None:
        known = Refund.objects.filter(order=order, id=refund.refund_id, provider_refund_id=None).first()
    return known


def _insert_foreign(order: Order, refund: ProviderRefund, *, now: datetime) -> Refund | None:
    """One made outside of this API; None when it is more than is left."""
    left = left_of_lines(order)
    try:
        amounts = spread_over_lines(refund.amount, {line: part.total for line, part in left.items()})
    except ValueError:
        return None
    return insert_refund(
        order,
        {line: part_of_line(left[line], amount) for line, amount in amounts.items()},
        origin=Refund.Origin.PROVIDER,
        provider_refund_id=refund.id,
        now=now,
    )


def _note(
    order: Order | None, kind: Discrepancy.Kind, refund: ProviderRefund, *, now: datetime
) -> Settlement:
    note_discrepancy(
        kind,
        order=order,
        provider=refund.provider,
        subject_id=refund.id,
        amount=refund.amount,
        now=now,
    )
    return Settlement.DISCREPANCY
