"""Booking into the double-entry ledger. The database refuses a transaction that does not sum to zero."""

from collections.abc import Iterable
from datetime import datetime

from skillwise_commerce.domain.sales import Posting, postings_of_sale
from skillwise_commerce.models import LedgerEntry, LedgerTransaction, OrderLine, Payment

__all__ = ["book_sale"]


def book_sale(payment: Payment, lines: Iterable[OrderLine], *, now: datetime) -> None:
    """What the provider now holds for us, and how much of it each seller and the platform have earned."""
    postings = postings_of_sale(
        payment.provider, [(line.seller_id, line.price, line.seller_share) for line in lines]
    )
    _book(LedgerTransaction.Kind.SALE, f"payment:{payment.id}", postings, now=now)


def _book(kind: LedgerTransaction.Kind, reference: str, postings: list[Posting], *, now: datetime) -> None:
    transaction = LedgerTransaction.objects.create(kind=kind, reference=reference, booked_at=now)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            transaction=transaction,
            account=account,
            amount_amount=amount.amount,
            amount_currency=amount.currency,
        )
        for account, amount in postings
    )
