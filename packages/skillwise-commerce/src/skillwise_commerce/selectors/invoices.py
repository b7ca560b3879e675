"""What people were billed, and what was credited to them."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.core import signing
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from skillwise_kernel.money import Money

from skillwise_commerce.errors import InvoiceLinkExpiredError, InvoiceNotFoundError
from skillwise_commerce.models import Invoice, OrderLine, RefundLine

__all__ = [
    "LINK_LIFETIME",
    "BilledLine",
    "billed_lines",
    "invoice_by_id",
    "invoice_of_buyer",
    "invoices_of_buyer",
    "linked_invoice",
    "signed_path",
]

LINK_LIFETIME: Final = timedelta(days=30)

_signer = signing.TimestampSigner(salt="skillwise_commerce.invoice")


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice or a credit note. `tax` is a part of `total`, which is `price` less `discount`,
    and plus `tax` unless that is in the price.

    Of a credit note: what is given back of the course. Its discount was taken off before.
    """

    course_id: UUID
    title: str
    price: Money
    discount: Money
    tax_name: str
    tax_rate: Decimal
    tax_inclusive: bool
    tax: Money
    total: Money


def invoices_of_buyer(*, buyer_id: UUID) -> QuerySet[Invoice]:
    """Credit notes among them, with the lines of each: three queries, however many."""
    return _with_lines(Invoice.objects.filter(buyer_id=buyer_id))


def invoice_of_buyer(*, buyer_id: UUID, invoice_id: UUID) -> Invoice:
    """Raises `InvoiceNotFoundError`, for another person's invoice too."""
    try:
        return invoices_of_buyer(buyer_id=buyer_id).get(id=invoice_id)
    except Invoice.DoesNotExist:
        raise InvoiceNotFoundError from None


def invoice_by_id(*, invoice_id: UUID) -> Invoice:
    """Whoever's it is; that the caller may know of it is not checked. Raises `InvoiceNotFoundError`."""
    try:
        return _with_lines(Invoice.objects.all()).get(id=invoice_id)
    except Invoice.DoesNotExist:
        raise InvoiceNotFoundError from None


def signed_path(*, invoice_id: UUID) -> str:
    """A path below the API's origin at which whoever holds it reads the PDF, until it expires."""
    return reverse("commerce-invoice-file", kwargs={"token": _signer.sign(invoice_id.hex)})


def linked_invoice(*, token: str) -> Invoice:
    """The invoice that a link names. Raises `InvoiceLinkExpiredError`, and `InvoiceNotFoundError` for a link
    that we did not make.
    """
    try:
        invoice_id = _signer.unsign(token, max_age=LINK_LIFETIME)
    except signing.SignatureExpired:
        raise InvoiceLinkExpiredError from None
    except signing.BadSignature:
        raise InvoiceNotFoundError from None
    return invoice_by_id(invoice_id=UUID(invoice_id))


def billed_lines(invoice: Invoice) -> list[BilledLine]:
    """No query, for an invoice that came from here."""
    if invoice.refund is None:
        return [
            _billed(line, price=line.price, discount=line.discount, tax=line.tax, total=line.total)
            for line in invoice.order.lines.all()
        ]
    return [_credited(part) for part in invoice.refund.lines.all()]


def _credited(part: RefundLine) -> BilledLine:
    line = part.line
    total, tax = Money(part.amount, line.price_currency), Money(part.tax_amount, line.price_currency)
    return _billed(
        line,
        price=total if line.tax_inclusive else total - tax,
        discount=Money.zero(line.price_currency),
        tax=tax,
        total=total,
    )


def _billed(line: OrderLine, *, price: Money, discount: Money, tax: Money, total: Money) -> BilledLine:
    return BilledLine(
        course_id=line.course_id,
        title=line.title,
        price=price,
        discount=discount,
        tax_name=line.tax_name,
        tax_rate=line.tax_rate,
        tax_inclusive=line.tax_inclusive,
        tax=tax,
        total=total,
    )


def _with_lines(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    credited = RefundLine.objects.select_related("line").order_by("line__position")
    return invoices.select_related("order", "refund", "credits").prefetch_related(
        "order__lines", Prefetch("refund__lines", credited)
    )
