"""What a review may be, and what many of them amount to."""

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["MAX_RATING", "MAX_TEXT_LENGTH", "MIN_RATING", "average_rating"]

MIN_RATING = 1
MAX_RATING = 5
MAX_TEXT_LENGTH = 5000


def average_rating(total: int, count: int) -> Decimal | None:
    """The mean of `count` ratings that add up to `total`, to two decimals, half up; None for none."""
    if not count:
        return None
    return (Decimal(total) / count).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
