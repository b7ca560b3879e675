"""Sessions: POST /gwprocess/v4/api.php. Each is one page on which one transaction can be paid, once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..stripe.store import Body, Found, random_text
from . import money
from .work import RefusedError, Work

KIND = "sslcommerz_session"
#: How long a page can be paid, in seconds.
LIFETIME = 30 * 60

# The mandatory parameters of the documentation, with the longest text that each takes.
_MANDATORY = {
    "total_amount": 13,
    "currency": 3,
    "tran_id": 30,
    "product_category": 100,
    "success_url": 255,
    "fail_url": 255,
    "cancel_url": 255,
    "cus_name": 50,
    "cus_email": 50,
    "cus_add1": 50,
    "cus_city": 50,
    "cus_postcode": 30,
    "cus_country": 50,
    "cus_phone": 20,
    "shipping_method": 50,
    "product_name": 255,
    "product_profile": 100,
}
_OPTIONAL = {"ipn_url": 255, "value_a": 255, "value_b": 255, "value_c": 255, "value_d": 255, "num_of_item": 1}
_ADDRESSES = ("success_url", "fail_url", "cancel_url", "ipn_url")


def create(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    """A new session. A `tran_id` that was used before gets one more, whatever became of the one before:
    nothing in the protocol promises otherwise, and whoever relies on it would be paid twice.
    """
    _check(params)
    amount = money.read(params["total_amount"], "total_amount")
    if params["currency"] not in money.RATES:
        raise RefusedError("Invalid Information! 'currency' is not supported.")
    taka = money.in_taka(amount, params["currency"])
    if not money.LEAST <= taka <= money.MOST:
        raise RefusedError("Invalid Information! The amount must be from 10.00 BDT to 500000.00 BDT.")
    kept = {name: params.get(name, "") for name in (*_MANDATORY, *_OPTIONAL)}
    session: dict[str, Any] = {
        **kept,
        "id": random_text(32).upper(),
        "object": KIND,
        "status": "PENDING",
        "taka": money.written(taka),
        "created": work.now,
        "expires": work.now + LIFETIME,
    }
    work.store.add(session)
    return {
        "status": "SUCCESS",
        "failedreason": "",
        "sessionkey": session["id"],
        "gw": {
            "visa": "",
            "master": "",
            "amex": "",
            "othercards": "",
            "internetbanking": "",
            "mobilebanking": "",
        },
        "GatewayPageURL": page_url(work, session["id"]),
        "storeBanner": "",
        "storeLogo": "",
        "desc": [],
    }


def page_url(work: Work, sessionkey: str) -> str:
    """Where a person pays this session."""
    query = urlencode({"Q": "PAY", "SESSIONKEY": sessionkey})
    return f"{work.public_url}/sslcommerz/gwprocess/v4/gw.php?{query}"


def find(work: Work, sessionkey: str) -> Found | None:
    return work.store.find(KIND, sessionkey)


def of_transaction(work: Work, tran_id: str) -> list[Body]:
    """The sessions of a `tran_id`, oldest first."""
    found = work.store.select(KIND, where={"tran_id": tran_id}, newest_first=False)
    return [session.body for session in found]


def _check(params: Mapping[str, str]) -> None:
    for name in _MANDATORY:
        if not params.get(name, "").strip():
            raise RefusedError(f"Invalid Information! '{name}' is missing or empty.")
    for name, longest in (_MANDATORY | _OPTIONAL).items():
        if len(params.get(name, "")) > longest:
            raise RefusedError(f"Invalid Information! '{name}' is longer than {longest} characters.")
    for name in _ADDRESSES:
        given = params.get(name, "")
        if given and (urlsplit(given).scheme not in ("http", "https") or not urlsplit(given).hostname):
            raise RefusedError(f"Invalid Information! '{name}' is not a valid URL.")
