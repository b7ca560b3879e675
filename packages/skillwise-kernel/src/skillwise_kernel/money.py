"""Money: an integer number of minor units of an ISO 4217 currency. Never a float, never a bare number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["CURRENCIES", "CurrencyMismatchError", "Money"]

#: The currencies sold in, with the number of decimals of each (ISO 4217, "minor unit").
CURRENCIES: dict[str, int] = {
    "AED": 2, "AUD": 2, "BDT": 2, "BHD": 3, "BRL": 2, "CAD": 2, "CHF": 2, "CLP": 0, "CNY": 2, "CZK": 2,
    "DKK": 2, "EGP": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 2, "IDR": 2, "ILS": 2, "INR": 2, "JOD": 3,
    "JPY": 0, "KES": 2, "KRW": 0, "KWD": 3, "LKR": 2, "MAD": 2, "MXN": 2, "MYR": 2, "NGN": 2, "NOK": 2,
    "NPR": 2, "NZD": 2, "OMR": 3, "PHP": 2, "PKR": 2, "PLN": 2, "RON": 2, "SAR": 2, "SEK": 2, "SGD": 2,
    "THB": 2, "TND": 3, "TRY": 2, "TWD": 2, "UAH": 2, "USD": 2, "VND": 0, "ZAR": 2,
}  # fmt: skip


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` minor units of `currency`: `Money(4999, "USD")` is $49.99, `Money(4999, "JPY")` is ¥4,999.

    Raises `ValueError` for a currency that is not in `CURRENCIES`, `TypeError` for an amount that is not an
    int.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"amount must be an int of minor units, not {type(self.amount).__name__}")
        if self.currency not in CURRENCIES:
            raise ValueError(f"unknown currency {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def total(cls, parts: Iterable["Money"], currency: str) -> "Money":
        """The sum of `parts`, which may be none, all of them in `currency`."""
        return sum(parts, start=cls.zero(currency))

    @property
    def decimals(self) -> int:
        """How many digits stand behind the point: 2 for USD, 0 for JPY, 3 for KWD."""
        return CURRENCIES[self.currency]

    @property
    def is_zero(self) -> bool:
        return self.amount == 0

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by `weights` (not all zero, none negative) so that no minor unit is lost: the largest
        remainders get the rest.

        Ties go to the earlier part. Raises `ValueError` for weights that cannot be split by.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        sign = -1 if self.amount < 0 else 1
        parts = [divmod(abs(self.amount) * weight, whole) for weight in weights]
        left = abs(self.amount) - sum(quotient for quotient, _ in parts)
        first = sorted(range(len(parts)), key=lambda i: -parts[i][1])[:left]
        return [
            Money(sign * (quotient + (1 if i in first else 0)), self.currency)
            for i, (quotient, _) in enumerate(parts)
        ]

    def format(self, locale: str = "en") -> str:
        """For people: `$49.99`, `49,99 €` by `locale` (a CLDR identifier such as `de_DE`)."""
        from decimal import Decimal

        from babel.numbers import format_currency

        return format_currency(Decimal(self.amount).scaleb(-self.decimals), self.currency, locale=locale)

    def __str__(self) -> str:
        return self.format()

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other).amount

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other).amount

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other).amount

    def _same(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} cannot be added or compared")
        return other
