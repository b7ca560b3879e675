"""Everything that being paid means, in one transaction. The one place where an order becomes paid."""

from datetime import datetime
from uuid import UUID

import structlog
from skillwise_kernel.money import Money
from skillwise_kernel.outbox import publish

from skillwise_commerce.domain.orders import Cause, OrderStatus
from skillwise_commerce.events import OrderPaid, PaidLine, ShareOfLine
from skillwise_commerce.models import Order, OrderLine
from skillwise_commerce.services.entitlements import grant_entitlements
from skillwise_commerce.services.gifts import make_gifts
from skillwise_commerce.services.invoices import issue_invoice
from skillwise_commerce.services.ledger import book_sale
from skillwise_commerce.services.moves import move_order

__all__ = ["fulfil_order"]

logger = structlog.get_logger(__name__)


def fulfil_order(
    order: Order, *, cause: Cause, reference: str = "", booked_as: str, now: datetime
) -> frozenset[UUID]:
    """The order is paid, or nothing was to be paid for it: the books, the entitlements, the invoice and the
    fact. The caller holds the order's row lock. Subscribers of `OrderPaid` mail.

    `booked_as` is the ledger's reference. Answers the courses that the buyer could take already. A gift's
    courses are nobody's until they are claimed.
    """
    order.paid_at = now
    order.failure_code = ""
    move_order(order, OrderStatus.PAID, cause=cause, reference=reference, now=now)
    lines = list(order.lines.select_related("order").prefetch_related("shares"))
    owned: frozenset[UUID] = frozenset()
    if order.is_gift:
        make_gifts(order, lines, now=now)
    else:
        owned = grant_entitlements(order, lines, user_id=order.buyer_id, now=now)
    book_sale(lines, provider=order.provider, reference=booked_as, now=now)
    publish(
        OrderPaid(
            order_id=order.id,
            buyer_id=order.buyer_id,
            lines=tuple(_paid_line(line) for line in lines),
            total=order.total,
            paid_at=now,
            is_gift=order.is_gift,
        )
    )
    invoice = issue_invoice(order, now=now)  # late: all other sales wait for its number
    logger.info("order_paid", order_id=str(order.id), payment=reference, invoice=invoice.number)
    return owned


def _paid_line(line: OrderLine) -> PaidLine:
    return PaidLine(
        course_id=line.course_id,
        seller_id=line.seller_id,
        paid=line.total,
        seller_share=line.seller_share,
        tax=line.tax,
        shares=tuple(
            ShareOfLine(seller_id=share.seller_id, amount=Money(share.amount, line.price_currency))
            for share in line.shares.all()
        ),
    )
