"""What is asked of commerce's tables."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from skillwise_commerce.errors import InvoiceNotFoundError, OrderNotFoundError
from skillwise_commerce.models import Entitlement, Invoice, Order

__all__ = [
    "entitled_course_ids",
    "invoice_of_buyer",
    "invoices_of_buyer",
    "order_of_buyer",
    "orders_of_buyer",
]


def entitled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that the person may take now. One query."""
    owned = Entitlement.objects.filter(
        user_id=user_id, course_id__in=course_ids, ended_at=None, suspended_at=None
    )
    return frozenset(owned.values_list("course_id", flat=True))


def orders_of_buyer(*, buyer_id: UUID) -> QuerySet[Order]:
    """With lines and invoices: three queries, however many orders."""
    return Order.objects.filter(buyer_id=buyer_id).prefetch_related("lines", "invoices")


def order_of_buyer(*, buyer_id: UUID, order_id: UUID) -> Order:
    """Raises `OrderNotFoundError`, for another person's order too."""
    try:
        return orders_of_buyer(buyer_id=buyer_id).get(id=order_id)
    except Order.DoesNotExist:
        raise OrderNotFoundError from None


def invoices_of_buyer(*, buyer_id: UUID) -> QuerySet[Invoice]:
    """With the lines of each one's order: two queries, however many invoices."""
    return Invoice.objects.filter(buyer_id=buyer_id).select_related("order").prefetch_related("order__lines")


def invoice_of_buyer(*, buyer_id: UUID, invoice_id: UUID) -> Invoice:
    """Raises `InvoiceNotFoundError`, for another person's invoice too."""
    try:
        return invoices_of_buyer(buyer_id=buyer_id).get(id=invoice_id)
    except Invoice.DoesNotExist:
        raise InvoiceNotFoundError from None
