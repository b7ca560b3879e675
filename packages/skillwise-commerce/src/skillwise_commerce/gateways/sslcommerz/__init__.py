"""SSLCOMMERZ, spoken to over HTTPS: https://developer.sslcommerz.com/doc/v4/"""

from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway

__all__ = ["GATEWAY", "SslcommerzGateway"]

GATEWAY = SslcommerzGateway
