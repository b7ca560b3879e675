"""Checkout Sessions, paid once and by card: /v1/checkout/sessions. The page is in `checkout_pages`."""

import dataclasses
from typing import Any

from . import confirmation, currencies, customers, events, intents, settlements
from .errors import invalid, malformed
from .lists import listing
from .parameters import (
    EXPAND,
    LIST,
    array,
    email,
    hash_of,
    integer,
    merged,
    metadata,
    moment_range,
    one_of,
    text,
)
from .store import Body, new_id, random_text
from .work import Call, Work

_PRODUCT = hash_of(("name",), name=text, description=text, images=array(text), metadata=metadata)
_PRICE = hash_of(
    ("currency", "unit_amount", "product_data"), currency=text, unit_amount=integer, product_data=_PRODUCT
)
_INTENT = hash_of(
    (),
    description=text,
    metadata=metadata,
    receipt_email=email,
    setup_future_usage=one_of("on_session", "off_session"),
    statement_descriptor=text,
    transfer_group=text,
)
CREATE_PARAMS = {
    **EXPAND,
    "cancel_url": text,
    "client_reference_id": text,
    "customer": text,
    "customer_email": email,
    "expires_at": integer,
    "line_items": array(hash_of(("price_data",), price_data=_PRICE, quantity=integer)),
    "locale": text,
    "metadata": metadata,
    "mode": one_of("payment"),
    "payment_intent_data": _INTENT,
    "payment_method_types": array(one_of("card")),
    "success_url": text,
    "ui_mode": one_of("hosted_page"),
}
LIST_PARAMS = {
    **LIST,
    **EXPAND,
    "created": moment_range,
    "customer": text,
    "payment_intent": text,
    "status": one_of("open", "complete", "expired"),
}
LINE_ITEM_PARAMS = {**EXPAND, "limit": integer}

_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
_MOST_ITEMS = 100


def create(call: Call) -> Body:
    """POST /v1/checkout/sessions: what is sold, and a page where it is paid. The intent comes with the first
    attempt to pay, as at Stripe.
    """
    params = call.params
    items = [_item(call, given) for given in params["line_items"]]
    if not 0 < len(items) <= _MOST_ITEMS or len({item["currency"] for item in items}) > 1:
        raise invalid(f"line_items must be 1 to {_MOST_ITEMS}, all in the same currency.", param="line_items")
    currency, total = items[0]["currency"], sum(item["amount_total"] for item in items)
    currencies.check_amount(total, currency)
    customer = None
    if params.get("customer"):
        customer = customers.living(call, params["customer"], "customer")
        if params.get("customer_email"):
            raise invalid(
                "You may only specify one of these parameters: customer, customer_email.", param="customer"
            )
    address = customer["email"] if customer else params.get("customer_email")
    identifier = new_id("cs_test", 58)
    session: Body = {
        "id": identifier,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": call.now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer": customer["id"] if customer else None,
        "customer_creation": None if customer else "if_required",
        "customer_details": _details(address) if address else None,
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "expires_at": _end(call),
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": merged({}, params.get("metadata")),
        "mode": "payment",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{call.public_url}/stripe/checkout/{identifier}",
        "wallet_options": None,
    }
    call.store.add(session, {"line_items": items, "intent": params.get("payment_intent_data") or {}})
    settlements.schedule(call, settlements.EXPIRY, identifier, at=session["expires_at"])
    return session


def retrieve(call: Call) -> Body:
    """GET /v1/checkout/sessions/:id"""
    return call.addressed("checkout.session", "id").body


def list_all(call: Call) -> Body:
    """GET /v1/checkout/sessions"""
    where = call.given("customer", "payment_intent", "status")
    return listing(call, "checkout.session", "/v1/checkout/sessions", where=where)


def list_items(call: Call) -> Body:
    """GET /v1/checkout/sessions/:id/line_items, as they were given"""
    found = call.addressed("checkout.session", "id")
    items, limit = found.private["line_items"], call.params.get("limit", 10)
    if not 1 <= limit <= _MOST_ITEMS:
        raise malformed(f"limit must be 1 to {_MOST_ITEMS}.", param="limit", code="parameter_invalid_integer")
    url = f"/v1/checkout/sessions/{found.body['id']}/line_items"
    return {"object": "list", "data": items[:limit], "has_more": len(items) > limit, "url": url}


def expire(call: Call) -> Body:
    """POST /v1/checkout/sessions/:id/expire"""
    session = call.addressed("checkout.session", "id").body
    _check_open(session, "expired")
    return _expire(call, session)


def settle_expiry(work: Work, identifier: str) -> None:
    """What follows when a session's time is up and nobody has paid."""
    session = work.store.get("checkout.session", identifier)
    if session["status"] == "open":
        _expire(work, session)


def pay(call: Call, session: Body, payment_method: str) -> Body:
    """Try to pay with a card, as its holder does on the page; answers the intent.

    `CardError` when the bank refuses; the intent's `next_action` when it asks for 3-D Secure.
    """
    _check_open(session, "paid")
    if session["payment_intent"] is None:
        session = _with_intent(call, session)
    intent = call.store.get("payment_intent", session["payment_intent"])
    params = {"payment_method": payment_method, "return_url": session["url"]}
    return confirmation.confirm_intent(dataclasses.replace(call, params=params), intent)


def _with_intent(call: Call, session: Body) -> Body:
    found = call.store.find("checkout.session", session["id"])
    data = found.private["intent"] if found else {}
    params = {
        **data,
        "amount": session["amount_total"],
        "currency": session["currency"],
        "payment_method_types": ["card"],
    }
    if session["customer"]:
        params["customer"] = session["customer"]
    intent = intents.create(dataclasses.replace(call, params=params))
    session = session | {"payment_intent": intent["id"]}
    call.store.save(session)
    return session


def _expire(work: Work, session: Body) -> Body:
    expired = session | {"status": "expired", "url": None}
    work.store.save(expired)
    if session["payment_intent"]:
        intents.abandon(work, work.store.get("payment_intent", session["payment_intent"]), "expired")
    events.record(work, "checkout.session.expired", expired)
    return expired


def _item(call: Call, given: dict[str, Any]) -> Body:
    price, quantity = given["price_data"], given.get("quantity", 1)
    amount, currency = price["unit_amount"], currencies.check_currency(price["currency"])
    if amount < 0 or quantity < 1:
        raise invalid("Invalid positive integer", param="line_items", code="parameter_invalid_integer")
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount * quantity,
        "amount_tax": 0,
        "amount_total": amount * quantity,
        "currency": currency,
        "description": price["product_data"]["name"],
        "metadata": {},
        "price": {
            "id": new_id("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": call.now,
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": "prod_" + random_text(14),
            "recurring": None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
        },
        "quantity": quantity,
    }


def _details(address: str) -> Body:
    return {
        "address": None,
        "business_name": None,
        "email": address,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def _end(call: Call) -> int:
    end: int = call.params.get("expires_at", call.now + _LONGEST)
    if not call.now + _SHORTEST - 60 <= end <= call.now + _LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be 30 minutes to 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return end


def _check_open(session: Body, done: str) -> None:
    if session["status"] != "open":
        raise invalid(
            f'Only Checkout Sessions with a status in ["open"] can be {done}. This Checkout Session has a '
            f"status of {session['status']}."
        )
