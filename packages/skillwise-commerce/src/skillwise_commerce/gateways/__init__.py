"""Payment providers, each behind the same port."""

from skillwise_commerce.gateways.port import PaymentGateway, PaymentRequest, RefundRequest, WebhookNotice
from skillwise_commerce.gateways.stripe import StripeGateway

__all__ = ["PROVIDERS", "PaymentGateway", "PaymentRequest", "RefundRequest", "WebhookNotice", "get_gateway"]

PROVIDERS = {StripeGateway.provider: StripeGateway.from_settings}


def get_gateway(provider: str) -> PaymentGateway:
    """The provider's gateway, reached as the settings say. Raises `KeyError` for one that there is not."""
    return PROVIDERS[provider]()
