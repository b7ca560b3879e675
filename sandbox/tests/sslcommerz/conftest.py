"""SSLCOMMERZ's stand-in is spoken to over HTTP, as a shop, a buyer and SSLCOMMERZ itself speak."""

import pytest
from sandbox_process import Sandbox
from sslcommerz_shop import Shop


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)
