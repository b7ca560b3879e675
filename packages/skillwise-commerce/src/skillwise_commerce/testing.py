"""For the tests of other packages: orders that went the way real ones go, without a provider."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import (
    PaymentStatus,
    ProviderPayment,
    ProviderTransfer,
    TransferStatus,
)
from skillwise_commerce.models import Entitlement, Order, OrderLine, Payout
from skillwise_commerce.selectors.invoices import signed_path
from skillwise_commerce.services.entitlements import (
    end_entitlements,
    restore_entitlements,
    suspend_entitlements,
)
from skillwise_commerce.services.gifts import wish_gift
from skillwise_commerce.services.ordering import write_order
from skillwise_commerce.services.payouts.paying import record_transfer
from skillwise_commerce.services.pricing import price_basket
from skillwise_commerce.services.settlement import settle

__all__ = [
    "end_entitlements_of",
    "make_order",
    "make_paid_gift",
    "make_paid_order",
    "make_payout",
    "paid_in_full",
    "restore_entitlements_of",
    "suspend_entitlements_of",
]


def make_order(
    *, buyer_id: UUID, course_ids: Sequence[UUID], provider: str = "stripe", now: datetime, **pricing: Any
) -> UUID:
    """The id of a pending order for published, priced courses that the buyer has no other open order for.
    `pricing`: what else `price_basket` takes (`coupon_code`, `billing`, `currency` …).
    """
    basket = price_basket(buyer_id=buyer_id, course_ids=course_ids, now=now, **pricing)
    order = write_order(basket, buyer_id=buyer_id, provider=provider, now=now)
    if order is None:
        raise ValueError("the buyer has an open order for one of these courses")
    return order.id


def make_paid_order(*, buyer_id: UUID, course_ids: Sequence[UUID], now: datetime, **pricing: Any) -> UUID:
    """The id of a paid order: payment, ledger, invoice, entitlement and `OrderPaid` included.

    The courses exist in catalog, are published and not free. Once events are delivered a receipt is mailed:
    the buyer exists in identity.
    """
    order_id = make_order(buyer_id=buyer_id, course_ids=course_ids, now=now, **pricing)
    settle(paid_in_full(order_id), now=now)
    return order_id


def make_paid_gift(*, buyer_id: UUID, course_ids: Sequence[UUID], email: str, now: datetime) -> UUID:
    """As `make_paid_order`, for whoever reads this address: the code of each course is mailed there."""
    wish = wish_gift(recipient_email=email, recipient_name="Grandmother", message="For the long evenings.")
    return make_paid_order(buyer_id=buyer_id, course_ids=course_ids, gift=wish, now=now)


def paid_in_full(order_id: UUID) -> ProviderPayment:
    """What a provider says of the payment of this order once all of it has arrived."""
    order = Order.objects.get(id=order_id)
    return ProviderPayment(
        provider=order.provider,
        id=order.provider_payment_id or f"pi_{order.id.hex}",
        status=PaymentStatus.SUCCEEDED,
        received=order.total_amount,
        currency=order.total_currency,
        order_id=order.id,
    )


@transaction.atomic
def end_entitlements_of(order_id: UUID, *, course_ids: Collection[UUID] | None = None, now: datetime) -> None:
    """As a refund of these courses of the order does, or of all of them; no money moves."""
    end_entitlements(_lines(order_id, course_ids), cause=Entitlement.EndCause.REFUND, now=now)


@transaction.atomic
def suspend_entitlements_of(order_id: UUID, *, now: datetime) -> None:
    """As a dispute about the order does; no money moves."""
    suspend_entitlements(_lines(order_id, None), now=now)


@transaction.atomic
def restore_entitlements_of(order_id: UUID, *, now: datetime) -> None:
    """As a dispute that was won does; no money moves."""
    restore_entitlements(_lines(order_id, None), now=now)


def _lines(order_id: UUID, course_ids: Collection[UUID] | None) -> Iterable[OrderLine]:
    lines = OrderLine.objects.filter(order_id=order_id)
    return lines if course_ids is None else lines.filter(course_id__in=course_ids)


def link_to_invoice(invoice_id: UUID) -> str:
    """The path that a receipt's link to its PDF has."""
    return signed_path(invoice_id=invoice_id)


def make_payout(*, seller_id: UUID, amount: Money, now: datetime) -> UUID:
    """The id of a payout that an instructor was sent, without a provider, whatever they have earned."""
    payout = Payout.objects.create(
        seller_id=seller_id,
        provider="stripe",
        provider_account_id=f"acct_{seller_id.hex}",
        amount=amount.amount,
        currency=amount.currency,
        earned_until=now,
        created_at=now,
        updated_at=now,
    )
    record_transfer(
        ProviderTransfer(
            provider="stripe",
            id=f"tr_{payout.id.hex}",
            account_id=payout.provider_account_id,
            status=TransferStatus.PAID,
            amount=amount,
            payout_id=payout.id,
            created_at=now,
        ),
        now=now,
    )
    return payout.id
