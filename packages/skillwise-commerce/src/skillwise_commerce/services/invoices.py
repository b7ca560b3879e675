"""Numbering and issuing invoices."""

from datetime import UTC, datetime

from django.conf import settings
from skillwise_kernel.money import Money

from skillwise_commerce.models import Invoice, InvoiceCounter, Order, Refund

__all__ = ["issue_credit_note", "issue_invoice"]


def issue_invoice(order: Order, *, now: datetime) -> Invoice:
    """The invoice of a paid order, with the next number of the legal entity and year.

    Takes the lock on which all other sales of that entity wait until the caller's transaction ends: call it
    late.
    """
    return _issue(
        Invoice.Kind.INVOICE, order, total=order.total, tax=order.tax, refund=None, credited=None, now=now
    )


def issue_credit_note(refund: Refund, *, now: datetime) -> Invoice:
    """The credit note of a refund, referring to the invoice of its order, with the next number of credit
    notes of the legal entity and year. Call it late, as `issue_invoice`.
    """
    order = refund.order
    tax = sum(line.tax_amount for line in refund.lines.all())
    return _issue(
        Invoice.Kind.CREDIT_NOTE,
        order,
        total=refund.total,
        tax=Money(tax, refund.currency),
        refund=refund,
        credited=order.invoices.get(kind=Invoice.Kind.INVOICE),
        now=now,
    )


def _issue(
    kind: Invoice.Kind,
    order: Order,
    *,
    total: Money,
    tax: Money,
    refund: Refund | None,
    credited: Invoice | None,
    now: datetime,
) -> Invoice:
    configured = settings.SKILLWISE_COMMERCE
    entity, year = configured["LEGAL_ENTITY"], now.astimezone(UTC).year
    return Invoice.objects.create(
        kind=kind,
        order=order,
        refund=refund,
        credits=credited,
        buyer_id=order.buyer_id,
        legal_entity=entity,
        seller_address=configured["LEGAL_ENTITY_ADDRESS"],
        seller_tax_id=configured["LEGAL_ENTITY_TAX_ID"],
        buyer_name=order.billing_name,
        buyer_address=order.billing_address,
        buyer_country=order.billing_country,
        buyer_vat_number=order.vat_number,
        year=year,
        sequence=_take_number(entity, kind, year),
        tax_amount=tax.amount,
        total_amount=total.amount,
        total_currency=total.currency,
        issued_at=now,
    )


def _take_number(entity: str, kind: Invoice.Kind, year: int) -> int:
    InvoiceCounter.objects.get_or_create(legal_entity=entity, kind=kind, year=year)
    counter = InvoiceCounter.objects.select_for_update().get(legal_entity=entity, kind=kind, year=year)
    counter.last_sequence += 1
    counter.save(update_fields=["last_sequence"])
    return counter.last_sequence
