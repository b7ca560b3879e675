"""Stripe, through its official library."""

from skillwise_commerce.gateways.stripe.gateway import StripeGateway

__all__ = ["GATEWAY", "StripeGateway"]

GATEWAY = StripeGateway
