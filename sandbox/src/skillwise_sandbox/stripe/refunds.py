"""Refunds, never above what a charge still holds: /v1/refunds"""

from ..amounts import display
from . import balance, events, payment_methods, settlements
from .errors import invalid
from .lists import listing
from .parameters import EXPAND, LIST, integer, merged, metadata, moment_range, one_of, text
from .store import Body, new_id, random_text
from .testcards import TestCard
from .work import Call, Work, referred

CREATE_PARAMS = {
    **EXPAND,
    "amount": integer,
    "charge": text,
    "metadata": metadata,
    "payment_intent": text,
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
}
UPDATE_PARAMS = {**EXPAND, "metadata": metadata}
LIST_PARAMS = {**LIST, **EXPAND, "charge": text, "created": moment_range, "payment_intent": text}


def create(call: Call) -> Body:
    """POST /v1/refunds: all that is left of the charge, or `amount` of it."""
    charge = _charge(call)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    if call.store.select("dispute", where={"charge": charge["id"], "is_charge_refundable": False}, limit=1):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid(message, code="charge_disputed")
    amount = call.params.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        asked, most = (display(value, charge["currency"]) for value in (amount, left))
        raise invalid(
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({most})", param="amount"
        )
    card = payment_methods.behaviour(referred(call, "payment_method", charge["payment_method"], "charge"))
    fate = card.refunds if isinstance(card, TestCard) else "pend"
    kind = charge["payment_method_details"]["type"]
    refund: Body = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": call.now,
        "currency": charge["currency"],
        "destination_details": {"type": kind}
        | (
            {
                "card": {
                    "reference": "".join(str(ord(letter) % 10) for letter in random_text(14)),
                    "reference_status": "available",
                    "reference_type": "acquirer_reference_number",
                    "type": "refund",
                }
            }
            if kind == "card"
            else {"us_bank_transfer": {"reference": None, "reference_status": "pending"}}
        ),
        "metadata": merged({}, call.params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "reason": call.params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if fate == "pend" else "succeeded",
        "transfer_reversal": None,
    }
    transaction = balance.add_transaction(
        call, source=refund, amount=-amount, fee=0, kind="refund", description="REFUND FOR CHARGE"
    )
    refund["balance_transaction"] = transaction["id"]
    call.store.add(refund)
    if fate != "succeed":
        settlements.schedule(call, settlements.REFUND, refund["id"])
    refunded = charge["amount_refunded"] + amount
    after = charge | {"amount_refunded": refunded, "refunded": refunded == charge["amount_captured"]}
    call.store.save(after)
    events.record(call, "refund.created", refund)
    events.record(
        call, "charge.refunded", after, {name: charge[name] for name in ("amount_refunded", "refunded")}
    )
    return refund


def retrieve(call: Call) -> Body:
    """GET /v1/refunds/:id"""
    return call.addressed("refund", "id").body


def update(call: Call) -> Body:
    """POST /v1/refunds/:id"""
    refund = call.addressed("refund", "id").body
    if "metadata" in call.params:
        changed = refund | {"metadata": merged(refund["metadata"], call.params["metadata"])}
        _save(call, changed, {"metadata": refund["metadata"]})
        return changed
    return refund


def list_all(call: Call) -> Body:
    """GET /v1/refunds"""
    where = call.given("charge", "payment_intent")
    return listing(call, "refund", "/v1/refunds", where=where)


def settle_refund(work: Work, identifier: str) -> None:
    """What follows when the bank has answered a refund: it succeeds, or fails and the money is back."""
    refund = work.store.get("refund", identifier)
    charge = work.store.get("charge", refund["charge"])
    card = payment_methods.behaviour(referred(work, "payment_method", charge["payment_method"], "charge"))
    if not (isinstance(card, TestCard) and card.refunds == "fail"):
        _save(work, refund | {"status": "succeeded"}, {"status": refund["status"]})
        return
    returned = balance.add_transaction(
        work,
        source=refund,
        amount=refund["amount"],
        fee=0,
        kind="refund_failure",
        description="REFUND FAILURE",
    )
    failed = refund | {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": returned["id"],
    }
    left = charge["amount_refunded"] - refund["amount"]
    work.store.save(charge | {"amount_refunded": left, "refunded": False})
    _save(work, failed, {"status": refund["status"]})
    events.record(work, "refund.failed", failed)


def _save(work: Work, refund: Body, previous: Body) -> None:
    work.store.save(refund)
    events.record(work, "refund.updated", refund, previous)
    events.record(work, "charge.refund.updated", refund, previous)


def _charge(call: Call) -> Body:
    """The charge that a refund is asked of, by its own id or its intent's."""
    if call.params.get("charge"):
        charge = call.referred("charge", "charge").body
    elif call.params.get("payment_intent"):
        intent = call.referred("payment_intent", "payment_intent").body
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise invalid(message, param="payment_intent", code="payment_intent_unexpected_state")
        charge = call.store.get("charge", intent["latest_charge"])
    else:
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if charge["status"] != "succeeded":
        raise invalid(
            f"Charge {charge['id']} cannot be refunded: it has a status of {charge['status']}.",
            param="charge",
        )
    return charge
