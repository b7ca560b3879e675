"""How Stripe is reached."""

from functools import lru_cache
from typing import Final

import stripe

__all__ = ["API_VERSION", "client"]

#: The API version that this code was written and tested for. Raising it means changing the tests as well.
API_VERSION: Final = "2026-08-26.dahlia"
_CONNECT_AND_READ_SECONDS: Final = (2.0, 5.0)
_NETWORK_RETRIES: Final = 2


@lru_cache(maxsize=4)
def client(secret_key: str, api_base: str | None) -> stripe.StripeClient:
    """One client per process: it keeps its connections, one per thread."""
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=_NETWORK_RETRIES,
        http_client=stripe.RequestsClient(timeout=_CONNECT_AND_READ_SECONDS),
    )
