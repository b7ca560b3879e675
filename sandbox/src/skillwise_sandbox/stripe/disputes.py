"""Disputes: /v1/disputes. A bank takes a payment back for its cardholder, and may give it back again.

needs_response → under_review → won | lost; an inquiry, which moves no money, goes from
warning_needs_response to warning_under_review and warning_closed, or turns into a dispute.
"""

from . import balance, currencies, events, payment_methods, settlements
from .errors import invalid
from .lists import listing
from .parameters import EXPAND, LIST, boolean, hash_of, merged, metadata, moment_range, text
from .store import Body, new_id
from .testcards import TestCard
from .work import Call, Work, referred

_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy",
    "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
    "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation",
    "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip

UPDATE_PARAMS = {
    **EXPAND,
    "evidence": hash_of((), **dict.fromkeys(_EVIDENCE, text)),
    "metadata": metadata,
    "submit": boolean,
}
LIST_PARAMS = {**LIST, **EXPAND, "charge": text, "created": moment_range, "payment_intent": text}

# How a dispute can be made to go on, as the bank or the cardholder decides.
OUTCOMES = ("won", "lost", "withdrawn", "funds_withdrawn", "funds_reinstated")
REASONS = (
    "bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated",
    "debit_not_authorized", "duplicate", "fraudulent", "general", "incorrect_account_details",
    "insufficient_funds", "noncompliant", "product_not_received", "product_unacceptable",
    "subscription_canceled", "unrecognized",
)  # fmt: skip

_ENDED = ("won", "lost", "warning_closed")
_REASON_CODES = {"fraudulent": "10.4", "product_not_received": "13.1", "product_unacceptable": "13.3"}
_DAYS_TO_RESPOND = 9
_DAY = 24 * 3600
# With these as `uncategorized_text`, Stripe's test mode decides; https://docs.stripe.com/testing#disputes
_VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}


def retrieve(call: Call) -> Body:
    """GET /v1/disputes/:id"""
    return call.addressed("dispute", "id").body


def list_all(call: Call) -> Body:
    """GET /v1/disputes"""
    where = call.given("charge", "payment_intent")
    return listing(call, "dispute", "/v1/disputes", where=where)


def update(call: Call) -> Body:
    """POST /v1/disputes/:id: evidence, sent to the bank at once unless `submit` is false."""
    dispute, params = call.addressed("dispute", "id").body, call.params
    changes: Body = {}
    if "metadata" in params:
        changes["metadata"] = merged(dispute["metadata"], params["metadata"])
    if "evidence" in params or "submit" in params:
        _check_open(dispute)
        details = dispute["evidence_details"]
        changes["evidence"] = dispute["evidence"] | (params.get("evidence") or {})
        changes["evidence_details"] = details | {"has_evidence": True}
        if params.get("submit", True):
            changes["evidence_details"]["submission_count"] = details["submission_count"] + 1
            changes["status"] = dispute["status"].replace("needs_response", "under_review")
            if changes["evidence"]["uncategorized_text"] in _VERDICTS:
                settlements.schedule(call, settlements.EVIDENCE, dispute["id"])
    return _change(call, dispute, changes) if changes else dispute


def close(call: Call) -> Body:
    """POST /v1/disputes/:id/close: give it up, for good."""
    return resolve(call, call.addressed("dispute", "id").body, "lost")


