"""Payment methods, made from Stripe's test tokens or test card numbers: /v1/payment_methods"""

import datetime
import hashlib
from typing import Any

from . import customers, events
from .errors import CardError, invalid, missing_object
from .lists import listing
from .parameters import BILLING, EXPAND, LIST, free_hash, hash_of, integer, merged, metadata, one_of, text
from .store import Body, Found, new_id
from .testcards import ACCOUNT_BY_TOKEN, CARD_BY_NUMBER, CARD_BY_TOKEN, TestAccount, TestCard
from .work import Call, Work, referred

_CARD = hash_of(number=text, exp_month=integer, exp_year=integer, cvc=text, token=text)
DATA = hash_of(
    ("type",),
    type=one_of("card"),
    card=_CARD,
    billing_details=BILLING,
    metadata=metadata,
    allow_redisplay=one_of("always", "limited", "unspecified"),
    # What mobile SDKs say of themselves; Stripe takes it, and so does the stand-in.
    guid=text,
    muid=text,
    sid=text,
    payment_user_agent=text,
    client_attribution_metadata=free_hash,
)
CREATE_PARAMS = {
    **EXPAND,
    "type": one_of("card"),
    "card": _CARD,
    "billing_details": BILLING,
    "metadata": metadata,
    "allow_redisplay": one_of("always", "limited", "unspecified"),
    "guid": text,
    "muid": text,
    "sid": text,
    "payment_user_agent": text,
    "client_attribution_metadata": free_hash,
}
UPDATE_PARAMS = {**EXPAND, "billing_details": BILLING, "metadata": metadata}
ATTACH_PARAMS = {**EXPAND, "customer": text}
LIST_PARAMS = {**LIST, **EXPAND, "customer": text, "type": one_of("card", "us_bank_account")}
CUSTOMER_LIST_PARAMS = {**LIST, **EXPAND, "type": one_of("card", "us_bank_account")}


def create(call: Call) -> Body:
    """POST /v1/payment_methods"""
    return from_data(call, call.params)


def retrieve(call: Call) -> Body:
    """GET /v1/payment_methods/:id; a test token answers a fresh method of its kind."""
    return find(call, call.path["id"], "id", in_path=True).body


def update(call: Call) -> Body:
    """POST /v1/payment_methods/:id"""
    method = call.addressed("payment_method", "id").body
    changes: Body = {}
    if "metadata" in call.params:
        changes["metadata"] = merged(method["metadata"], call.params["metadata"])
    if "billing_details" in call.params:
        changes["billing_details"] = _billing(call.params["billing_details"])
    previous = {name: method[name] for name in changes}
    method = method | changes
    call.store.save(method)
    events.record(call, "payment_method.updated", method, previous)
    return method


def attach(call: Call) -> Body:
    """POST /v1/payment_methods/:id/attach"""
    customer = customers.living(call, call.params["customer"], "customer")
    method = find(call, call.path["id"], "id", in_path=True).body
    return attached(call, method, customer["id"])


