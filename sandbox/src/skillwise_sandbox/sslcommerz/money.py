"""Amounts as SSLCOMMERZ writes them: decimals with two places; and what a currency is worth in taka."""

import re
from decimal import ROUND_HALF_UP, Decimal

from .work import RefusedError

#: Taka for one of each. Fixed, so that a test can count on them.
RATES = {
    "BDT": Decimal(1),
    "USD": Decimal("121.5000"),
    "EUR": Decimal("140.2500"),
    "GBP": Decimal("162.7500"),
    "INR": Decimal("1.3750"),
    "JPY": Decimal("0.8125"),
    "SGD": Decimal("94.5000"),
}
LEAST, MOST = Decimal("10.00"), Decimal("500000.00")
#: What SSLCOMMERZ keeps of each payment.
FEE = Decimal("0.025")

_FORM = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")
_CENT = Decimal("0.01")


def read(text: str, name: str) -> Decimal:
    """A positive amount of at most two decimals."""
    if not _FORM.fullmatch(text) or not Decimal(text):
        raise RefusedError(f"Invalid Information! '{name}' is not a valid amount.")
    return Decimal(text)


def in_taka(amount: Decimal, currency: str) -> Decimal:
    return (amount * RATES[currency]).quantize(_CENT, ROUND_HALF_UP)


def after_fee(amount: Decimal) -> Decimal:
    return (amount * (1 - FEE)).quantize(_CENT, ROUND_HALF_UP)


def written(amount: Decimal) -> str:
    return f"{amount:.2f}"
