"""What a coupon takes off, and for whom it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from skillwise_kernel.money import Money

__all__ = ["ALPHABET", "CouponTerms", "code_key", "discounts"]

#: Of which one-off codes are made: no letter or digit that is taken for another.
ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTerms:
    """`percent_off` in whole percent, or `amount_off`. `scope` is `site`, or `course` or `seller` with the
    `scope_id` of one. A basket must cost `minimum` or more before the coupon.
    """

    coupon_id: UUID
    code: str
    percent_off: int | None
    amount_off: Money | None
    scope: str
    scope_id: UUID | None
    starts_at: datetime | None
    ends_at: datetime | None
    minimum: Money | None

    def covers(self, *, course_id: UUID, seller_id: UUID) -> bool:
        return self.scope == "site" or self.scope_id == (course_id if self.scope == "course" else seller_id)


def code_key(code: str) -> str:
    """A code as it is compared: whoever types it need not mind its case, nor blanks around it."""
    return code.strip().upper()


def discounts(terms: CouponTerms, prices: Sequence[tuple[Money, bool]]) -> list[Money]:
    """What the coupon takes off each of (price, whether it covers it), all in one currency: to the minor unit
    its percentage of what it covers, or its amount, at most the price.
    """
    currency = prices[0][0].currency
    covered = Money.total((price for price, is_covered in prices if is_covered), currency)
    if covered.is_zero:
        return [Money.zero(currency) for _ in prices]
    if terms.percent_off is not None:
        off, _ = covered.allocate([terms.percent_off, 100 - terms.percent_off])
    else:
        off = min(terms.amount_off or covered, covered)
    return off.allocate([price.amount if is_covered else 0 for price, is_covered in prices])
