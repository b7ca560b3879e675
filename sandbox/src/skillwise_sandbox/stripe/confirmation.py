"""Confirming a PaymentIntent, as a server or an app does, and what the bank then makes of it.

requires_payment_method → requires_confirmation → (requires_action | processing) → succeeded; a refusal
leads back to requires_payment_method, and the same intent may be tried again.
"""

import hmac
from typing import Any

from . import charges, checkout_completion, events, payment_methods, settlements
from .errors import CardError, StripeError, invalid, malformed
from .parameters import EXPAND, SHIPPING, boolean, email, one_of, text
from .store import Body, Found, new_id
from .testcards import Decline, TestAccount, TestCard
from .work import Call, Work, referred

CONFIRM_PARAMS = {
    **EXPAND,
    "client_secret": text,
    "off_session": boolean,
    "payment_method": text,
    "payment_method_data": payment_methods.DATA,
    "receipt_email": email,
    "return_url": text,
    "setup_future_usage": one_of("on_session", "off_session"),
    "shipping": SHIPPING,
    "use_stripe_sdk": boolean,
}

_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_PUBLIC = (
    "id", "object", "amount", "amount_details", "automatic_payment_methods", "canceled_at",
    "cancellation_reason", "capture_method", "client_secret", "confirmation_method", "created", "currency",
    "description", "last_payment_error", "livemode", "next_action", "payment_method", "payment_method_types",
    "processing", "receipt_email", "setup_future_usage", "shipping", "status",
)  # fmt: skip
_NO_METHOD = (
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
    "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
    "payment method or ConfirmationToken."
)
_NO_RETURN_URL = (
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
    "these payment methods might redirect your customer off of your page, you must provide a `return_url`. "
    "If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to "
    "`true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
    "Payment Intents."
)
_UNAUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    "authentication_failure",
    "We are unable to authenticate your payment method. Please choose a different payment method and try "
    "again.",
)
_OFF_SESSION = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


def confirm(call: Call) -> Body:
    """POST /v1/payment_intents/:id/confirm"""
    intent = call.addressed("payment_intent", "id").body
    if call.key.kind == "publishable":
        check_client_secret(call, intent)
    for name in ("receipt_email", "setup_future_usage", "shipping"):
        if name in call.params:
            intent[name] = call.params[name]
    return visible(call, confirm_intent(call, intent))


def confirm_intent(call: Call, intent: Body) -> Body:
    """Try to collect an intent's amount; 402 when the bank refuses, 400 in a state that forbids it."""
    params = call.params
    if intent["status"] not in _CONFIRMABLE:
        why = {
            "succeeded": "it has already succeeded after being previously confirmed",
            "canceled": "it has a status of canceled",
        }.get(intent["status"], f"it has a status of {intent['status']}")
        raise unexpected_state(intent, f"You cannot confirm this PaymentIntent because {why}.")
    method = given_method(call, intent)
    if method is None and intent["payment_method"]:
        method = call.store.find("payment_method", intent["payment_method"])
    if method is None:
        raise unexpected_state(intent, _NO_METHOD)
    automatic = intent["automatic_payment_methods"]
    redirects = automatic is not None and automatic["allow_redirects"] != "never"
    if redirects and not params.get("return_url") and not params.get("use_stripe_sdk"):
        raise malformed(_NO_RETURN_URL, param="return_url")
    intent = intent | {"payment_method": method.body["id"], "last_payment_error": None, "next_action": None}
    intent = _attempt(
        call,
        intent,
        method,
        return_url=params.get("return_url"),
        in_app=bool(params.get("use_stripe_sdk")),
        off_session=bool(params.get("off_session")),
    )
    if intent["last_payment_error"] is not None:
        raise _refusal(call, intent)
    return intent


def given_method(call: Call, intent: Body) -> Found | None:
    """The payment method that a call names or describes, if any; 400 when the intent cannot take it."""
    params = call.params
    if params.get("payment_method_data"):
        made = payment_methods.from_data(call, params["payment_method_data"])
        found = referred(call, "payment_method", made["id"], "payment_method_data")
    elif params.get("payment_method"):
        found = payment_methods.find(call, params["payment_method"], "payment_method")
    else:
        return None
    method = found.body
    if method["type"] not in intent["payment_method_types"]:
        accepted = ", ".join(intent["payment_method_types"])
        raise invalid(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. Please "
            f"attach a PaymentMethod of one of the following types: {accepted}.",
            param="payment_method",
            code="payment_intent_incompatible_payment_method",
        )
    if method["customer"] not in (None, intent["customer"]):
        raise invalid(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method "
            "must be attached to the customer.",
            param="payment_method",
        )
    return found


def check_client_secret(call: Call, intent: Body) -> None:
    """400 unless the call shows the intent's client secret."""
    given = call.params.get("client_secret")
    if not given:
        raise malformed(
            "Missing required param: client_secret.", param="client_secret", code="parameter_missing"
        )
    if not hmac.compare_digest(given.encode(), intent["client_secret"].encode()):
        raise invalid(
            "The client_secret provided does not match the client_secret associated with the PaymentIntent.",
            param="client_secret",
            code="payment_intent_invalid_parameter",
        )


def visible(call: Call, intent: Body) -> Body:
    """The intent as the caller may see it: an app (publishable key) sees no customer, metadata or charge."""
    return {name: intent[name] for name in _PUBLIC} if call.key.kind == "publishable" else intent


