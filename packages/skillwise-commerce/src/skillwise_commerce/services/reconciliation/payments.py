"""Payments: what the provider received, against what we booked."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from skillwise_kernel.money import Money

from skillwise_commerce.domain.orders import MOVES, OPEN, OrderStatus, status_asked_by
from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment
from skillwise_commerce.errors import PaymentNotFoundError
from skillwise_commerce.gateways import PaymentGateway
from skillwise_commerce.models import Discrepancy, Order, Payment
from skillwise_commerce.services.reconciliation.findings import Finding, report, unsettled
from skillwise_commerce.services.settlement import Settlement, settle

__all__ = [
    "check_booked_payment",
    "check_listed_payment",
    "check_waiting_order",
    "unlisted_payments",
    "waiting_orders",
]

#: A payment of which nothing was heard for so long may have had its webhook lost.
_SILENT_FOR: Final = timedelta(minutes=15)


def check_listed_payment(listed: ProviderPayment, gateway: PaymentGateway, *, now: datetime) -> Finding:
    """The provider has this payment: have we?"""
    booked = _booked(listed)
    if booked is not None:
        return _compare(booked, listed, now=now)
    if _is_where_it_asks(listed):
        return Finding.RIGHT
    return _settle(gateway.fetch(listed.id), now=now)  # a list is as old as its page


def unlisted_payments(provider: str, *, since: datetime, listed: Collection[str]) -> Iterator[Payment]:
    """What we booked `since`, and the provider did not list: begun earlier, or not there."""
    booked = Payment.objects.filter(provider=provider, received_at__gte=since).select_related("order")
    return (payment for payment in booked.iterator() if payment.provider_payment_id not in listed)


def check_booked_payment(booked: Payment, gateway: PaymentGateway, *, now: datetime) -> Finding:
    """We have this payment: has the provider?"""
    try:
        payment = gateway.fetch(booked.provider_payment_id)
    except PaymentNotFoundError:
        return report(
            Discrepancy.Kind.MISSING_PAYMENT,
            provider=booked.provider,
            reference=booked.provider_payment_id,
            amount=booked.amount,
            order=booked.order,
            now=now,
        )
    return _compare(booked, payment, now=now)


def waiting_orders(provider: str, *, listed: Collection[str], now: datetime) -> Iterator[Order]:
    """Orders that wait for a payment of which nothing was heard for a while, however old."""
    waiting = Order.objects.filter(
        Q(status__in=OPEN - {OrderStatus.HELD}),
        provider=provider,
        provider_payment_id__isnull=False,
        updated_at__lte=now - _SILENT_FOR,
    )
    return (order for order in waiting.iterator() if order.provider_payment_id not in listed)


def check_waiting_order(order: Order, gateway: PaymentGateway, *, now: datetime) -> Finding:
    """One whose payment the provider no longer knows is left to expire."""
    try:
        return _settle(gateway.fetch(order.provider_payment_id or ""), now=now)
    except PaymentNotFoundError:
        return Finding.RIGHT


def _booked(payment: ProviderPayment) -> Payment | None:
    booked = Payment.objects.filter(provider=payment.provider, provider_payment_id=payment.id)
    return booked.select_related("order").first()


def _is_where_it_asks(payment: ProviderPayment) -> bool:
    """Whether a payment that has not succeeded has nothing to tell: the order is there, or is not ours."""
    if payment.status is PaymentStatus.SUCCEEDED:
        return False
    order = Order.objects.filter(provider=payment.provider, provider_payment_id=payment.id).first()
    if order is None:
        return payment.order_id is None
    target = status_asked_by(payment.status)
    return order.status == target or target not in MOVES[OrderStatus(order.status)]


def _compare(booked: Payment, payment: ProviderPayment, *, now: datetime) -> Finding:
    if payment.status is PaymentStatus.SUCCEEDED and payment.pays(booked.amount):
        return unsettled(provider=payment.provider, reference=payment.id)
    return report(
        Discrepancy.Kind.PAYMENT_MISMATCH,
        provider=payment.provider,
        reference=payment.id,
        amount=Money(payment.received, payment.currency),
        order=booked.order,
        now=now,
    )


def _settle(payment: ProviderPayment, *, now: datetime) -> Finding:
    match settle(payment, now=now):
        case Settlement.APPLIED:
            return Finding.REPAIRED
        case Settlement.REPEATED:
            return Finding.RIGHT
        case Settlement.DISCREPANCY:
            return unsettled(provider=payment.provider, reference=payment.id)
        case Settlement.UNKNOWN_ORDER:
            return _report_unknown(payment, now=now)


def _report_unknown(payment: ProviderPayment, *, now: datetime) -> Finding:
    if payment.status is not PaymentStatus.SUCCEEDED:
        return Finding.RIGHT
    return report(
        Discrepancy.Kind.UNKNOWN_PAYMENT,
        provider=payment.provider,
        reference=payment.id,
        amount=Money(payment.received, payment.currency),
        order=None,
        now=now,
    )
