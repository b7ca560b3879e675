"""What a payment's state at its provider does to our order."""

import enum
from datetime import datetime

import structlog
from django.db import transaction
from skillwise_kernel.money import Money

from skillwise_commerce.domain.orders import MOVES, Cause, OrderStatus, status_asked_by
from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment
from skillwise_commerce.models import Discrepancy, Order, Payment
from skillwise_commerce.services.discrepancies import note_discrepancy
from skillwise_commerce.services.fulfilment import fulfil_order
from skillwise_commerce.services.ledger import book_difference
from skillwise_commerce.services.moves import move_order

__all__ = ["Settlement", "accept_held", "settle"]

logger = structlog.get_logger(__name__)


class Settlement(enum.Enum):
    """What came of it."""

    APPLIED = "applied"
    REPEATED = "repeated"
    UNKNOWN_ORDER = "unknown_order"
    DISCREPANCY = "discrepancy"


@transaction.atomic
def settle(payment: ProviderPayment, *, cause: Cause = Cause.PROVIDER, now: datetime) -> Settlement:
    """Bring the order that `payment` is for to where the payment says it is; all of it, or nothing, and once.

    `payment` must be the provider's own present word, never what a webhook or an app claims. It may be old
    by the time we hold the order's lock, or come again: a paid order stays paid, and what is known already
    is done no second time.
    """
    order = _lock_order(payment)
    if order is None:
        return Settlement.UNKNOWN_ORDER
    is_ours = order.provider_payment_id in (None, payment.id) or _is_of_its_page(order, payment)
    if payment.status is PaymentStatus.SUCCEEDED:
        return _settle_success(order, payment, is_ours=is_ours, now=now)
    if not is_ours:
        return Settlement.REPEATED
    return _settle_progress(order, payment, cause=cause, now=now)


@transaction.atomic
def accept_held(payment: ProviderPayment, *, now: datetime) -> bool:
    """Somebody accepts what was paid for a held order as its price: it is paid, and what is missing, or too
    much, is booked as such. False when there is no such order that is held.

    `payment` must be the provider's own present word: a success, in the order's currency.
    """
    order = _lock_order(payment)
    if order is None or order.status != OrderStatus.HELD:
        return False
    money, is_new = _fulfil(order, payment, cause=Cause.OPERATOR, now=now)
    book_difference(
        provider=payment.provider,
        asked=order.total,
        received=money.amount,
        reference=f"payment:{money.id}",
        now=now,
    )
    if not is_new:
        _note(order, Discrepancy.Kind.ALREADY_OWNED, payment, now=now)
    return True


def _lock_order(payment: ProviderPayment) -> Order | None:
    """By the payment we started, else by what the provider was told of the order when it was started: the
    provider may speak of a payment before the answer that names it to us has been stored.
    """
    orders = Order.objects.select_for_update().filter(provider=payment.provider)
    order = orders.filter(provider_payment_id=payment.id).first()
    if order is None and payment.order_id is not None:
        order = orders.filter(id=payment.order_id).first()
    return order


def _is_of_its_page(order: Order, payment: ProviderPayment) -> bool:
    """Whether it is paid on the page that was begun for the order, whose id the order has."""
    return payment.is_hosted and order.channel == Order.Channel.WEB and payment.order_id == order.id


def _settle_progress(order: Order, payment: ProviderPayment, *, cause: Cause, now: datetime) -> Settlement:
    target = status_asked_by(payment.status)
    if order.status == target == OrderStatus.FAILED and order.failure_code != payment.error_code:
        order.failure_code = payment.error_code
        order.save(update_fields=["failure_code"])
        return Settlement.APPLIED
    if target not in MOVES[OrderStatus(order.status)]:
        return Settlement.REPEATED
    order.failure_code = payment.error_code if target is OrderStatus.FAILED else ""
    move_order(order, target, cause=cause, reference=payment.id, now=now)
    logger.info("order_moved", order_id=str(order.id), status=target, payment=payment.id)
    return Settlement.APPLIED


def _settle_success(order: Order, payment: ProviderPayment, *, is_ours: bool, now: datetime) -> Settlement:
    paid_by = order.payments.first()
    if paid_by is not None:
        return _settle_again(order, payment, paid_by=paid_by, now=now)
    if order.status == OrderStatus.CANCELED and _was_turned_away(order, payment):
        return Settlement.REPEATED
    if not payment.pays(order.total):
        _hold(order, payment, cause=Cause.MISMATCH, now=now)
        return _note(order, Discrepancy.Kind.AMOUNT_MISMATCH, payment, now=now)
    if payment.is_risky:
        _hold(order, payment, cause=Cause.RISK, now=now)
        return _note(order, Discrepancy.Kind.RISKY_PAYMENT, payment, now=now)
    outcome = Settlement.APPLIED
    if not is_ours:
        outcome = _note(order, Discrepancy.Kind.UNEXPECTED_PAYMENT, payment, now=now)
    if order.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED):
        outcome = _note(order, Discrepancy.Kind.PAID_AFTER_CANCELLATION, payment, now=now)
    _, is_new = _fulfil(order, payment, cause=Cause.PROVIDER, now=now)
    if not is_new:
        outcome = _note(order, Discrepancy.Kind.ALREADY_OWNED, payment, now=now)
    return outcome


def _settle_again(order: Order, payment: ProviderPayment, *, paid_by: Payment, now: datetime) -> Settlement:
    """A paid order: is this what paid it, or more than that (on a second page for the same payment, say)?"""
    if paid_by.provider_payment_id == payment.id and payment.received <= paid_by.amount_amount:
        return Settlement.REPEATED
    return _note(order, Discrepancy.Kind.PAID_TWICE, payment, now=now)


def _was_turned_away(order: Order, payment: ProviderPayment) -> bool:
    """Whether somebody decided against this payment in the back office."""
    return order.transitions.filter(
        to_status=OrderStatus.CANCELED, cause=Cause.OPERATOR, reference=payment.id
    ).exists()


def _fulfil(order: Order, payment: ProviderPayment, *, cause: Cause, now: datetime) -> tuple[Payment, bool]:
    """The payment as booked, and whether every course of it was new to the buyer."""
    _name_payment(order, payment)
    money = Payment.objects.create(
        order=order,
        provider=payment.provider,
        provider_payment_id=payment.id,
        amount_amount=payment.received,
        amount_currency=payment.currency,
        received_at=now,
    )
    owned = fulfil_order(order, cause=cause, reference=payment.id, booked_as=f"payment:{money.id}", now=now)
    return money, not owned


def _hold(order: Order, payment: ProviderPayment, *, cause: Cause, now: datetime) -> None:
    if order.is_open and order.status != OrderStatus.HELD:
        _name_payment(order, payment)
        move_order(order, OrderStatus.HELD, cause=cause, reference=payment.id, now=now)


def _name_payment(order: Order, payment: ProviderPayment) -> None:
    """The provider may tell of a payment before its answer that names it to us has been stored."""
    if order.provider_payment_id is None:
        order.provider_payment_id = payment.id
        order.save(update_fields=["provider_payment_id"])


def _note(order: Order, kind: Discrepancy.Kind, payment: ProviderPayment, *, now: datetime) -> Settlement:
    note_discrepancy(
        kind,
        order=order,
        provider=payment.provider,
        subject_id=payment.id,
        amount=Money(payment.received, payment.currency),
        now=now,
    )
    return Settlement.DISCREPANCY
