"""When money goes back without anybody being asked, and of which lines it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from skillwise_kernel.money import Money

__all__ = ["is_within_policy", "spread_over_lines"]

Key = TypeVar("Key")


def is_within_policy(
    *, paid_at: datetime, now: datetime, days: int, seen_percent: int, seen_below: int
) -> bool:
    """Whether a buyer may have their money back by themselves: up to `days` after the payment, while they
    have seen less than `seen_below` percent of the course.
    """
    return now <= paid_at + timedelta(days=days) and seen_percent < seen_below


def spread_over_lines(amount: Money, left: Mapping[Key, Money]) -> dict[Key, Money]:
    """Of which lines an amount is, that somebody gave back without saying: of the one line of which exactly
    this is left, else of all, as what is left of them stands to each other. Lines that get nothing are left
    out.

    Raises `ValueError` when `amount` is more than is left of all of them.
    """
    whole = Money.total(left.values(), amount.currency)
    if amount > whole:
        raise ValueError(f"{amount} of {whole}")
    for key, of_line in left.items():
        if of_line == amount:
            return {key: amount}
    parts = amount.allocate([of_line.amount for of_line in left.values()])
    return {key: part for key, part in zip(left, parts, strict=True) if not part.is_zero}
