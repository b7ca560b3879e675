"""Payment providers, each behind the same port, and each in a folder of its own.

Adding one touches that folder alone: a package beside `stripe` whose `GATEWAY` is a class that implements
`PaymentGateway`. It is found here by being there; buyers can then name it, its webhooks have an address,
`payments/webhooks/<provider>/`, and the tests of the contract demand to know how to pay with it. Its keys are
members of `SKILLWISE_COMMERCE`.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from skillwise_commerce.errors import ProviderNotOfferedError
from skillwise_commerce.gateways.port import (
    KEYS_LAST,
    PaymentGateway,
    PaymentRequest,
    RefundRequest,
    WebhookForm,
    WebhookNotice,
)

__all__ = [
    "KEYS_LAST",
    "PROVIDERS",
    "PaymentGateway",
    "PaymentRequest",
    "RefundRequest",
    "WebhookForm",
    "WebhookNotice",
    "get_gateway",
    "offered_providers",
]


def _discover() -> Mapping[str, type[PaymentGateway]]:
    folders = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    gateways = [import_module(f"{__name__}.{folder}").GATEWAY for folder in sorted(folders)]
    return MappingProxyType({gateway.provider: gateway for gateway in gateways})


#: Every provider there is code for, by its name.
PROVIDERS = _discover()


def get_gateway(provider: str) -> PaymentGateway:
    """The provider's gateway, reached as the settings say. Raises `KeyError` for one that there is not, and
    `ProviderNotOfferedError` for one that is not configured here.
    """
    return PROVIDERS[provider].from_settings()


def offered_providers() -> list[str]:
    """Those that are configured here."""
    return [provider for provider in PROVIDERS if _is_offered(provider)]


def _is_offered(provider: str) -> bool:
    try:
        get_gateway(provider)
    except ProviderNotOfferedError:
        return False
    return True