def unexpected_state(intent: Body, message: str) -> StripeError:
    """400: the intent is not in a state in which this can be done."""
    return invalid(message, code="payment_intent_unexpected_state", payment_intent=intent)


def authenticate(work: Work, intent: Body, *, succeeds: bool) -> Body:
    """What follows when the cardholder has passed, or failed, 3-D Secure: the charge, or a refusal."""
    method = referred(work, "payment_method", intent["payment_method"], "payment_method")
    intent = intent | {"next_action": None}
    if not succeeds:
        return _refuse(work, intent, method, _UNAUTHENTICATED, charge=None)
    return _charge(work, intent, method, authenticated=True)


def settle_debit(work: Work, identifier: str) -> None:
    """What follows when the bank has answered a debit: success, or a refusal days after the customer left."""
    intent = work.store.get("payment_intent", identifier)
    if intent["status"] != "processing":
        return
    method = referred(work, "payment_method", intent["payment_method"], "payment_method")
    account = payment_methods.behaviour(method)
    charge = work.store.get("charge", intent["latest_charge"])
    if account.decline is not None:
        failed = charges.failed(work, charge, account.decline)
        events.record(work, "charge.failed", failed)
        _refuse(work, intent, method, account.decline, charge=failed)
    else:
        _succeed(work, intent, charges.succeeded(work, charge))


def _attempt(
    work: Work, intent: Body, method: Found, *, return_url: str | None, in_app: bool, off_session: bool
) -> Body:
    behaviour = payment_methods.behaviour(method)
    if isinstance(behaviour, TestAccount):
        return _debit(work, intent, method, behaviour)
    if behaviour.challenge == "required":
        if off_session:
            charge = charges.open_charge(work, intent, method, status="failed", authenticated=None)
            failed = charges.failed(work, charge, _OFF_SESSION)
            events.record(work, "charge.failed", failed)
            return _refuse(work, intent, method, _OFF_SESSION, charge=failed)
        action = _challenge(work, intent, return_url=return_url, in_app=in_app)
        intent = intent | {"status": "requires_action", "next_action": action}
        work.store.save(intent)
        events.record(work, "payment_intent.requires_action", intent)
        return intent
    return _charge(work, intent, method, authenticated=None)


def _challenge(work: Work, intent: Body, *, return_url: str | None, in_app: bool) -> Body:
    """Where the cardholder is to be sent for 3-D Secure: to a page, by the app's SDK or by a redirect."""
    url = f"{work.public_url}/stripe/3ds/{intent['id']}?client_secret={intent['client_secret']}"
    if in_app:
        details = {"type": "three_d_secure_redirect", "stripe_js": url, "source": new_id("src")}
        return {"type": "use_stripe_sdk", "use_stripe_sdk": details}
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}


def _debit(work: Work, intent: Body, method: Found, account: TestAccount) -> Body:
    charge = charges.open_charge(work, intent, method, status="pending", authenticated=None)
    intent = intent | {"status": "processing", "latest_charge": charge["id"]}
    work.store.save(intent)
    events.record(work, "charge.pending", charge)
    events.record(work, "payment_intent.processing", intent)
    if account.settles is not None:
        settlements.schedule(work, settlements.DEBIT, intent["id"])
    return intent


def _charge(work: Work, intent: Body, method: Found, *, authenticated: bool | None) -> Body:
    decline = payment_methods.behaviour(method).decline
    status = "succeeded" if decline is None else "failed"
    charge = charges.open_charge(work, intent, method, status=status, authenticated=authenticated)
    if decline is None:
        return _succeed(work, intent, charge)
    failed = charges.failed(work, charge, decline)
    events.record(work, "charge.failed", failed)
    return _refuse(work, intent, method, decline, charge=failed)


def _succeed(work: Work, intent: Body, charge: Body) -> Body:
    if intent["setup_future_usage"] and intent["customer"]:
        method = work.store.get("payment_method", intent["payment_method"])
        payment_methods.attached(work, method, intent["customer"])
    intent = intent | {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "processing": None,
    }
    work.store.save(intent)
    events.record(work, "charge.succeeded", charge)
    events.record(work, "payment_intent.succeeded", intent)
    paid_with = referred(work, "payment_method", charge["payment_method"], "payment_method")
    card = payment_methods.behaviour(paid_with)
    charges.book(work, charge, at_once=isinstance(card, TestCard) and card.bypasses_pending)
    if isinstance(card, TestCard) and card.disputed is not None:
        settlements.schedule(work, settlements.DISPUTE, charge["id"])
    checkout_completion.complete(work, intent)
    return intent


def _refuse(work: Work, intent: Body, method: Found, decline: Decline, *, charge: Body | None) -> Body:
    error: dict[str, Any] = {
        "code": decline.code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": method.body,
        "type": "invalid_request_error" if decline is _UNAUTHENTICATED else "card_error",
    }
    if charge is not None:
        error |= {"charge": charge["id"], "decline_code": decline.decline_code}
    intent = intent | {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error,
        "latest_charge": charge["id"] if charge else intent["latest_charge"],
        "processing": None,
    }
    work.store.save(intent)
    events.record(work, "payment_intent.payment_failed", intent)
    return intent


def _refusal(call: Call, intent: Body) -> CardError:
    error = intent["last_payment_error"]
    details = {
        name: value for name, value in error.items() if name not in ("code", "message", "type", "doc_url")
    }
    details["payment_intent"] = visible(call, intent)
    return CardError(error["message"], code=error["code"], details=details)
