"""`payments/create/`: from a priced basket to what the buyer's app needs to pay for them.

The order is committed before the provider hears of it, no transaction is open while the provider is spoken
to, and what the provider answered is stored before it is handed out. So, whatever crashes or repeats:

* A crash before the provider's answer is stored leaves an open order without a payment. Nobody holds that
  payment's secret, so nobody can pay it. The next request finds the order, asks with the same idempotency
  key, and gets the same payment.
* A buyer has one open order for the same courses at the same prices, and one for any one course; the
  database holds both. The same request from a second device resumes the order there is. A different one that
  shares a course first cancels the older order's payment at the provider, and only when that is confirmed
  closes the older order and writes its own.
* Should the older payment prove to be made, or on its way, nothing new is charged: the buyer is told so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from skillwise_commerce.domain.baskets import PricedBasket
from skillwise_commerce.domain.orders import Cause, OrderStatus
from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment
from skillwise_commerce.errors import (
    CustomerNotFoundError,
    OrderAlreadyPaidError,
    OrderHeldError,
    OrderSupersededError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotAcceptedError,
    PaymentNotFoundError,
    ProviderFailedError,
)
from skillwise_commerce.gateways import PaymentGateway, PaymentRequest, get_gateway
from skillwise_commerce.models import Order, ProviderCustomer
from skillwise_commerce.selectors.entitlements import owned_course_ids
from skillwise_commerce.services.free_orders import place_free_order
from skillwise_commerce.services.moves import move_order
from skillwise_commerce.services.ordering import open_orders_for, write_order
from skillwise_commerce.services.settlement import settle

__all__ = ["Checkout", "create_payment"]

#: How often the buyer's other devices may get in between before we give up.
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """An order that waits to be paid, and what the app needs to pay it; None when nothing was to be paid, and
    the order is fulfilled.
    """

    order_id: UUID
    payment: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Purchase:
    """What somebody asked to buy, and how they mean to pay."""

    buyer_id: UUID
    basket: PricedBasket
    provider: str
    channel: Order.Channel
    quote_id: UUID | None

    @property
    def fingerprint(self) -> str:
        return self.basket.fingerprint(provider=self.provider, channel=self.channel)

    @property
    def is_owned(self) -> bool:
        """Whether the buyer has one of the courses by now, a gift's say: then nothing more is to be paid."""
        if self.basket.is_gift:
            return False
        return bool(owned_course_ids(user_id=self.buyer_id, course_ids=self.basket.course_ids))


def create_payment(
    *,
    buyer_id: UUID,
    basket: PricedBasket,
    provider: str,
    channel: Order.Channel = Order.Channel.APP,
    quote_id: UUID | None = None,
    now: datetime,
) -> Checkout:
    """Start, or resume, the purchase of a basket through `provider`. A basket that costs nothing is had at
    once, without one.

    Raises what `write_order` raises; `OrderAlreadyPaidError`, `PaymentInProgressError`, `OrderHeldError`
    when money is under way for one of these courses; `OrderSupersededError` when other devices keep getting
    in between; `ProviderNotOfferedError`, `PaymentDeclinedError`, `PaymentNotAcceptedError`;
    `ProviderUnavailableError`, after which the same request resumes.
    """
    purchase = _Purchase(
        buyer_id=buyer_id, basket=basket, provider=provider, channel=channel, quote_id=quote_id
    )
    if basket.total.is_zero:
        return _take(purchase, now=now)
    gateway = get_gateway(provider)
    for _ in range(_ROUNDS):
        order = _resume_or_write(purchase, now=now)
        if order is None:
            continue
        customer_id = _customer_id(buyer_id, provider, gateway, now=now)
        try:
            payment = _payment_of(order, gateway, customer_id, now=now)
            if payment is not None:
                handed_over = gateway.hand_over(payment, _request_of(order, customer_id))
                return Checkout(order_id=order.id, payment=handed_over)
        except CustomerNotFoundError:  # what was begun for the lost customer cannot be paid by another
            _withdraw(order, now=now)
            _replace_customer(buyer_id, provider, gateway, lost=customer_id)
    raise OrderSupersededError


