"""What people decide about discrepancies, in the back office: the way out of what is held or noted.

A decision that moves money is made before the money is moved: a held order is closed first, so that nobody
can accept a payment that is being given back. Whatever fails, or crashes, in between leaves the discrepancy
open, and the same decision can be made again: the provider gives back once, however often it is asked.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from skillwise_commerce.domain.orders import Cause, OrderStatus
from skillwise_commerce.domain.payments import PaymentStatus
from skillwise_commerce.errors import DecisionNotPossibleError
from skillwise_commerce.gateways import RefundRequest, get_gateway
from skillwise_commerce.models import Discrepancy, Order, Payment
from skillwise_commerce.services.moves import move_order
from skillwise_commerce.services.settlement import accept_held

__all__ = ["accept_payment", "cancel_order", "close_discrepancy", "give_back"]

Kind = Discrepancy.Kind

#: Money that the provider holds for us and that was never booked.
_UNBOOKED: Final = frozenset(
    {Kind.AMOUNT_MISMATCH, Kind.RISKY_PAYMENT, Kind.PAID_TWICE, Kind.UNKNOWN_PAYMENT}
)

logger = structlog.get_logger(__name__)


def accept_payment(*, discrepancy_id: UUID, actor_id: UUID, note: str, now: datetime) -> None:
    """Take what was paid for a held order as its price: its buyer gets the courses.

    Raises `DecisionNotPossibleError`, `PaymentNotFoundError`, `ProviderUnavailableError`.
    """
    discrepancy = _open(discrepancy_id)
    order = _order_of(discrepancy)
    payment = get_gateway(discrepancy.provider).fetch(discrepancy.provider_payment_id)
    if payment.status is not PaymentStatus.SUCCEEDED or payment.currency != order.total_currency:
        raise DecisionNotPossibleError(
            "Only a payment that arrived, in the order's currency, can be accepted."
        )
    with transaction.atomic(durable=True):
        discrepancy = _lock(discrepancy_id)
        if not accept_held(payment, now=now):
            raise DecisionNotPossibleError("The order is not held.")
        _settle(discrepancy, actor_id=actor_id, note=note, now=now)


def give_back(*, discrepancy_id: UUID, actor_id: UUID, note: str, now: datetime) -> None:
    """Give back money that was never booked: that of a held order, which is closed, of a second payment, or
    of one for no order of ours. What is booked is given back by refunding its order.

    Raises `DecisionNotPossibleError`, `RefundRefusedError`, `PaymentNotFoundError`,
    `ProviderUnavailableError`; after the last the same is to be asked again.
    """
    discrepancy = _turn_away(discrepancy_id, now=now)
    get_gateway(discrepancy.provider).refund(
        RefundRequest(
            refund_id=discrepancy.id,
            attempt=0,
            payment_id=discrepancy.provider_payment_id,
            amount=discrepancy.received,
            reason=note,
        )
    )
    with transaction.atomic(durable=True):
        _settle(_lock(discrepancy_id), actor_id=actor_id, note=note, now=now)


@transaction.atomic(durable=True)
def cancel_order(*, discrepancy_id: UUID, actor_id: UUID, note: str, now: datetime) -> None:
    """Close a held order, and leave its money where it is: `note` says where. Raises
    `DecisionNotPossibleError`.
    """
    discrepancy = _lock(discrepancy_id)
    if not _close_held(discrepancy, now=now):
        raise DecisionNotPossibleError("The order is not held.")
    _settle(discrepancy, actor_id=actor_id, note=note, now=now)


@transaction.atomic(durable=True)
def close_discrepancy(*, discrepancy_id: UUID, actor_id: UUID, note: str, now: datetime) -> None:
    """It has been dealt with elsewhere: `note` says how. Raises `DecisionNotPossibleError`."""
    discrepancy = _lock(discrepancy_id)
    if discrepancy.order is not None and discrepancy.order.status == OrderStatus.HELD:
        raise DecisionNotPossibleError("The order is held: accept what was paid, give it back, or cancel it.")
    _settle(discrepancy, actor_id=actor_id, note=note, now=now)


@transaction.atomic(durable=True)
def _turn_away(discrepancy_id: UUID, *, now: datetime) -> Discrepancy:
    """Make sure that this payment buys nothing any more."""
    discrepancy = _lock(discrepancy_id)
    is_booked = Payment.objects.filter(
        provider=discrepancy.provider, provider_payment_id=discrepancy.provider_payment_id
    ).exists()
    if is_booked or discrepancy.kind not in _UNBOOKED:
        raise DecisionNotPossibleError("This is about a payment that is booked: refund its order.")
    _close_held(discrepancy, now=now)
    return discrepancy


def _close_held(discrepancy: Discrepancy, *, now: datetime) -> bool:
    """Whether its order was held for this payment, and is now closed."""
    if discrepancy.order_id is None or discrepancy.kind not in (Kind.AMOUNT_MISMATCH, Kind.RISKY_PAYMENT):
        return False
    order = Order.objects.select_for_update().get(id=discrepancy.order_id)
    if order.status != OrderStatus.HELD:
        return False
    reference = discrepancy.provider_payment_id
    move_order(order, OrderStatus.CANCELED, cause=Cause.OPERATOR, reference=reference, now=now)
    return True


def _open(discrepancy_id: UUID) -> Discrepancy:
    discrepancy = Discrepancy.objects.get(id=discrepancy_id)
    _refuse_settled(discrepancy)
    return discrepancy


def _lock(discrepancy_id: UUID) -> Discrepancy:
    discrepancy = Discrepancy.objects.select_for_update().get(id=discrepancy_id)
    _refuse_settled(discrepancy)
    return discrepancy


def _refuse_settled(discrepancy: Discrepancy) -> None:
    if discrepancy.settled_at is not None:
        raise DecisionNotPossibleError("Somebody has settled this already.")


def _order_of(discrepancy: Discrepancy) -> Order:
    if discrepancy.order is None:
        raise DecisionNotPossibleError("This is about no order of ours.")
    return discrepancy.order


def _settle(discrepancy: Discrepancy, *, actor_id: UUID, note: str, now: datetime) -> None:
    discrepancy.settled_at = now
    discrepancy.settled_by = actor_id
    discrepancy.note = note
    discrepancy.save(update_fields=["settled_at", "settled_by", "note"])
    logger.info(
        "discrepancy_settled", discrepancy=str(discrepancy.id), kind=discrepancy.kind, actor_id=str(actor_id)
    )
