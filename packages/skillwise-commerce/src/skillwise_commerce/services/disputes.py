"""What a dispute's state at its provider does to an order: its books, its courses, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from skillwise_kernel.money import Money
from skillwise_kernel.outbox import publish

from skillwise_commerce.domain.orders import Cause, OrderStatus
from skillwise_commerce.domain.payments import DisputeStatus, ProviderDispute, ProviderFee, RefundStatus
from skillwise_commerce.domain.returns import spread_over_lines
from skillwise_commerce.domain.sales import LinePart, part_of_line, rest_of_line
from skillwise_commerce.events import DisputeClosed, DisputeOpened, RefundedLine, ShareOfLine
from skillwise_commerce.models import (
    Discrepancy,
    Dispute,
    Entitlement,
    LedgerTransaction,
    Order,
    OrderLine,
    Payment,
)
from skillwise_commerce.selectors.returns import left_of_lines
from skillwise_commerce.services.discrepancies import note_discrepancy
from skillwise_commerce.services.entitlements import (
    end_entitlements,
    restore_entitlements,
    return_entitlements,
    suspend_entitlements,
)
from skillwise_commerce.services.ledger import book_fee, book_return, book_reversal
from skillwise_commerce.services.moves import move_order
from skillwise_commerce.services.refunds.booking import status_after_refunds
from skillwise_commerce.services.settlement import Settlement

__all__ = ["record_provider_dispute"]

logger = structlog.get_logger(__name__)

Kind = LedgerTransaction.Kind
Parts = Mapping[OrderLine, LinePart]

#: A dispute goes this way only. What says otherwise was asked of the provider earlier, and is old news.
_STAGE: Final = {
    DisputeStatus.INQUIRY: 0,
    DisputeStatus.OPEN: 1,
    DisputeStatus.WON: 2,
    DisputeStatus.LOST: 2,
    DisputeStatus.WITHDRAWN: 2,
}
_CLOSED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Of a dispute. `is_lost`: the money is gone for good."""

    status: DisputeStatus | None
    is_withdrawn: bool

    @property
    def is_lost(self) -> bool:
        return self.is_withdrawn and self.status is DisputeStatus.LOST

    @property
    def is_closed(self) -> bool:
        return self.status is not None and _STAGE[self.status] == _CLOSED


@transaction.atomic
def record_provider_dispute(dispute: ProviderDispute, *, now: datetime) -> Settlement:
    """Bring our books to what the provider says of a dispute; once, however often and in whatever order it is
    told.

    `dispute` must be the provider's own present word. One that fits no payment of ours, or that is for more
    than is left of it, becomes a `Discrepancy`.
    """
    payment = Payment.objects.filter(
        provider=dispute.provider, provider_payment_id=dispute.payment_id
    ).first()
    if payment is None:
        return _note(None, Discrepancy.Kind.UNKNOWN_DISPUTE, dispute, now=now)
    order = Order.objects.select_for_update().get(id=payment.order_id)
    known = Dispute.objects.filter(provider=dispute.provider, provider_dispute_id=dispute.id).first()
    before = _state_of(known)
    after = _State(status=dispute.status, is_withdrawn=dispute.is_withdrawn)
    if known is not None and _STAGE[dispute.status] < _STAGE[DisputeStatus(known.status)]:
        return Settlement.REPEATED
    ours = _write(known, order, dispute, now=now)
    _book_dispute_fee(ours, dispute, now=now)
    if before == after:
        return Settlement.REPEATED
    parts = _parts(order, ours)
    _book(order, ours, parts, before, after, now=now)
    _open_and_close_courses(order, parts, before, after, now=now)
    _move(order, reference=dispute.id, now=now)
    _tell(order, ours, parts, before, after, now=now)
    logger.info("dispute_moved", dispute_id=str(ours.id), order_id=str(order.id), status=ours.status)
    if after.is_withdrawn and _total(parts, dispute.amount.currency) != dispute.amount:
        return _note(order, Discrepancy.Kind.DISPUTE_MISMATCH, dispute, now=now)
    return Settlement.APPLIED


def _state_of(dispute: Dispute | None) -> _State:
    if dispute is None:
        return _State(status=None, is_withdrawn=False)
    return _State(status=DisputeStatus(dispute.status), is_withdrawn=dispute.is_withdrawn)


def _write(known: Dispute | None, order: Order, dispute: ProviderDispute, *, now: datetime) -> Dispute:
    ours = known or Dispute(
        order=order,
        provider=dispute.provider,
        provider_dispute_id=dispute.id,
        amount=dispute.amount.amount,
        currency=dispute.amount.currency,
        opened_at=now,
    )
    ours.status = dispute.status
    ours.reason = dispute.reason[:100]
    ours.is_withdrawn = dispute.is_withdrawn
    ours.updated_at = now
    ours.closed_at = (ours.closed_at or now) if _STAGE[dispute.status] == _CLOSED else None
    ours.save()
    return ours


def _book_dispute_fee(ours: Dispute, dispute: ProviderDispute, *, now: datetime) -> None:
    """Once: as a rule it is kept, whoever wins."""
    if dispute.fee is None or ours.fee_amount:
        return
    ours.fee_amount, ours.fee_currency = dispute.fee.amount, dispute.fee.currency
    ours.save(update_fields=["fee_amount", "fee_currency"])
    fee = ProviderFee(
        provider=dispute.provider,
        payment_id=dispute.payment_id,
        reference=f"dispute:{ours.id}",
        fee=dispute.fee,
    )
    book_fee(fee, kind=Kind.DISPUTE_FEE, now=now)