def _take(purchase: _Purchase, *, now: datetime) -> Checkout:
    for order in _in_the_way_of(purchase):
        _withdraw(order, now=now)
    order = place_free_order(purchase.basket, buyer_id=purchase.buyer_id, quote_id=purchase.quote_id, now=now)
    return Checkout(order_id=order.id, payment=None)


def _resume_or_write(purchase: _Purchase, *, now: datetime) -> Order | None:
    """None when another device got in between: look again."""
    obstacles = _in_the_way_of(purchase)
    begun = next((order for order in obstacles if order.fingerprint == purchase.fingerprint), None)
    if begun is not None and not purchase.is_owned:
        return begun
    for order in obstacles:
        _withdraw(order, now=now)
    return write_order(
        purchase.basket,
        buyer_id=purchase.buyer_id,
        provider=purchase.provider,
        channel=purchase.channel,
        quote_id=purchase.quote_id,
        now=now,
    )


def _in_the_way_of(purchase: _Purchase) -> list[Order]:
    return open_orders_for(
        purchase.basket,
        buyer_id=purchase.buyer_id,
        provider=purchase.provider,
        channel=purchase.channel,
    )


def _withdraw(order: Order, *, now: datetime) -> None:
    """Make sure that an open order can never be paid, then close it."""
    _refuse_held(order)
    payment_id = _close_unless_started(order, now=now)
    if payment_id is None:
        return
    gateway = get_gateway(order.provider)
    try:
        payment = gateway.fetch(payment_id)
        if payment.status is not PaymentStatus.PROCESSING:  # the buyer's money is on its way: leave it be
            payment = gateway.cancel(payment_id)
    except PaymentNotFoundError:
        _close(order, now=now)
        return
    settle(payment, cause=Cause.SUPERSEDED, now=now)
    _refuse_money_under_way(order, payment)
    if payment.status is not PaymentStatus.CANCELED:
        raise PaymentInProgressError(extra={"order_id": str(order.id)})


def _payment_of(
    order: Order, gateway: PaymentGateway, customer_id: str, *, now: datetime
) -> ProviderPayment | None:
    """The order's payment, waiting to be paid; None when it was canceled, and the order is closed with it."""
    _refuse_held(order)
    if order.provider_payment_id is None:
        payment = _start(order, gateway, customer_id, now=now)
    else:
        try:
            payment = gateway.fetch(order.provider_payment_id)
        except PaymentNotFoundError:
            _close(order, now=now)
            return None
    if payment.status in (PaymentStatus.SUCCEEDED, PaymentStatus.CANCELED):
        settle(payment, now=now)
    if payment.status is PaymentStatus.CANCELED:
        return None
    _refuse_money_under_way(order, payment)
    if payment.status is PaymentStatus.FAILED:
        _try_again(order, now=now)
    return payment


def _start(order: Order, gateway: PaymentGateway, customer_id: str, *, now: datetime) -> ProviderPayment:
    try:
        payment = gateway.start(_request_of(order, customer_id))
    except (PaymentDeclinedError, PaymentNotAcceptedError, ProviderFailedError):
        _count_refusal(order)
        raise
    stored = _store(order, payment, now=now)
    if stored.provider_payment_id == payment.id:
        if stored.status == OrderStatus.PAID:
            raise OrderAlreadyPaidError(extra={"order_id": str(order.id)})
        return payment
    gateway.cancel(payment.id)  # the order was closed, or started otherwise, while the provider was answering
    raise OrderSupersededError


def _request_of(order: Order, customer_id: str) -> PaymentRequest:
    return PaymentRequest(
        order_id=order.id,
        attempt=order.provider_attempt,
        total=order.total,
        customer_id=customer_id,
        lines=tuple((line.title, line.total) for line in order.lines.all()),
        on_web=order.channel == Order.Channel.WEB,
        return_url=settings.APP_URL,
    )


