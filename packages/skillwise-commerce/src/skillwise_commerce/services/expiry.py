"""Orders that nobody paid in time. None is closed that can still be paid."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from skillwise_commerce.domain.orders import OPEN, Cause, OrderStatus
from skillwise_commerce.domain.payments import PaymentStatus
from skillwise_commerce.errors import PaymentNotFoundError, ProviderFailedError, ProviderUnavailableError
from skillwise_commerce.gateways import PaymentGateway, get_gateway, offered_providers
from skillwise_commerce.models import Order
from skillwise_commerce.services.moves import move_order
from skillwise_commerce.services.settlement import settle

__all__ = ["expire_orders"]

logger = structlog.get_logger(__name__)

#: What nobody paid; a held order was, and a person decides about it.
_EXPIRES = OPEN - {OrderStatus.HELD}


def expire_orders(*, now: datetime) -> int:
    """Close the orders that nobody has paid by their `expires_at`, each after its payment has been made
    impossible at the provider. Answers how many are closed.

    One that turns out to be paid is fulfilled instead; one whose money is on its way is left open, and so is
    every order of a provider that does not answer: they are looked at again next time.
    """
    due = Order.objects.filter(Q(status__in=_EXPIRES), expires_at__lte=now).order_by("expires_at")
    return sum(
        _expire_all(get_gateway(provider), list(due.filter(provider=provider)), now=now)
        for provider in offered_providers()
    )


def _expire_all(gateway: PaymentGateway, orders: list[Order], *, now: datetime) -> int:
    closed = 0
    for order in orders:
        try:
            closed += _expire(order, gateway, now=now)
        except ProviderFailedError:  # about this one; the others may go well
            logger.warning("order_not_expired", order_id=str(order.id))
        except ProviderUnavailableError:
            logger.warning("orders_not_expired", provider=gateway.provider)
            break
    return closed


def _expire(order: Order, gateway: PaymentGateway, *, now: datetime) -> bool:
    payment_id = order.provider_payment_id
    if payment_id is None:  # whatever the provider began for it, nobody was given the means to pay it
        return _close(order.id, payment_id=None, now=now)
    try:
        payment = gateway.fetch(payment_id)
        if payment.status is not PaymentStatus.PROCESSING:
            payment = gateway.cancel(payment_id)
    except PaymentNotFoundError:
        return _close(order.id, payment_id=payment_id, now=now)
    if payment.status is PaymentStatus.CANCELED:
        return _close(order.id, payment_id=payment_id, now=now)
    settle(payment, now=now)
    return False


@transaction.atomic(durable=True)
def _close(order_id: UUID, *, payment_id: str | None, now: datetime) -> bool:
    """False when the order moved on meanwhile: its payment was begun, say, or arrived."""
    order = Order.objects.select_for_update().get(id=order_id)
    if order.status not in _EXPIRES or order.provider_payment_id != payment_id:
        return False
    move_order(order, OrderStatus.EXPIRED, cause=Cause.EXPIRY, reference=payment_id or "", now=now)
    logger.info("order_expired", order_id=str(order.id))
    return True
