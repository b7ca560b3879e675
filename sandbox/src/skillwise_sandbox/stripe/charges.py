"""Charges: /v1/charges"""

from . import balance, currencies, events
from .lists import listing
from .parameters import EXPAND, LIST, SHIPPING, email, merged, metadata, moment_range, text
from .store import Body, Found, new_id, random_text
from .testcards import Decline
from .work import Call, Work

UPDATE_PARAMS = {
    **EXPAND,
    "description": text,
    "metadata": metadata,
    "receipt_email": email,
    "shipping": SHIPPING,
}
LIST_PARAMS = {**LIST, **EXPAND, "created": moment_range, "customer": text, "payment_intent": text}


def retrieve(call: Call) -> Body:
    """GET /v1/charges/:id"""
    return call.addressed("charge", "id").body


def update(call: Call) -> Body:
    """POST /v1/charges/:id"""
    charge = call.addressed("charge", "id").body
    changes = call.given("description", "receipt_email", "shipping")
    if "metadata" in call.params:
        changes["metadata"] = merged(charge["metadata"], call.params["metadata"])
    previous = {name: charge[name] for name, value in changes.items() if charge[name] != value}
    charge = charge | changes
    call.store.save(charge)
    if previous:
        events.record(call, "charge.updated", charge, previous)
    return charge


def list_all(call: Call) -> Body:
    """GET /v1/charges"""
    where = call.given("customer", "payment_intent")
    return listing(call, "charge", "/v1/charges", where=where)


def open_charge(work: Work, intent: Body, method: Found, *, status: str, authenticated: bool | None) -> Body:
    """A new charge of an intent. `authenticated` is None where 3-D Secure was not asked for."""
    receipt = f"{work.public_url}/stripe/intents/{intent['id']}"
    charge: Body = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status == "succeeded" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method.body["billing_details"],
        "calculated_statement_descriptor": "SKILLWISE",
        "captured": status != "failed",
        "created": work.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": method.body["id"],
        "payment_method_details": _method_details(intent, method.body, authenticated=authenticated),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": receipt if status == "succeeded" else None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    work.store.add(charge)
    return charge


def succeeded(work: Work, charge: Body) -> Body:
    """The charge once its money has come."""
    receipt = f"{work.public_url}/stripe/intents/{charge['payment_intent']}"
    result = charge | {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
        "receipt_url": receipt,
    }
    work.store.save(result)
    return result


def failed(work: Work, charge: Body, decline: Decline) -> Body:
    """The charge once the bank has refused it."""
    result = charge | {
        "status": "failed",
        "paid": False,
        "captured": False,
        "amount_captured": 0,
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": charge["outcome"]
        | {
            "network_status": "declined_by_network",
            "reason": decline.decline_code,
            "seller_message": f"The bank returned the decline code `{decline.decline_code}`.",
            "type": "issuer_declined",
            "network_decline_code": "01",
            "advice_code": "try_again_later",
        },
    }
    work.store.save(result)
    return result


def book(work: Work, charge: Body, *, at_once: bool) -> Body:
    """Put a succeeded charge's money, less Stripe's fee, on the balance.

    Stripe does this a little after the payment: `payment_intent.succeeded` and `charge.succeeded` do not
    name the balance transaction yet, `charge.updated` does. `at_once`: the money can be used at once, not
    only days later.
    """
    transaction = balance.add_transaction(
        work,
        source=charge,
        amount=charge["amount"],
        fee=currencies.fee(charge["amount"]),
        kind="charge",
        description=charge["description"],
        at_once=at_once,
    )
    booked = charge | {"balance_transaction": transaction["id"]}
    work.store.save(booked)
    events.record(work, "charge.updated", booked, {"balance_transaction": None})
    return booked


def _method_details(intent: Body, method: Body, *, authenticated: bool | None) -> Body:
    if method["type"] == "us_bank_account":
        account = method["us_bank_account"]
        members = (
            "account_holder_type",
            "account_type",
            "bank_name",
            "fingerprint",
            "last4",
            "routing_number",
        )
        return {
            "type": "us_bank_account",
            "us_bank_account": {member: account[member] for member in members} | {"payment_reference": None},
        }
    card = method["card"]
    secure = None
    if authenticated is not None:
        secure = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05" if authenticated else "07",
            "exemption_indicator": None,
            "result": "authenticated" if authenticated else "failed",
            "result_reason": None if authenticated else "rejected",
            "transaction_id": random_text(24),
            "version": "2.2.0",
        }
    passed = None if card["checks"]["cvc_check"] is None else "pass"
    shown = (
        "brand",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "regulated_status",
    )
    return {
        "type": "card",
        "card": {member: card[member] for member in shown}
        | {
            "amount_authorized": intent["amount"],
            "authorization_code": "123456",
            "checks": card["checks"] | {"cvc_check": passed},
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card["brand"],
            "network_token": {"used": False},
            "network_transaction_id": "".join(str(ord(letter) % 10) for letter in random_text(15)),
            "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
            "three_d_secure": secure,
            "wallet": None,
        },
    }
