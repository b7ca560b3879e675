"""Writing an order down, from a priced basket. Nothing here talks to a payment provider."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from skillwise_commerce.domain.baskets import PricedBasket
from skillwise_commerce.domain.orders import OPEN, Cause, OrderStatus
from skillwise_commerce.models import GiftIntent, Order, OrderLine, OrderLineShare, OrderTransition
from skillwise_commerce.services.constraints import violated_constraint
from skillwise_commerce.services.coupons.claiming import redeem_coupon, refusal_of_redemption
from skillwise_commerce.services.pricing import refuse_owned

__all__ = ["insert_order", "open_orders_for", "write_order"]

_OPEN_ORDER_CONSTRAINTS: Final = frozenset({"commerce_order_open_once", "commerce_line_open_once"})


def open_orders_for(
    basket: PricedBasket, *, buyer_id: UUID, provider: str, channel: Order.Channel
) -> list[Order]:
    """The buyer's orders that may still be paid and stand in this one's way: those that hold one of its
    courses, unless either is a gift; those that give one of its courses to the same recipient; and those
    that hold its coupon.
    """
    mark = basket.fingerprint(provider=provider, channel=channel)
    lines = OrderLine.objects.filter(
        buyer_id=buyer_id, course_id__in=basket.course_ids, is_open=True, is_gift=basket.is_gift
    )
    if basket.gift is not None:
        gifts = GiftIntent.objects.filter(recipient_id=basket.gift.recipient_id)
        lines = lines.filter(order_id__in=gifts.values("order_id"))
    in_the_way = Q(fingerprint=mark) | Q(id__in=lines.values("order_id"))
    if basket.coupon_id is not None:
        in_the_way |= Q(coupon_id=basket.coupon_id)
    return list(Order.objects.filter(in_the_way, buyer_id=buyer_id, status__in=OPEN))


def write_order(
    basket: PricedBasket,
    *,
    buyer_id: UUID,
    provider: str,
    channel: Order.Channel = Order.Channel.APP,
    quote_id: UUID | None = None,
    now: datetime,
) -> Order | None:
    """The order, committed; None when the buyer meanwhile got another open one for one of its courses.

    That nobody has two open orders for a course is held by two partial unique indexes. Whoever pays an
    order closes it and is entitled in one transaction, so that after our lines have gone in, what the buyer
    owns is known for certain: it is asked there, once more. Raises `AlreadyOwnedError`, `CouponUsedUpError`,
    `CouponUsedByYouError`.
    """
    try:
        with transaction.atomic(durable=True):
            return insert_order(
                basket, buyer_id=buyer_id, provider=provider, channel=channel, quote_id=quote_id, now=now
            )
    except IntegrityError as error:
        constraint = violated_constraint(error)
        if constraint in _OPEN_ORDER_CONSTRAINTS:
            return None
        refusal = refusal_of_redemption(constraint)
        if refusal is not None:
            raise refusal from error
        raise


def insert_order(
    basket: PricedBasket,
    *,
    buyer_id: UUID,
    provider: str,
    channel: Order.Channel = Order.Channel.APP,
    quote_id: UUID | None = None,
    now: datetime,
) -> Order:
    """The order, in the caller's transaction. Raises `AlreadyOwnedError`, and `IntegrityError` as
    `write_order` says.
    """
    hours = settings.SKILLWISE_COMMERCE["ORDER_HOURS"]
    order = Order.objects.create(
        buyer_id=buyer_id,
        total_amount=basket.total.amount,
        total_currency=basket.currency,
        discount_amount=basket.discount.amount,
        tax_amount=basket.tax.amount,
        coupon_id=basket.coupon_id,
        quote_id=quote_id,
        is_gift=basket.is_gift,
        billing_name=basket.billing.name,
        billing_address=basket.billing.address,
        billing_country=basket.billing.country,
        vat_number=basket.billing.vat_number,
        is_reverse_charged=basket.is_reverse_charged,
        fingerprint=basket.fingerprint(provider=provider, channel=channel),
        channel=channel,
        provider=provider,
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    _insert_lines(order, basket)
    if basket.gift is not None:
        GiftIntent.objects.create(
            order=order,
            recipient_id=basket.gift.recipient_id,
            recipient_name=basket.gift.recipient_name,
            message=basket.gift.message,
        )
    OrderTransition.objects.create(
        order=order, to_status=OrderStatus.PENDING, cause=Cause.CHECKOUT, moved_at=now
    )
    if not order.is_gift:
        pointers = {course_id: f"/course_ids/{index}" for index, course_id in enumerate(basket.course_ids)}
        refuse_owned(buyer_id, pointers)
    if basket.coupon_id is not None:  # late: all other uses of the coupon wait for this one
        redeem_coupon(coupon_id=basket.coupon_id, order=order, now=now)
    return order


def _insert_lines(order: Order, basket: PricedBasket) -> None:
    lines = {
        line.course_id: OrderLine(
            order=order,
            position=position,
            buyer_id=order.buyer_id,
            course_id=line.course_id,
            bundle_id=line.bundle_id,
            title=line.title,
            seller_id=line.seller_id,
            price_amount=line.price.amount,
            price_currency=basket.currency,
            discount_amount=line.discount.amount,
            tax_name=line.tax_name,
            tax_rate=line.tax_rate,
            tax_inclusive=line.tax_inclusive,
            tax_amount=line.tax.amount,
            total_amount=line.total.amount,
            seller_share_amount=line.seller_share.amount,
            is_gift=order.is_gift,
            is_open=bool(order.provider),  # what is free is had at once, whatever else waits to be paid
        )
        for position, line in enumerate(basket.lines, start=1)
    }
    # by course: two baskets with the same courses never wait for each other's in a circle
    OrderLine.objects.bulk_create([lines[course_id] for course_id in sorted(lines)])
    OrderLineShare.objects.bulk_create(
        OrderLineShare(line=lines[line.course_id], seller_id=seller_id, amount=amount.amount)
        for line in basket.lines
        for seller_id, amount in line.shares
    )
