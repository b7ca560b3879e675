"""PaymentIntents: /v1/payment_intents. Confirming one is in `confirmation`."""

from typing import Any

from . import confirmation, currencies, customers, events, payment_methods
from .errors import invalid
from .lists import listing
from .parameters import (
    EXPAND,
    LIST,
    SHIPPING,
    array,
    boolean,
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

_SHARED = {
    **EXPAND,
    "amount": integer,
    "currency": text,
    "customer": text,
    "description": text,
    "metadata": metadata,
    "payment_method": text,
    "payment_method_data": payment_methods.DATA,
    "payment_method_types": array(one_of("card", "us_bank_account")),
    "receipt_email": email,
    "setup_future_usage": one_of("on_session", "off_session"),
    "shipping": SHIPPING,
    "statement_descriptor": text,
    "statement_descriptor_suffix": text,
    "transfer_group": text,
}
CREATE_PARAMS = _SHARED | {
    "automatic_payment_methods": hash_of(
        ("enabled",), enabled=boolean, allow_redirects=one_of("always", "never")
    ),
    "capture_method": one_of("automatic", "automatic_async"),
    "confirm": boolean,
    "off_session": boolean,
    "return_url": text,
    "use_stripe_sdk": boolean,
}
UPDATE_PARAMS = _SHARED
RETRIEVE_PARAMS = {**EXPAND, "client_secret": text}
CANCEL_PARAMS = {
    **EXPAND,
    "cancellation_reason": one_of("duplicate", "fraudulent", "requested_by_customer", "abandoned"),
}
LIST_PARAMS = {**LIST, **EXPAND, "created": moment_range, "customer": text}

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
_PLAIN = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def create(call: Call) -> Body:
    """POST /v1/payment_intents; with `confirm` it is confirmed at once."""
    params = call.params
    if not params.get("confirm"):
        for name in ("off_session", "return_url"):
            if name in params:
                raise invalid(
                    f"The parameter `{name}` cannot be passed when creating a PaymentIntent unless `confirm` "
                    "is set to true.",
                    param=name,
                )
    currency = currencies.check_currency(params["currency"])
    currencies.check_amount(params["amount"], currency)
    automatic, types = _accepted_types(params, currency)
    identifier = new_id("pi")
    intent: Body = {
        "id": identifier,
        "object": "payment_intent",
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method") or "automatic_async",
        "client_secret": f"{identifier}_secret_{random_text(25)}",
        "confirmation_method": "automatic",
        "created": call.now,
        "currency": currency,
        "customer": _customer(call),
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": merged({}, params.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": _options(types),
        "payment_method_types": types,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    intent |= call.given(*_PLAIN)
    method = confirmation.given_method(call, intent)
    if method is not None:
        intent |= {"payment_method": method.body["id"], "status": "requires_confirmation"}
    call.store.add(intent)
    events.record(call, "payment_intent.created", intent)
    return confirmation.confirm_intent(call, intent) if params.get("confirm") else intent


def retrieve(call: Call) -> Body:
    """GET /v1/payment_intents/:id; a publishable key must show the client secret, and sees less."""
    intent = call.addressed("payment_intent", "id").body
    if call.key.kind == "publishable" or "client_secret" in call.params:
        confirmation.check_client_secret(call, intent)
    return confirmation.visible(call, intent)


def update(call: Call) -> Body:
    """POST /v1/payment_intents/:id; what is paid for may change only while it is not paid."""
    intent = call.addressed("payment_intent", "id").body
    params = call.params
    for name in (
        "amount",
        "currency",
        "customer",
        "payment_method",
        "payment_method_data",
        "payment_method_types",
    ):
        if name in params and intent["status"] not in _OPEN:
            allowed = ", ".join(_OPEN)
            raise confirmation.unexpected_state(
                intent,
                f"This PaymentIntent's {name} could not be updated because it has a status of "
                f"{intent['status']}. You may only update the {name} of a PaymentIntent with one of the "
                f"following statuses: {allowed}.",
            )
    changes: dict[str, Any] = call.given(*_PLAIN)
    currency = currencies.check_currency(params["currency"]) if params.get("currency") else intent["currency"]
    amount: int = params["amount"] if "amount" in params else intent["amount"]
    currencies.check_amount(amount, currency)
    changes |= {"amount": amount, "currency": currency}
    if "customer" in params:
        changes["customer"] = _customer(call)
    if "metadata" in params:
        changes["metadata"] = merged(intent["metadata"], params["metadata"])
    if "payment_method_types" in params:
        changes |= {
            "payment_method_types": params["payment_method_types"],
            "payment_method_options": _options(params["payment_method_types"]),
            "automatic_payment_methods": None,
        }
    method = confirmation.given_method(call, intent | changes)
    if method is not None:
        changes |= {
            "payment_method": method.body["id"],
            "status": "requires_confirmation",
            "next_action": None,
        }
    intent = intent | changes
    call.store.save(intent)
    return intent


def cancel(call: Call) -> Body:
    """POST /v1/payment_intents/:id/cancel"""
    intent = call.addressed("payment_intent", "id").body
    if intent["status"] not in _CANCELABLE:
        allowed = ", ".join(_CANCELABLE)
        raise confirmation.unexpected_state(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be canceled: {allowed}.",
        )
    return abandon(call, intent, call.params.get("cancellation_reason"))


def abandon(work: Work, intent: Body, reason: str | None) -> Body:
    """The intent, canceled: it can never be paid any more."""
    intent = intent | {
        "status": "canceled",
        "canceled_at": work.now,
        "cancellation_reason": reason,
        "next_action": None,
        "processing": None,
    }
    work.store.save(intent)
    events.record(work, "payment_intent.canceled", intent)
    return intent


def list_all(call: Call) -> Body:
    """GET /v1/payment_intents"""
    where = {"customer": call.params["customer"]} if "customer" in call.params else {}
    return listing(call, "payment_intent", "/v1/payment_intents", where=where)


def _customer(call: Call) -> str | None:
    identifier = call.params.get("customer")
    return None if identifier is None else str(customers.living(call, identifier, "customer")["id"])


def _accepted_types(params: dict[str, Any], currency: str) -> tuple[Body | None, list[str]]:
    """Which kinds of payment an intent takes: those asked for, or all that its currency has."""
    automatic, types = params.get("automatic_payment_methods"), params.get("payment_method_types")
    if automatic and automatic["enabled"]:
        if types:
            raise invalid(
                "You may only specify one of these parameters: automatic_payment_methods, "
                "payment_method_types.",
                param="automatic_payment_methods",
            )
    elif types or automatic:
        return None, types or ["card"]
    redirects = (automatic or {}).get("allow_redirects") or "always"
    return (
        {"allow_redirects": redirects, "enabled": True},
        ["card", "us_bank_account"] if currency == "usd" else ["card"],
    )


def _options(types: list[str]) -> Body:
    options: Body = {}
    if "card" in types:
        options["card"] = {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": "automatic",
        }
    if "us_bank_account" in types:
        options["us_bank_account"] = {"verification_method": "automatic"}
    return options
