"""Providers that pay instructors, each behind the same port. Not every payment provider does."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from skillwise_commerce.gateways.payout_port import PayoutGateway
from skillwise_commerce.gateways.stripe.payouts import StripePayouts

__all__ = ["PAYOUT_PROVIDER", "get_payout_gateway"]

#: Who pays instructors.
PAYOUT_PROVIDER: Final = StripePayouts.provider

_PROVIDERS: Final = MappingProxyType[str, Callable[[], PayoutGateway]](
    {StripePayouts.provider: StripePayouts.from_settings}
)


def get_payout_gateway(provider: str) -> PayoutGateway:
    """The provider's gateway, reached as the settings say. Raises `KeyError` for one that pays nobody."""
    return _PROVIDERS[provider]()
