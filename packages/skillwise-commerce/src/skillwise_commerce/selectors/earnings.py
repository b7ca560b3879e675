"""What instructors have earned, what of it is held or can be paid out, and what was."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.db.models.functions import Greatest, TruncMonth
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import TransferStatus
from skillwise_commerce.errors import PayoutNotFoundError
from skillwise_commerce.models import Earning, Payout, SellerAccount

__all__ = [
    "EarningsByCourse",
    "EarningsByMonth",
    "EarningsInCurrency",
    "available_earnings",
    "earnings_between",
    "earnings_by_course",
    "earnings_by_month",
    "earnings_in_currencies",
    "earnings_of_seller",
    "payout_account_of",
    "payout_of_seller",
    "payouts_of_seller",
]

_SPOKEN_FOR = [TransferStatus.PENDING, TransferStatus.PAID]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsInCurrency:
    """`available` can be paid out (below zero: a late refund is carried over), `held` waits for the refund
    window to close, `on_its_way` and `paid` are payouts.
    """

    available: Money
    held: Money
    on_its_way: Money
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsByCourse:
    course_id: UUID
    earned: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsByMonth:
    """`month` is its first day, in UTC."""

    month: date
    earned: Money


def earnings_in_currencies(*, seller_id: UUID, now: datetime) -> list[EarningsInCurrency]:
    """By currency, in the order of their codes. Three queries."""
    own = Earning.objects.filter(seller_id=seller_id)
    matured = _sums(own.filter(available_at__lte=now))
    held = _sums(own.filter(available_at__gt=now))
    sent: dict[str, dict[str, int]] = defaultdict(dict)
    payouts = Payout.objects.filter(seller_id=seller_id, status__in=_SPOKEN_FOR)
    for row in payouts.values("currency", "status").annotate(sent=Sum("amount")):
        sent[row["currency"]][row["status"]] = row["sent"]
    return [
        EarningsInCurrency(
            available=Money(matured.get(currency, 0) - sum(sent[currency].values()), currency),
            held=Money(held.get(currency, 0), currency),
            on_its_way=Money(sent[currency].get(TransferStatus.PENDING, 0), currency),
            paid=Money(sent[currency].get(TransferStatus.PAID, 0), currency),
        )
        for currency in sorted({*matured, *held, *sent})
    ]


def available_earnings(*, now: datetime) -> list[tuple[UUID, Money]]:
    """Whom something above zero can be paid out to, and what. Two queries, however many."""
    available: dict[tuple[UUID, str], int] = defaultdict(int)
    matured = Earning.objects.filter(available_at__lte=now)
    for row in matured.values("seller_id", "currency").annotate(total=Sum("amount")):
        available[row["seller_id"], row["currency"]] += row["total"]
    payouts = Payout.objects.filter(status__in=_SPOKEN_FOR)
    for sent in payouts.values("seller_id", "currency").annotate(sent=Sum("amount")):
        available[sent["seller_id"], sent["currency"]] -= sent["sent"]
    return [
        (seller_id, Money(amount, currency))
        for (seller_id, currency), amount in sorted(available.items())
        if amount > 0
    ]


def earnings_by_course(*, seller_id: UUID) -> list[EarningsByCourse]:
    """What each course has earned this person, refunds taken off, the most first. One query."""
    rows = Earning.objects.filter(seller_id=seller_id).values("course_id", "currency")
    return [
        EarningsByCourse(course_id=row["course_id"], earned=Money(row["total"], row["currency"]))
        for row in rows.annotate(total=Sum("amount")).order_by("currency", "-total", "course_id")
    ]


def earnings_by_month(*, seller_id: UUID) -> list[EarningsByMonth]:
    """What each month has earned this person, refunds of the month taken off, the newest first. One query."""
    rows = Earning.objects.filter(seller_id=seller_id).annotate(month=TruncMonth("earned_at"))
    return [
        EarningsByMonth(month=row["month"].date(), earned=Money(row["total"], row["currency"]))
        for row in rows.values("month", "currency")
        .annotate(total=Sum("amount"))
        .order_by("-month", "currency")
    ]


def earnings_of_seller(*, seller_id: UUID) -> Iterator[Earning]:
    """Every earning with its line, the newest first, read in portions: one query."""
    own = Earning.objects.filter(seller_id=seller_id).select_related("line")
    return own.order_by("-earned_at", "-id").iterator(chunk_size=1000)


def earnings_between(
    *, seller_id: UUID, currency: str, after: datetime | None, until: datetime
) -> QuerySet[Earning]:
    """Those that became payable in that time, with line and order, the oldest first: what is taken back of a
    sale long payable is payable, below zero, at once.
    """
    own = Earning.objects.filter(seller_id=seller_id, currency=currency)
    payable = own.annotate(payable_at=Greatest("earned_at", "available_at")).filter(payable_at__lte=until)
    if after is not None:
        payable = payable.filter(payable_at__gt=after)
    return payable.select_related("line__order").order_by("payable_at", "id")


def payout_account_of(*, seller_id: UUID) -> SellerAccount | None:
    """Where their money goes; None before onboarding has begun."""
    return SellerAccount.objects.filter(seller_id=seller_id).first()


def payouts_of_seller(*, seller_id: UUID) -> QuerySet[Payout]:
    """One query, however many."""
    return Payout.objects.filter(seller_id=seller_id)


def payout_of_seller(*, seller_id: UUID, payout_id: UUID) -> Payout:
    """Raises `PayoutNotFoundError`, for another person's payout too."""
    try:
        return payouts_of_seller(seller_id=seller_id).get(id=payout_id)
    except Payout.DoesNotExist:
        raise PayoutNotFoundError from None


def _sums(earnings: QuerySet[Earning]) -> dict[str, int]:
    return {
        row["currency"]: row["total"] for row in earnings.values("currency").annotate(total=Sum("amount"))
    }
