"""SSLCOMMERZ's gateway, pointed at its stand-in."""

from collections.abc import Iterator

import httpx
import pytest
from skillwise_commerce.gateways import get_gateway
from skillwise_commerce.gateways.sslcommerz.calls import Calls
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from sslcommerz import PASSWORD, Sslcommerz


@pytest.fixture
def gateway(sslcommerz: Sslcommerz) -> SslcommerzGateway:
    gateway = get_gateway("sslcommerz")
    assert isinstance(gateway, SslcommerzGateway)
    return gateway


@pytest.fixture
def quick(sslcommerz: Sslcommerz) -> Iterator[SslcommerzGateway]:
    """One that repeats no call by itself."""
    with httpx.Client(base_url=sslcommerz.base) as client:
        yield SslcommerzGateway(
            Calls(client, store_id="sandbox", store_password=PASSWORD, pauses=()),
            store_password=PASSWORD,
            public_url="https://api.skillwise.example",
            shop_email="hello@skillwise.example",
        )
