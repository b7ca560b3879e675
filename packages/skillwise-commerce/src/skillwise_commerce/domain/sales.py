"""What is asked for courses, and who gets what of it."""

import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from skillwise_kernel.money import Money

__all__ = ["MAX_COURSES", "Posting", "fingerprint", "postings_of_sale", "seller_share"]

#: How many courses one order may hold.
MAX_COURSES: Final = 50

#: What an account is moved by: above zero is a debit, below it a credit.
Posting = tuple[str, Money]


def seller_share(price: Money, percent: int) -> Money:
    """What the seller earns of `price`. The platform keeps the rest: no minor unit is lost between them."""
    share, _ = price.allocate([percent, 100 - percent])
    return share


def fingerprint(provider: str, prices: Iterable[tuple[UUID, Money]]) -> str:
    """Equal for two orders that buy the same courses at the same prices from the same provider, in whatever
    order. 64 hex digits.
    """
    lines = sorted(f"{course_id}={price.amount}{price.currency}" for course_id, price in prices)
    return hashlib.sha256("\n".join([provider, *lines]).encode()).hexdigest()


def postings_of_sale(provider: str, shares: Iterable[tuple[UUID, Money, Money]]) -> list[Posting]:
    """The double entry of a sale of (seller, price, seller's share): what the provider now holds for us,
    and whose it is.

    One posting per account, none of them zero; together they sum to zero.
    """
    held: Money | None = None
    platform: Money | None = None
    sellers: dict[UUID, Money] = {}
    for seller_id, price, share in shares:
        held = price if held is None else held + price
        kept = price - share
        platform = kept if platform is None else platform + kept
        sellers[seller_id] = sellers[seller_id] + share if seller_id in sellers else share
    if held is None or platform is None:
        raise ValueError("a sale has at least one line")
    postings = [
        (f"{provider}_clearing", held),
        ("platform_revenue", -platform),
        *((f"instructor_payable:{seller_id}", -share) for seller_id, share in sorted(sellers.items())),
    ]
    return [(account, amount) for account, amount in postings if not amount.is_zero]
