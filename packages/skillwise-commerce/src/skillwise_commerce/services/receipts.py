"""Mailing a buyer the receipt of a paid order."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db import transaction
from skillwise_identity.api import notify

from skillwise_commerce.models import Invoice

__all__ = ["mail_receipt"]


@transaction.atomic
def mail_receipt(*, order_id: UUID) -> None:
    """Have the receipt of a paid order mailed to its buyer; once, however often it is asked for. None for a
    course that was free.
    """
    invoice = Invoice.objects.select_related("order").get(order_id=order_id, kind=Invoice.Kind.INVOICE)
    if invoice.total.is_zero and not invoice.order.discount_amount:
        return
    notify(
        user_id=invoice.buyer_id,
        template="skillwise_commerce/mail/receipt",
        context=_receipt(invoice),
        dedupe_key=f"commerce.receipt:{order_id}",
    )


def _receipt(invoice: Invoice) -> Mapping[str, Any]:
    issued_at = invoice.issued_at.astimezone(UTC)
    return {
        "invoice_number": invoice.number,
        "issued_on": f"{issued_at.day} {issued_at:%B %Y}",
        "legal_entity": invoice.legal_entity,
        "order_id": str(invoice.order_id),
        "lines": [{"title": line.title, "price": line.price.format()} for line in invoice.order.lines.all()],
        "total": invoice.total.format(),
    }