def _parts(order: Order, dispute: Dispute) -> Parts:
    """What of each line a dispute is for, after refunds and the bank's other disputes: at most what is left.

    A refund that is pending comes first where there is enough for both; else the bank was faster, and the
    provider will refuse the refund.
    """
    left = _left(order, dispute, left_of_lines(order))
    if _total(left, dispute.currency) < dispute.total:
        left = _left(order, dispute, left_of_lines(order, after=[RefundStatus.SUCCEEDED]))
    return _spread(left, dispute.total)


def _left(order: Order, dispute: Dispute, left: dict[OrderLine, LinePart]) -> Parts:
    """After the bank's other disputes."""
    others = order.disputes.filter(is_withdrawn=True, opened_at__lte=dispute.opened_at)
    for other in others.exclude(id=dispute.id).order_by("opened_at", "id"):
        for line, part in _spread(left, other.total).items():
            left[line] = rest_of_line(left[line], part)
    return left


def _spread(left: Parts, amount: Money) -> Parts:
    totals = {line: part.total for line, part in left.items()}
    amounts = spread_over_lines(min(amount, _total(left, amount.currency)), totals)
    return {line: part_of_line(left[line], of_line) for line, of_line in amounts.items()}


def _total(parts: Parts, currency: str) -> Money:
    return Money.total([part.total for part in parts.values()], currency)


def _book(
    order: Order, dispute: Dispute, parts: Parts, before: _State, after: _State, *, now: datetime
) -> None:
    """The bank may take the same money more than once, and return it as often: each time has its number."""
    booked = LedgerTransaction.objects.filter(reference__startswith=f"dispute:{dispute.id}:")
    taken = booked.filter(kind=Kind.DISPUTE).count()
    if after.is_withdrawn and not before.is_withdrawn:
        reference = f"dispute:{dispute.id}:{taken + 1}"
        book_return(Kind.DISPUTE, parts, provider=order.provider, reference=reference, now=now)
    elif before.is_withdrawn and not after.is_withdrawn and taken:
        book_reversal(Kind.DISPUTE_WON, of=Kind.DISPUTE, reference=f"dispute:{dispute.id}:{taken}", now=now)


def _open_and_close_courses(
    order: Order, parts: Parts, before: _State, after: _State, *, now: datetime
) -> None:
    lines = list(parts)
    if after.is_lost:
        end_entitlements(lines, cause=Entitlement.EndCause.CHARGEBACK, now=now)
        return
    if before.is_lost:
        return_entitlements(order, lines, ended_by=Entitlement.EndCause.CHARGEBACK, now=now)
    if after.is_withdrawn and settings.SKILLWISE_COMMERCE["DISPUTED_ENTITLEMENT"] == "suspend":
        suspend_entitlements(lines, now=now)
    elif before.is_withdrawn and not after.is_withdrawn:
        restore_entitlements(lines, now=now)


def _move(order: Order, *, reference: str, now: datetime) -> None:
    """Every move is recorded: what is lost was disputed before, even if we hear of both at once."""
    target = _status(order)
    if order.status == target:
        return
    if target is OrderStatus.CHARGED_BACK and order.status != OrderStatus.DISPUTED:
        move_order(order, OrderStatus.DISPUTED, cause=Cause.DISPUTE, reference=reference, now=now)
    move_order(order, target, cause=Cause.DISPUTE, reference=reference, now=now)


def _status(order: Order) -> OrderStatus:
    withdrawn = order.disputes.filter(is_withdrawn=True)
    if withdrawn.filter(status=DisputeStatus.LOST).exists():
        return OrderStatus.CHARGED_BACK
    return OrderStatus.DISPUTED if withdrawn.exists() else status_after_refunds(order)


def _tell(
    order: Order, dispute: Dispute, parts: Parts, before: _State, after: _State, *, now: datetime
) -> None:
    lines = _event_lines(parts)
    is_taken = after.is_withdrawn and not before.is_withdrawn
    if before.status is None or is_taken:
        publish(
            DisputeOpened(
                dispute_id=dispute.id,
                order_id=order.id,
                buyer_id=order.buyer_id,
                lines=lines if is_taken else (),
                amount=dispute.total,
                reason=dispute.reason,
                opened_at=now,
            )
        )
    is_returned = before.is_withdrawn and not after.is_withdrawn
    if (after.is_closed and after.status != before.status) or is_returned:
        publish(
            DisputeClosed(
                dispute_id=dispute.id,
                order_id=order.id,
                buyer_id=order.buyer_id,
                lines=lines if is_returned else (),
                amount=dispute.total,
                outcome=dispute.status if after.is_closed else DisputeStatus.WITHDRAWN.value,
                closed_at=now,
            )
        )


def _event_lines(parts: Parts) -> tuple[RefundedLine, ...]:
    return tuple(
        RefundedLine(
            course_id=line.course_id,
            seller_id=line.seller_id,
            refunded=part.total,
            tax=part.tax,
            seller_share=part.seller_share,
            shares=tuple(ShareOfLine(seller_id=who, amount=share) for who, share in part.shares.items()),
            is_whole=part.total == line.total,
        )
        for line, part in parts.items()
    )


def _note(
    order: Order | None, kind: Discrepancy.Kind, dispute: ProviderDispute, *, now: datetime
) -> Settlement:
    note_discrepancy(
        kind, order=order, provider=dispute.provider, subject_id=dispute.id, amount=dispute.amount, now=now
    )
    return Settlement.DISCREPANCY
