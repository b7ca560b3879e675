"""Amounts as SSLCOMMERZ writes them, decimals with two places, and ours."""

from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Final

from skillwise_kernel.money import CURRENCIES, Money

from skillwise_commerce.errors import PaymentNotAcceptedError, ProviderUnavailableError

__all__ = ["decimal_from", "minor_units", "share_of", "written"]

_PLACES: Final = Decimal("0.01")
#: How many decimals a currency has that we do not sell in.
_USUAL: Final = 2


def written(money: Money) -> str:
    """Raises `PaymentNotAcceptedError` for an amount that two places cannot hold: 1.005 KWD."""
    value = Decimal(money.amount).scaleb(-money.decimals)
    if value != value.quantize(_PLACES):
        raise PaymentNotAcceptedError(extra={"provider_code": "too_many_decimals"})
    return f"{value:.2f}"


def minor_units(text: str, currency: str) -> int:
    """Raises `ProviderUnavailableError` for what is no amount of this currency: nothing is then known."""
    value = decimal_from(text).scaleb(CURRENCIES.get(currency, _USUAL))
    if value != value.to_integral_value():
        raise ProviderUnavailableError
    return int(value)


def share_of(taka: str, *, part: Money, whole: Money) -> str:
    """How much of the `taka` that were charged for `whole` are `part` of it. Rounded down, so that all parts
    together are never more than was charged.
    """
    share = decimal_from(taka) * part.amount / whole.amount
    return f"{share.quantize(_PLACES, ROUND_DOWN):.2f}"


def decimal_from(text: str) -> Decimal:
    """Raises `ProviderUnavailableError` for what is no number."""
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ProviderUnavailableError from error
    if not value.is_finite():
        raise ProviderUnavailableError
    return value