def open_dispute(
    work: Work, charge: Body, *, reason: str, amount: int | None = None, inquiry: bool = False
) -> Body:
    """The cardholder disputes a charge, or `amount` of it: money and Stripe's fee leave the balance.

    400 when the charge was not paid, is disputed already, or holds less than that.
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    disputed = left if amount is None else amount
    if charge["status"] != "succeeded" or charge["disputed"] or not 0 < disputed <= left:
        raise invalid(f"Charge {charge['id']} cannot be disputed over {disputed}; it holds {left}.")
    kind = "inquiry" if inquiry else "chargeback"
    method = charge["payment_method_details"]
    brand = method["card"]["brand"] if method["type"] == "card" else "visa"
    dispute: Body = {
        "id": new_id("du"),
        "object": "dispute",
        "amount": disputed,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": work.now + _DAYS_TO_RESPOND * _DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "brand": brand,
                "case_type": kind,
                "network": brand,
                "network_reason_code": _REASON_CODES.get(reason, "12.6"),
            },
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    if not inquiry:
        dispute["balance_transactions"] = [_withdraw(work, dispute)]
    work.store.add(dispute)
    work.store.save(charge | {"disputed": True})
    events.record(work, "charge.dispute.created", dispute)
    if not inquiry:
        events.record(work, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def resolve(work: Work, dispute: Body, outcome: str) -> Body:
    """What becomes of an open dispute, one of `OUTCOMES`.

    won: the money is back; withdrawn: the same, by the cardholder; lost: it stays away. funds_withdrawn and
    funds_reinstated move it without an end: an inquiry becomes a dispute, or the bank lends it meanwhile.
    """
    _check_open(dispute)
    inquiry = dispute["status"].startswith("warning")
    gone = -sum(moved["amount"] for moved in dispute["balance_transactions"])
    if outcome == "funds_withdrawn":
        return _take(work, dispute) if gone == 0 else dispute
    if outcome in ("won", "withdrawn", "funds_reinstated") and gone:
        dispute = _give_back(work, dispute)
    if outcome == "funds_reinstated":
        return dispute
    if outcome == "lost" and not gone and not inquiry:
        dispute = _take(work, dispute)
    status = "warning_closed" if inquiry else "lost" if outcome == "lost" else "won"
    ended = dispute | {"status": status, "is_charge_refundable": status != "lost"}
    work.store.save(ended)
    events.record(work, "charge.dispute.closed", ended, _previous(dispute, ended))
    return ended


def settle_charge(work: Work, identifier: str) -> None:
    """What follows when the cardholder of a test card disputes a charge; nothing when it was refunded."""
    charge = work.store.get("charge", identifier)
    method = referred(work, "payment_method", charge["payment_method"], "charge")
    card = payment_methods.behaviour(method)
    refunded = charge["amount_refunded"] == charge["amount_captured"]
    if isinstance(card, TestCard) and card.disputed and not charge["disputed"] and not refunded:
        open_dispute(work, charge, reason=card.disputed.reason, inquiry=card.disputed.inquiry)


def settle_evidence(work: Work, identifier: str) -> None:
    """What follows when the bank has judged the evidence."""
    dispute = work.store.get("dispute", identifier)
    verdict = _VERDICTS.get(dispute["evidence"]["uncategorized_text"])
    if dispute["status"] not in _ENDED and verdict is not None:
        resolve(work, dispute, verdict)


def _take(work: Work, dispute: Body) -> Body:
    """The bank takes the money: an inquiry, too, is a dispute from now on."""
    moved = [*dispute["balance_transactions"], _withdraw(work, dispute)]
    card = dispute["payment_method_details"]["card"] | {"case_type": "chargeback"}
    taken = dispute | {
        "balance_transactions": moved,
        "is_charge_refundable": False,
        "payment_method_details": {"type": "card", "card": card},
        "status": dispute["status"].removeprefix("warning_"),
    }
    work.store.save(taken)
    events.record(work, "charge.dispute.funds_withdrawn", taken, _previous(dispute, taken))
    return taken


def _give_back(work: Work, dispute: Body) -> Body:
    """The bank gives the money back; Stripe keeps its fee."""
    returned = balance.add_transaction(
        work,
        source=dispute,
        amount=dispute["amount"],
        kind="adjustment",
        category="dispute_reversal",
        description=f"Chargeback reversal for {dispute['charge']}",
        at_once=True,
    )
    back = dispute | {"balance_transactions": [*dispute["balance_transactions"], returned]}
    work.store.save(back)
    events.record(work, "charge.dispute.funds_reinstated", back, _previous(dispute, back))
    return back


def _withdraw(work: Work, dispute: Body) -> Body:
    return balance.add_transaction(
        work,
        source=dispute,
        amount=-dispute["amount"],
        fee=currencies.DISPUTE_FEE,
        fee_for="Dispute fee",
        kind="adjustment",
        category="dispute",
        description=f"Chargeback withdrawal for {dispute['charge']}",
    )


def _change(work: Work, dispute: Body, changes: Body) -> Body:
    changed = dispute | changes
    work.store.save(changed)
    events.record(work, "charge.dispute.updated", changed, _previous(dispute, changed))
    return changed


def _previous(before: Body, after: Body) -> Body:
    return {name: value for name, value in before.items() if after[name] != value}


def _check_open(dispute: Body) -> None:
    if dispute["status"] in _ENDED:
        raise invalid(f"This dispute is already closed: its status is {dispute['status']}.")
