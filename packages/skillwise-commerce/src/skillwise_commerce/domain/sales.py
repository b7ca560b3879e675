"""What is asked for courses, and who gets what of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from skillwise_kernel.money import Money

__all__ = [
    "MAX_COURSES",
    "LinePart",
    "Posting",
    "part_of_line",
    "postings_of_difference",
    "postings_of_fee",
    "postings_of_payout",
    "postings_of_return",
    "postings_of_sale",
    "rest_of_line",
]

#: How many courses one order may hold.
MAX_COURSES: Final = 50

#: What an account is moved by: above zero is a debit, below it a credit.
Posting = tuple[str, Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePart:
    """A line of an order as money, or a part of one: `total` holds `tax` (owed to `tax_country`) and what the
    instructors earn (`shares`, by person); the rest is the platform's.
    """

    total: Money
    tax: Money
    tax_country: str
    shares: Mapping[UUID, Money]

    @property
    def seller_share(self) -> Money:
        return Money.total(self.shares.values(), self.total.currency)


def part_of_line(left: LinePart, amount: Money) -> LinePart:
    """What `amount` of a line, of which `left` is left, takes of its tax and shares: their proportion, by the
    largest remainder. No part takes more of anything than is left of it, and parts that make up a line make
    up its tax and shares, to the minor unit.

    Raises `ValueError` when `amount` is more than is left.
    """
    if amount > left.total or amount.amount < 0:
        raise ValueError(f"{amount} of {left.total}")
    if amount == left.total:
        return left
    kept = left.total - left.tax - left.seller_share
    tax, _, *shares = amount.allocate(
        [left.tax.amount, kept.amount, *(share.amount for share in left.shares.values())]
    )
    return LinePart(
        total=amount,
        tax=tax,
        tax_country=left.tax_country,
        shares=dict(zip(left.shares, shares, strict=True)),
    )


def rest_of_line(left: LinePart, part: LinePart) -> LinePart:
    """What is left when `part` is taken as well."""
    return LinePart(
        total=left.total - part.total,
        tax=left.tax - part.tax,
        tax_country=left.tax_country,
        shares={seller_id: share - part.shares[seller_id] for seller_id, share in left.shares.items()},
    )


def postings_of_sale(provider: str, parts: Iterable[LinePart]) -> list[Posting]:
    """The double entry of a sale: what the provider now holds for us, and whose it is.

    One posting per account, none of them zero; together they sum to zero.
    """
    sums: dict[str, Money] = {}

    def post(account: str, amount: Money) -> None:
        sums[account] = sums[account] + amount if account in sums else amount

    for part in parts:
        post(f"{provider}_clearing", part.total)
        post("platform_revenue", -(part.total - part.tax - part.seller_share))
        if not part.tax.is_zero:
            post(f"tax_payable:{part.tax_country}", -part.tax)
        for seller_id, share in sorted(part.shares.items()):
            post(f"instructor_payable:{seller_id}", -share)
    return _without_zeros(sums)


def postings_of_difference(provider: str, *, asked: Money, received: Money) -> list[Posting]:
    """What of a sale did not arrive and was let go (a debit of `payment_differences`), or arrived in excess
    and was kept. Both in one currency.
    """
    return _without_zeros({f"{provider}_clearing": received - asked, "payment_differences": asked - received})


def postings_of_return(provider: str, parts: Iterable[LinePart]) -> list[Posting]:
    """The double entry of money that goes back to the buyer, or is taken back by a bank: a sale the other way
    round.
    """
    return [(account, -amount) for account, amount in postings_of_sale(provider, parts)]


def postings_of_fee(provider: str, fee: Money) -> list[Posting]:
    """What the provider keeps of what it holds for us."""
    return _without_zeros({"fees": fee, f"{provider}_clearing": -fee})


def postings_of_payout(provider: str, seller_id: UUID, amount: Money) -> list[Posting]:
    """What the provider held for us, and an instructor now has."""
    return _without_zeros({f"instructor_payable:{seller_id}": amount, f"{provider}_clearing": -amount})


def _without_zeros(sums: Mapping[str, Money]) -> list[Posting]:
    return [(account, amount) for account, amount in sums.items() if not amount.is_zero]