def _store(order: Order, payment: ProviderPayment, *, now: datetime) -> Order:
    with transaction.atomic(durable=True):
        locked = Order.objects.select_for_update().get(id=order.id)
        if locked.is_open and locked.provider_payment_id is None:
            locked.provider_payment_id = payment.id
            locked.updated_at = now
            locked.save(update_fields=["provider_payment_id", "updated_at"])
    return locked


def _count_refusal(order: Order) -> None:
    """The provider repeats a definite answer to the same idempotency key: the next request needs another.

    Whatever the provider may have begun under the old key is unpayable, because its secret reached nobody."""
    Order.objects.filter(
        id=order.id, provider_attempt=order.provider_attempt, provider_payment_id__isnull=True
    ).update(provider_attempt=F("provider_attempt") + 1)


def _close_unless_started(order: Order, *, now: datetime) -> str | None:
    """Close an order of which the provider has not answered; else answer the id of its payment. Raises
    `OrderHeldError` when it was held since we read it.
    """
    with transaction.atomic(durable=True):
        locked = Order.objects.select_for_update().get(id=order.id)
        _refuse_held(locked)
        if locked.provider_payment_id is None and locked.is_open:
            move_order(locked, OrderStatus.CANCELED, cause=Cause.SUPERSEDED, now=now)
    return locked.provider_payment_id


def _close(order: Order, *, now: datetime) -> None:
    """Close an order whose payment the provider no longer knows. Raises `OrderHeldError` when it was held
    since we read it.
    """
    with transaction.atomic(durable=True):
        locked = Order.objects.select_for_update().get(id=order.id)
        _refuse_held(locked)
        if locked.is_open:
            move_order(
                locked,
                OrderStatus.CANCELED,
                cause=Cause.PROVIDER,
                reference=locked.provider_payment_id or "",
                now=now,
            )


def _try_again(order: Order, *, now: datetime) -> None:
    with transaction.atomic(durable=True):
        locked = Order.objects.select_for_update().get(id=order.id)
        if locked.status == OrderStatus.FAILED:
            locked.failure_code = ""
            move_order(locked, OrderStatus.PENDING, cause=Cause.RETRY, now=now)


def _refuse_held(order: Order) -> None:
    if order.status == OrderStatus.HELD:
        raise OrderHeldError(extra={"order_id": str(order.id)})


def _refuse_money_under_way(order: Order, payment: ProviderPayment) -> None:
    if payment.status is PaymentStatus.SUCCEEDED:
        order.refresh_from_db()
        _refuse_held(order)
        raise OrderAlreadyPaidError(extra={"order_id": str(order.id)})
    if payment.status is PaymentStatus.PROCESSING:
        raise PaymentInProgressError(extra={"order_id": str(order.id)})


def _customer_id(buyer_id: UUID, provider: str, gateway: PaymentGateway, *, now: datetime) -> str:
    """One customer per person and provider: racing requests ask with one idempotency key, and should they get
    two customers all the same, the first row stands.
    """
    customers = ProviderCustomer.objects.filter(user_id=buyer_id, provider=provider)
    customer = customers.first()
    if customer is None:
        customer, _ = ProviderCustomer.objects.get_or_create(
            user_id=buyer_id,
            provider=provider,
            defaults={"provider_customer_id": gateway.create_customer(user_id=buyer_id), "created_at": now},
        )
    return customer.provider_customer_id


def _replace_customer(buyer_id: UUID, provider: str, gateway: PaymentGateway, *, lost: str) -> None:
    new = gateway.create_customer(user_id=buyer_id, replacing=lost)
    customers = ProviderCustomer.objects.filter(user_id=buyer_id, provider=provider)
    customers.filter(provider_customer_id=lost).update(provider_customer_id=new)
