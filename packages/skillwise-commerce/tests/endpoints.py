"""Where commerce listens, and how it says no."""

from typing import Any

from django.http import HttpResponse
from skillwise_kernel.testing.client import ApiClient

QUOTE = "/api/v1/payments/quote/"
CREATE = "/api/v1/payments/create/"
WEBHOOK = "/api/v1/payments/webhooks/stripe/"
ORDERS = "/api/v1/orders/"
INVOICES = "/api/v1/invoices/"
GIFTS = "/api/v1/gifts/"
CART = "/api/v1/cart/"
COUPONS = "/api/v1/coupons/"
BUNDLES = "/api/v1/bundles/"
TEACHING = "/api/v1/instructors/"


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document, which must be this one."""
    body: dict[str, Any] = ApiClient.json(response)
    assert (response.status_code, body["code"]) == (status, code), body
    return body
