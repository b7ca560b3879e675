"""What people have ordered."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from skillwise_commerce.domain.payments import RefundStatus
from skillwise_commerce.errors import OrderNotFoundError
from skillwise_commerce.models import Dispute, Order, RefundLine

__all__ = ["order_of_anybody", "order_of_buyer", "orders_of_buyer"]


def orders_of_buyer(*, buyer_id: UUID) -> QuerySet[Order]:
    """With lines, what was given back of each, invoices, credit notes, and disputes, the last one first: five
    queries, however many.
    """
    refunded = RefundLine.objects.filter(refund__status=RefundStatus.SUCCEEDED)
    return Order.objects.filter(buyer_id=buyer_id).prefetch_related(
        "lines",
        Prefetch("lines__refund_lines", refunded),
        "invoices",
        Prefetch("disputes", Dispute.objects.order_by("-opened_at", "-id")),
    )


def order_of_buyer(*, buyer_id: UUID, order_id: UUID) -> Order:
    """Raises `OrderNotFoundError`, for another person's order too."""
    try:
        return orders_of_buyer(buyer_id=buyer_id).get(id=order_id)
    except Order.DoesNotExist:
        raise OrderNotFoundError from None


def order_of_anybody(*, order_id: UUID) -> Order:
    """For the back office. Raises `OrderNotFoundError`."""
    try:
        return Order.objects.get(id=order_id)
    except Order.DoesNotExist:
        raise OrderNotFoundError from None
