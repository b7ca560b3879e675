"""What people were billed."""

from uuid import UUID

from django.db.models import QuerySet

from skillwise_commerce.errors import InvoiceNotFoundError
from skillwise_commerce.models import Invoice

__all__ = ["invoice_of_buyer", "invoices_of_buyer"]


def invoices_of_buyer(*, buyer_id: UUID) -> QuerySet[Invoice]:
    """With the lines of each one's order: two queries, however many invoices."""
    return Invoice.objects.filter(buyer_id=buyer_id).select_related("order").prefetch_related("order__lines")


def invoice_of_buyer(*, buyer_id: UUID, invoice_id: UUID) -> Invoice:
    """Raises `InvoiceNotFoundError`, for another person's invoice too."""
    try:
        return invoices_of_buyer(buyer_id=buyer_id).get(id=invoice_id)
    except Invoice.DoesNotExist:
        raise InvoiceNotFoundError from None
