"""What the OpenAPI document shows as examples of coupons, bundles, prices and shares."""

from typing import Any, Final

__all__ = [
    "BATCH",
    "BATCH_INPUT",
    "BUNDLE",
    "BUNDLE_INPUT",
    "COUPON",
    "COUPON_INPUT",
    "PRICES",
    "SHARES",
]

_COURSE: Final = "0199c4d2-a1b0-7c3e-8f5a-6b7c8d9e0f10"
_OTHER_COURSE: Final = "0199c4d2-b7aa-7b11-9f2c-1d2e3f405162"
_SELLER: Final = "0199c4d1-02f3-7a64-b1c8-5f6071829304"
_MOMENT: Final = "2026-11-23T10:00:00Z"

COUPON_INPUT: Final[dict[str, Any]] = {
    "code": "Spring20",
    "percent_off": 20,
    "scope": "course",
    "scope_id": _COURSE,
    "ends_at": "2027-04-01T00:00:00Z",
    "max_uses": 100,
    "minimum": {"amount": 1000, "currency": "USD"},
}

COUPON: Final[dict[str, Any]] = {
    "id": "0199c4d3-5e12-7d90-8a3b-4c5d6e7f8091",
    "code": "Spring20",
    "batch_id": None,
    "percent_off": 20,
    "amount_off": None,
    "scope": "course",
    "scope_id": _COURSE,
    "starts_at": None,
    "ends_at": "2027-04-01T00:00:00Z",
    "max_uses": 100,
    "max_uses_per_person": 1,
    "minimum": {"amount": 1000, "currency": "USD"},
    "uses": 42,
    "ended_at": None,
    "created_at": _MOMENT,
}

BATCH_INPUT: Final[dict[str, Any]] = {
    "name": "Book fair, Dhaka",
    "size": 500,
    "amount_off": {"amount": 50000, "currency": "BDT"},
    "scope": "seller",
    "ends_at": "2027-03-01T00:00:00Z",
}

BATCH: Final[dict[str, Any]] = {
    "id": "0199c4d3-7a08-7f2d-b1e4-6f7081920314",
    "name": "Book fair, Dhaka",
    "size": 500,
    "created_at": _MOMENT,
}

PRICES: Final[dict[str, Any]] = {
    "prices": [{"amount": 550000, "currency": "BDT"}, {"amount": 7500, "currency": "JPY"}]
}

SHARES: Final[dict[str, Any]] = {
    "shares": [{"seller_id": _SELLER, "percent": 50}, {"seller_id": _COURSE[:-2] + "77", "percent": 20}]
}

BUNDLE_INPUT: Final[dict[str, Any]] = {
    "title": "Everything about bread",
    "description": "From the first loaf to the croissant.",
    "course_ids": [_COURSE, _OTHER_COURSE],
    "prices": [{"amount": 7900, "currency": "USD"}],
    "is_on_sale": True,
}

BUNDLE: Final[dict[str, Any]] = {
    "id": "0199c4d4-2b31-7c0d-9e4f-8091a2b3c4d5",
    "title": "Everything about bread",
    "description": "From the first loaf to the croissant.",
    "owner_id": _SELLER,
    "courses": [
        {"id": _COURSE, "slug": "bread-from-four-ingredients", "title": "Bread from four ingredients"},
        {"id": _OTHER_COURSE, "slug": "rye", "title": "Rye"},
    ],
    "prices": [{"amount": 7900, "currency": "USD"}],
    "is_on_sale": True,
    "is_available": True,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
