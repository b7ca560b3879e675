"""How documents say things."""

from datetime import UTC, datetime
from decimal import Decimal

from babel import Locale
from skillwise_kernel.money import Money

__all__ = ["amount", "country_name", "day", "digits", "percent"]


def digits(money: Money) -> str:
    """The amount without its currency, for tables: `1,234.50`."""
    number = f"{Decimal(abs(money.amount)).scaleb(-money.decimals):,.{money.decimals}f}"
    return f"\N{MINUS SIGN}{number}" if money.amount < 0 else number


def amount(money: Money) -> str:
    """With its currency, for what stands alone: `BDT 1,234.50`."""
    return f"{money.currency}\N{NO-BREAK SPACE}{digits(money)}"


def percent(rate: Decimal) -> str:
    """`15 %`, `7.5 %`, as a fraction is written."""
    return f"{rate.normalize():f}\N{NO-BREAK SPACE}%"


def day(moment: datetime) -> str:
    """In UTC, in words: `3 November 2026`."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def country_name(code: str) -> str:
    """`Bangladesh` for `BD`; a code that is none is its own name."""
    return str(Locale("en").territories.get(code, code))
