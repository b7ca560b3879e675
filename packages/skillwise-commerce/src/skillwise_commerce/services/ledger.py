"""Booking into the double-entry ledger, and what each instructor earns or loses by it into theirs.

The database refuses a transaction that does not sum to zero, and one that was booked before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import ProviderFee
from skillwise_commerce.domain.sales import (
    LinePart,
    Posting,
    postings_of_difference,
    postings_of_fee,
    postings_of_payout,
    postings_of_return,
    postings_of_sale,
)
from skillwise_commerce.models import Earning, LedgerEntry, LedgerTransaction, OrderLine, Payout

__all__ = [
    "book_difference",
    "book_fee",
    "book_payout",
    "book_return",
    "book_reversal",
    "book_sale",
    "whole_line",
]

Kind = LedgerTransaction.Kind


def book_sale(lines: Sequence[OrderLine], *, provider: str, reference: str, now: datetime) -> None:
    """What the provider now holds for us, and how much of it is tax, each instructor's, and the platform's.

    `lines` with their `shares`. Nothing is booked where nothing was paid.
    """
    parts = {line: whole_line(line) for line in lines}
    _book(Kind.SALE, reference, postings_of_sale(provider, parts.values()), now=now)
    _earn(Earning.Kind.SALE, reference, parts, sign=1, now=now)


def book_difference(*, provider: str, asked: Money, received: Money, reference: str, now: datetime) -> None:
    """What of a sale did not arrive, or arrived in excess, where somebody accepted that."""
    postings = postings_of_difference(provider, asked=asked, received=received)
    _book(Kind.DIFFERENCE, reference, postings, now=now)


def book_return(
    kind: LedgerTransaction.Kind,
    parts: Mapping[OrderLine, LinePart],
    *,
    provider: str,
    reference: str,
    now: datetime,
) -> None:
    """Money that goes back to the buyer (`REFUND`) or was taken back by a bank (`DISPUTE`): of each line the
    part that is given.
    """
    _book(kind, reference, postings_of_return(provider, parts.values()), now=now)
    _earn(Earning.Kind(kind.value), reference, parts, sign=-1, now=now)


def book_reversal(
    kind: LedgerTransaction.Kind, *, of: LedgerTransaction.Kind, reference: str, now: datetime
) -> None:
    """The opposite of what was booked as `of` with this reference, to the minor unit: a refund that failed
    (`REFUND_FAILED`), a dispute won (`DISPUTE_WON`), a payout that came back (`PAYOUT_REVERSED`).

    Raises `LedgerTransaction.DoesNotExist`.
    """
    booked = LedgerTransaction.objects.get(kind=of, reference=reference)
    _book(kind, reference, [(entry.account, -entry.amount) for entry in booked.entries.all()], now=now)
    if kind is Kind.PAYOUT_REVERSED:
        return
    Earning.objects.bulk_create(
        Earning(
            seller_id=earning.seller_id,
            line_id=earning.line_id,
            course_id=earning.course_id,
            kind=Earning.Kind(kind.value),
            reference=reference,
            amount=-earning.amount,
            currency=earning.currency,
            earned_at=now,
            available_at=earning.available_at,
        )
        for earning in Earning.objects.filter(kind=of.value, reference=reference)
    )


def book_fee(fee: ProviderFee, *, kind: LedgerTransaction.Kind = Kind.FEE, now: datetime) -> None:
    """What the provider kept, once for each of its references."""
    if not LedgerTransaction.objects.filter(kind=kind, reference=fee.reference).exists():
        _book(kind, fee.reference, postings_of_fee(fee.provider, fee.fee), now=now)


def book_payout(payout: Payout, *, now: datetime) -> None:
    """What an instructor was sent."""
    postings = postings_of_payout(payout.provider, payout.seller_id, payout.total)
    _book(Kind.PAYOUT, f"payout:{payout.id}", postings, now=now)


def whole_line(line: OrderLine) -> LinePart:
    """A line as money, with its `shares`."""
    return LinePart(
        total=line.total,
        tax=line.tax,
        tax_country=line.order.billing_country,
        shares={share.seller_id: Money(share.amount, line.price_currency) for share in line.shares.all()},
    )


def _earn(
    kind: Earning.Kind, reference: str, parts: Mapping[OrderLine, LinePart], *, sign: int, now: datetime
) -> None:
    """What is taken back can be paid out, were it positive, when the sale could: the two cancel out."""
    known = _available_at(parts)
    holding = timedelta(days=settings.SKILLWISE_COMMERCE["EARNINGS_HELD_DAYS"])
    Earning.objects.bulk_create(
        Earning(
            seller_id=seller_id,
            line=line,
            course_id=line.course_id,
            kind=kind,
            reference=reference,
            amount=sign * share.amount,
            currency=share.currency,
            earned_at=now,
            available_at=known[line.id].get(seller_id, now + holding),
        )
        for line, part in parts.items()
        for seller_id, share in part.shares.items()
        if not share.is_zero
    )


def _available_at(lines: Iterable[OrderLine]) -> dict[UUID, dict[UUID, datetime]]:
    """By line and instructor, when the sale's earning becomes available."""
    known: dict[UUID, dict[UUID, datetime]] = defaultdict(dict)
    sales = Earning.objects.filter(line__in=list(lines), kind=Earning.Kind.SALE)
    for line_id, seller_id, available_at in sales.values_list("line_id", "seller_id", "available_at"):
        known[line_id][seller_id] = available_at
    return known


def _book(kind: LedgerTransaction.Kind, reference: str, postings: list[Posting], *, now: datetime) -> None:
    if not postings:
        return
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
