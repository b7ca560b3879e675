"""Sales with discount, tax and the buyer's billing fields, and credit notes of their refunds, as rows."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from skillwise_commerce.domain.orders import Cause
from skillwise_commerce.models import (
    Invoice,
    Order,
    OrderLine,
    OrderLineShare,
    OrderTransition,
    Refund,
    RefundLine,
)
from skillwise_commerce.services.invoices import issue_credit_note
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import paid_in_full
from skillwise_kernel.ids import new_id

__all__ = ["credit", "sell"]


def sell(
    buyer_id: UUID,
    *titles: str,
    now: datetime,
    price: int = 10000,
    discount: int = 0,
    rate: str = "0",
    tax_inclusive: bool = False,
    **order: Any,
) -> Order:
    """A paid order in USD of one line for each title, all at the same price, discount and rate."""
    asked = price - discount
    percent = Decimal(rate)
    tax = round(asked * percent / (100 + percent if tax_inclusive else 100))
    total = asked if tax_inclusive else asked + tax
    sold = Order.objects.create(
        buyer_id=buyer_id,
        total_amount=total * len(titles),
        total_currency="USD",
        discount_amount=discount * len(titles),
        tax_amount=tax * len(titles),
        fingerprint=new_id().hex,
        provider="stripe" if total else "",
        created_at=now,
        updated_at=now,
        **{"billing_country": "BD"} | order,
    )
    for position, title in enumerate(titles, start=1):
        line = OrderLine.objects.create(
            order=sold,
            position=position,
            buyer_id=buyer_id,
            course_id=new_id(),
            title=title,
            seller_id=new_id(),
            price_amount=price,
            price_currency="USD",
            discount_amount=discount,
            tax_name="VAT" if tax else "",
            tax_rate=percent,
            tax_inclusive=tax_inclusive,
            tax_amount=tax,
            total_amount=total,
            seller_share_amount=total - tax,
        )
        OrderLineShare.objects.create(line=line, seller_id=line.seller_id, amount=total - tax)
    OrderTransition.objects.create(order=sold, to_status="pending", cause=Cause.CHECKOUT, moved_at=now)
    settle(paid_in_full(sold.id), now=now)
    sold.refresh_from_db()
    return sold


@transaction.atomic
def credit(
    line: OrderLine, amount: int, *, tax: int = 0, now: datetime, status: str = "succeeded"
) -> Invoice:
    """The credit note of a refund of a part of one line."""
    refund = Refund.objects.create(
        order=line.order,
        status=status,
        origin="admin",
        amount=amount,
        currency=line.price_currency,
        created_at=now,
        updated_at=now,
        succeeded_at=now if status == "succeeded" else None,
    )
    RefundLine.objects.create(refund=refund, line=line, amount=amount, tax_amount=tax)
    return issue_credit_note(refund, now=now)
