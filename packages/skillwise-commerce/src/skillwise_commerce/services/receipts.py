"""Mailing buyers the receipts of what they paid, and the credit notes of what they got back."""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from skillwise_identity.api import notify
from skillwise_kernel.money import Money

from skillwise_commerce.models import Invoice
from skillwise_commerce.selectors.invoices import (
    billed_lines,
    invoice_by_id,
    invoice_of_buyer,
    signed_path,
)
from skillwise_commerce.services.documents.wording import percent
from skillwise_commerce.services.printing import tax_sums

__all__ = ["mail_credit_note", "mail_receipt", "resend_invoice"]

_TEMPLATES: Final = {
    Invoice.Kind.INVOICE: "skillwise_commerce/mail/receipt",
    Invoice.Kind.CREDIT_NOTE: "skillwise_commerce/mail/credit_note",
}


@transaction.atomic
def mail_receipt(*, order_id: UUID) -> None:
    """Have the receipt of a paid order mailed to its buyer; once, however often it is asked for. None for a
    course that was free.
    """
    invoice_id = Invoice.objects.values_list("id", flat=True).get(
        order_id=order_id, kind=Invoice.Kind.INVOICE
    )
    invoice = invoice_by_id(invoice_id=invoice_id)
    if invoice.total.is_zero and not invoice.order.discount_amount:
        return
    _mail(invoice, dedupe_key=f"commerce.receipt:{order_id}")


@transaction.atomic
def mail_credit_note(*, refund_id: UUID) -> None:
    """Have the credit note of a refund mailed to the buyer; once, however often it is asked for. None where
    nothing was credited.
    """
    invoice_id = Invoice.objects.values_list("id", flat=True).filter(refund_id=refund_id).first()
    if invoice_id is not None:
        _mail(invoice_by_id(invoice_id=invoice_id), dedupe_key=f"commerce.credit_note:{refund_id}")


@transaction.atomic
def resend_invoice(*, buyer_id: UUID, invoice_id: UUID, key: str) -> None:
    """Mail the buyer the receipt, or the credit note, once more: once for each `key`.

    Raises `InvoiceNotFoundError`, for another person's invoice too.
    """
    invoice = invoice_of_buyer(buyer_id=buyer_id, invoice_id=invoice_id)
    asked = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    _mail(invoice, dedupe_key=f"commerce.invoice_again:{invoice_id}:{asked}")


def _mail(invoice: Invoice, *, dedupe_key: str) -> None:
    notify(
        user_id=invoice.buyer_id,
        template=_TEMPLATES[Invoice.Kind(invoice.kind)],
        context=_said(invoice),
        dedupe_key=dedupe_key,
    )


def _said(invoice: Invoice) -> Mapping[str, Any]:
    lines = billed_lines(invoice)
    issued_at = invoice.issued_at.astimezone(UTC)
    discount = Money.total((line.discount for line in lines), invoice.total_currency)
    return {
        "invoice_number": invoice.number,
        "credited_number": invoice.credits.number if invoice.credits is not None else "",
        "issued_on": f"{issued_at.day} {issued_at:%B %Y}",
        "legal_entity": invoice.legal_entity,
        "order_id": str(invoice.order_id),
        "is_gift": invoice.order.is_gift,
        "lines": [{"title": line.title, "price": line.price.format()} for line in lines],
        "discount": "" if discount.is_zero else (-discount).format(),
        "taxes": [
            {"name": f"{tax.name or 'Tax'} {percent(tax.rate)}", "amount": tax.tax.format()}
            for tax in tax_sums(lines)
        ],
        "tax_is_included": any(line.tax_inclusive for line in lines),
        "total": invoice.total.format(),
        "pdf_url": settings.PUBLIC_URL.rstrip("/") + signed_path(invoice_id=invoice.id),
    }