def detach(call: Call) -> Body:
    """POST /v1/payment_methods/:id/detach"""
    method = call.addressed("payment_method", "id").body
    if method["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    detached = method | {"customer": None}
    call.store.save(detached)
    events.record(call, "payment_method.detached", detached, {"customer": method["customer"]})
    return detached


def list_all(call: Call) -> Body:
    """GET /v1/payment_methods; an ephemeral key sees its own customer's."""
    customer = call.params.get("customer")
    if call.key.kind == "ephemeral" and customer != call.key.customer:
        raise missing_object("customer", str(customer), param="customer", in_path=False)
    return _of_customer(call, customer, "/v1/payment_methods")


def list_of_customer(call: Call) -> Body:
    """GET /v1/customers/:id/payment_methods"""
    customer = customers.living(call, call.path["id"], "id", in_path=True)["id"]
    return _of_customer(call, customer, f"/v1/customers/{customer}/payment_methods")


def find(work: Work, identifier: str, param: str, *, in_path: bool = False) -> Found:
    """The payment method of this id. A test token (`pm_card_visa`) makes a fresh one of its kind."""
    kind = CARD_BY_TOKEN.get(identifier) or ACCOUNT_BY_TOKEN.get(identifier)
    if kind is not None:
        method = _card_method(work, kind, {}) if isinstance(kind, TestCard) else _account_method(work, kind)
        work.store.add(method, {"token": kind.tokens[0]})
        identifier = method["id"]
    if in_path and work.store.find("payment_method", identifier) is None:
        raise missing_object("PaymentMethod", identifier, param=param, in_path=True)
    return referred(work, "payment_method", identifier, param)


def from_data(work: Work, data: dict[str, Any]) -> Body:
    """A new payment method from typed card details; 402 for a number that no card has."""
    card = data.get("card") or {}
    number = "".join(character for character in card.get("number") or "" if character not in " -")
    token = card.get("token")
    if token:
        kind = CARD_BY_TOKEN.get(token.replace("tok_", "pm_card_", 1))
        if kind is None:
            raise missing_object("token", token, param="card[token]", in_path=False)
    else:
        kind = _card_numbered(work, number, card)
    method = _card_method(work, kind, card)
    method["billing_details"] = _billing(data.get("billing_details"))
    method["metadata"] = merged({}, data.get("metadata"))
    method["allow_redisplay"] = data.get("allow_redisplay") or "unspecified"
    work.store.add(method, {"token": kind.tokens[0]})
    return method


def attached(work: Work, method: Body, customer: str) -> Body:
    """The method as its customer's own from now on; 400 when it is another's."""
    if method["customer"] == customer:
        return method
    if method["customer"] is not None:
        raise invalid("The payment method you provided has already been attached to a customer.")
    result = method | {"customer": customer}
    work.store.save(result)
    events.record(work, "payment_method.attached", result)
    return result


def behaviour(found: Found) -> TestCard | TestAccount:
    """What this payment method does when it is charged."""
    token = found.private["token"]
    return CARD_BY_TOKEN.get(token) or ACCOUNT_BY_TOKEN[token]


def _of_customer(call: Call, customer: str | None, url: str) -> Body:
    where = {"type": call.params["type"]} if "type" in call.params else {}
    if customer is not None:
        where["customer"] = customer
    return listing(call, "payment_method", url, where=where, compare=(("$.customer", "IS NOT", None),))


def _card_numbered(work: Work, number: str, card: dict[str, Any]) -> TestCard:
    if not number:
        raise invalid("Missing required param: card[number].", param="card[number]", code="parameter_missing")
    today = datetime.datetime.fromtimestamp(work.now, tz=datetime.UTC)
    refusals = (
        (not _luhn(number), "Your card number is incorrect.", "incorrect_number", "number"),
        (
            not 1 <= card.get("exp_month", 0) <= 12,  # noqa: PLR2004  (months of a year)
            "Your card's expiration month is invalid.",
            "invalid_expiry_month",
            "exp_month",
        ),
        (
            (_full_year(card.get("exp_year", 0)), card.get("exp_month", 0)) < (today.year, today.month),
            "Your card's expiration year is invalid.",
            "invalid_expiry_year",
            "exp_year",
        ),
    )
    for wrong, message, code, param in refusals:
        if wrong:
            raise CardError(message, code=code, details={"param": param})
    kind = CARD_BY_NUMBER.get(number)
    if kind is None:
        message = "Your card was declined. Your request was in test mode, but used a non test card."
        raise CardError(message, code="card_declined", details={"decline_code": "test_mode_live_card"})
    return kind


def _card_method(work: Work, kind: TestCard, card: dict[str, Any]) -> Body:
    year = datetime.datetime.fromtimestamp(work.now, tz=datetime.UTC).year + 1
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing(None),
        "card": {
            "brand": kind.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "unchecked" if card.get("cvc") else None,
            },
            "country": "US",
            "display_brand": "american_express" if kind.brand == "amex" else kind.brand,
            "exp_month": card.get("exp_month", 12),
            "exp_year": _full_year(card.get("exp_year", year)),
            "fingerprint": hashlib.sha256(kind.number.encode()).hexdigest()[:16],
            "funding": kind.funding,
            "generated_from": None,
            "last4": kind.last4,
            "networks": {"available": [kind.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": work.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def _account_method(work: Work, kind: TestAccount) -> Body:
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing({"name": "Jenny Rosen", "email": "jenny@example.com"}),
        "created": work.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "us_bank_account",
        "us_bank_account": {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": None,
            "fingerprint": hashlib.sha256(kind.tokens[0].encode()).hexdigest()[:16],
            "last4": kind.last4,
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": "110000000",
            "status_details": {},
        },
    }


def _billing(given: dict[str, Any] | None) -> Body:
    given = given or {}
    lines = ("city", "country", "line1", "line2", "postal_code", "state")
    address = given.get("address") or {}
    return {
        "address": {line: address.get(line) for line in lines},
        "email": given.get("email"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_id": given.get("tax_id"),
    }


def _full_year(year: int) -> int:
    century = 100
    return year + 2000 if year < century else year


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1: whether a card number's check digit is right."""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):  # noqa: PLR2004  (ISO's lengths)
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = [2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[1::2]]  # noqa: PLR2004  (Luhn's rule)
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
