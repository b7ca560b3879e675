"""What the OpenAPI document shows as an example of each body."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

__all__ = ["BASKET", "CHECKOUT", "INVOICE", "ORDER", "QUOTE", "answer", "request"]

_NOTHING: Final = {"amount": 0, "currency": "USD"}
_PRICE: Final = {"amount": 4999, "currency": "USD"}
_DISCOUNT: Final = {"amount": 999, "currency": "USD"}
_TAX: Final = {"amount": 600, "currency": "USD"}
_TOTAL: Final = {"amount": 4600, "currency": "USD"}
_LINES: Final = [
    {
        "course_id": "0199c4d2-a1b0-7c3e-8f5a-6b7c8d9e0f10",
        "title": "Bread from four ingredients",
        "price": _PRICE,
        "discount": _DISCOUNT,
        "tax_name": "VAT",
        "tax_rate": "15.000",
        "tax_inclusive": False,
        "tax": _TAX,
        "total": _TOTAL,
    }
]

ORDER: Final[dict[str, Any]] = {
    "id": "0199c4d5-07aa-7d41-9c52-2f6f0a7be101",
    "status": "paid",
    "provider": "stripe",
    "discount": _DISCOUNT,
    "tax": _TAX,
    "total": _TOTAL,
    "refunded": _NOTHING,
    "lines": [{**line, "refunded": _NOTHING} for line in _LINES],
    "dispute_status": None,
    "failure_code": None,
    "created_at": "2026-11-23T10:00:00Z",
    "paid_at": "2026-11-23T10:01:12Z",
    "invoice_id": "0199c4d6-13bf-7e02-8a11-90d3b2c4e5f6",
    "credit_note_ids": [],
}

CHECKOUT: Final[dict[str, Any]] = {
    "order": {**ORDER, "status": "pending", "paid_at": None, "invoice_id": None},
    "payment": {
        "provider": "stripe",
        "publishable_key": "pk_test_51N…",
        "payment_intent": "pi_3QK1x2EgjMY5vZhN0a1B2c3D",
        "client_secret": "pi_3QK1x2EgjMY5vZhN0a1B2c3D_secret_…",
        "customer": "cus_R4dYk7Zp2m",
        "ephemeral_key": "ek_test_YWNjdF8x…",
    },
}

BASKET: Final[dict[str, Any]] = {
    "course_ids": [_LINES[0]["course_id"]],
    "bundle_ids": [],
    "coupon_code": "spring20",
    "billing": {"name": "Nadia Rahman", "address": "12 Lake Road, Dhaka", "country": "BD", "vat_number": ""},
    "currency": "USD",
}

QUOTE: Final[dict[str, Any]] = {
    "id": "0199c4d4-9c1e-7f30-8d21-5b7a90c3e4d2",
    "lines": [
        {
            "course_id": _LINES[0]["course_id"],
            "bundle_id": None,
            "title": "Bread from four ingredients",
            "price": _PRICE,
            "discount": {"amount": 1000, "currency": "USD"},
            "tax": {"amount": 522, "currency": "USD"},
            "tax_name": "VAT",
            "tax_rate": "15.000",
            "tax_inclusive": True,
            "total": {"amount": 3999, "currency": "USD"},
        }
    ],
    "coupon_code": "SPRING20",
    "price": _PRICE,
    "discount": {"amount": 1000, "currency": "USD"},
    "tax": {"amount": 522, "currency": "USD"},
    "total": {"amount": 3999, "currency": "USD"},
    "is_reverse_charged": False,
    "expires_at": "2026-11-23T10:15:00Z",
}

INVOICE: Final[dict[str, Any]] = {
    "id": ORDER["invoice_id"],
    "kind": "invoice",
    "number": "2026-000042",
    "credits": None,
    "legal_entity": "SkillWise",
    "seller_address": "12 Gulshan Avenue\nDhaka 1212, Bangladesh",
    "seller_tax_id": "004567890-0101",
    "buyer": {
        "name": "Ayesha Rahman",
        "address": "House 7, Road 3, Dhanmondi\nDhaka 1205",
        "country": "BD",
        "vat_number": "",
    },
    "order_id": ORDER["id"],
    "is_reverse_charged": False,
    "tax": _TAX,
    "total": _TOTAL,
    "lines": _LINES,
    "issued_at": ORDER["paid_at"],
}


def request(name: str, value: Any) -> OpenApiExample:
    """An example of a request's body."""
    return OpenApiExample(name, value=value, request_only=True)


def answer(name: str, value: Any, *, status: int = 200) -> OpenApiExample:
    """An example of an answer with this status. Of a list, one result: a page is put around it."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])
