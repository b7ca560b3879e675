"""Numbering and issuing invoices."""

from datetime import UTC, datetime

from django.conf import settings

from skillwise_commerce.models import Invoice, InvoiceCounter, Order

__all__ = ["issue_invoice"]


def issue_invoice(order: Order, *, now: datetime) -> Invoice:
    """The invoice of a paid order, with the next number of the legal entity and year.

    Takes the lock on which all other sales of that entity wait until the caller's transaction ends: call it
    late.
    """
    entity, year = settings.SKILLWISE_COMMERCE["LEGAL_ENTITY"], now.astimezone(UTC).year
    return Invoice.objects.create(
        order=order,
        buyer_id=order.buyer_id,
        legal_entity=entity,
        year=year,
        sequence=_take_number(entity, year),
        total_amount=order.total_amount,
        total_currency=order.total_currency,
        issued_at=now,
    )


def _take_number(entity: str, year: int) -> int:
    InvoiceCounter.objects.get_or_create(legal_entity=entity, year=year)
    counter = InvoiceCounter.objects.select_for_update().get(legal_entity=entity, year=year)
    counter.last_sequence += 1
    counter.save(update_fields=["last_sequence"])
    return counter.last_sequence
