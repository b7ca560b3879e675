"""Payouts of the balance to the platform's own bank: /v1/payouts"""

from . import balance, currencies, events, settlements
from .errors import invalid
from .lists import listing
from .parameters import EXPAND, LIST, integer, merged, metadata, moment_range, one_of, text
from .store import Body, new_id
from .work import Call, Work

CREATE_PARAMS = {
    **EXPAND,
    "amount": integer,
    "currency": text,
    "description": text,
    "metadata": metadata,
    "statement_descriptor": text,
}
LIST_PARAMS = {
    **LIST,
    **EXPAND,
    "arrival_date": moment_range,
    "created": moment_range,
    "status": one_of("pending", "in_transit", "paid", "failed", "canceled"),
}


def create(call: Call) -> Body:
    """POST /v1/payouts: part of the available balance; a moment later it is paid."""
    currency, amount = currencies.check_currency(call.params["currency"]), call.params["amount"]
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > balance.available(call, currency):
        raise invalid(
            "You have insufficient funds in your Stripe account for this transfer. Your card balance is too "
            "low. You can use the /v1/balance endpoint to view your Stripe balance (for more details, see "
            "stripe.com/docs/api#balance).",
            param="amount",
            code="balance_insufficient",
        )
    payout: Body = {
        "id": new_id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": call.now,
        "automatic": False,
        "balance_transaction": None,
        "created": call.now,
        "currency": currency,
        "description": call.params.get("description"),
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": merged({}, call.params.get("metadata")),
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": call.params.get("statement_descriptor"),
        "status": "pending",
        "trace_id": None,
        "type": "bank_account",
    }
    transaction = balance.add_transaction(
        call, source=payout, amount=-amount, kind="payout", description=payout["description"]
    )
    payout["balance_transaction"] = transaction["id"]
    call.store.add(payout)
    settlements.schedule(call, settlements.PAYOUT, payout["id"])
    events.record(call, "payout.created", payout)
    return payout


def retrieve(call: Call) -> Body:
    """GET /v1/payouts/:id"""
    return call.addressed("payout", "id").body


def list_all(call: Call) -> Body:
    """GET /v1/payouts"""
    return listing(call, "payout", "/v1/payouts", where=call.given("status"), moments=("arrival_date",))


def settle_payout(work: Work, identifier: str) -> None:
    """What follows when the bank has the money."""
    payout = work.store.get("payout", identifier)
    paid = payout | {"status": "paid", "arrival_date": work.now}
    work.store.save(paid)
    events.record(work, "payout.paid", paid)
