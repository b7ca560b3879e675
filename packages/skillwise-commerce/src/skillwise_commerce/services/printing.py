"""Invoices and credit notes as PDF, drawn from their rows, which never change."""

from itertools import groupby

from skillwise_kernel.money import Money

from skillwise_commerce.models import Invoice
from skillwise_commerce.selectors.invoices import BilledLine, billed_lines
from skillwise_commerce.services.documents.content import BillingDocument, BillingLine, Party, TaxSum

__all__ = ["print_invoice", "tax_sums"]


def print_invoice(invoice: Invoice) -> bytes:
    """The PDF of an invoice that came from `selectors.invoices`: each time the same bytes."""
    # what draws takes a third of a process's start to load, and few processes draw
    from skillwise_commerce.services.documents.billing import billing_pdf

    lines = billed_lines(invoice)
    currency = invoice.total_currency
    return billing_pdf(
        BillingDocument(
            number=invoice.number,
            order_reference=str(invoice.order_id),
            seller=Party(invoice.legal_entity, invoice.seller_address, tax_id=invoice.seller_tax_id),
            buyer=Party(
                invoice.buyer_name, invoice.buyer_address, invoice.buyer_country, invoice.buyer_vat_number
            ),
            issued_at=invoice.issued_at,
            lines=tuple(_line(line) for line in lines),
            taxes=tuple(tax_sums(lines)),
            discount=Money.total((line.discount for line in lines), currency),
            tax=invoice.tax,
            total=invoice.total,
            is_tax_inclusive=any(line.tax_inclusive for line in lines),
            is_reverse_charged=invoice.order.is_reverse_charged,
            credits=invoice.credits.number if invoice.credits is not None else None,
        )
    )


def tax_sums(lines: list[BilledLine]) -> list[TaxSum]:
    """The tax of all lines that are taxed alike, by name and rate; none for what is not taxed."""

    def taxed_as(line: BilledLine) -> tuple[str, object]:
        return line.tax_name, line.tax_rate

    taxed = sorted((line for line in lines if not line.tax.is_zero), key=taxed_as)
    return [_sum(list(group)) for _, group in groupby(taxed, taxed_as)]


def _sum(lines: list[BilledLine]) -> TaxSum:
    currency = lines[0].total.currency
    tax = Money.total((line.tax for line in lines), currency)
    total = Money.total((line.total for line in lines), currency)
    return TaxSum(lines[0].tax_name, lines[0].tax_rate, total - tax, tax)


def _line(line: BilledLine) -> BillingLine:
    return BillingLine(
        title=line.title,
        price=line.price,
        discount=line.discount,
        tax_rate=line.tax_rate,
        tax=line.tax,
        total=line.total,
    )
