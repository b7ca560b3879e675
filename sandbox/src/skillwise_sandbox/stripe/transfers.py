"""Transfers to connected accounts and their reversals: /v1/transfers"""

from ..amounts import display
from . import balance, currencies, events
from .errors import invalid, missing_object
from .lists import listing
from .parameters import EXPAND, LIST, integer, merged, metadata, moment_range, text
from .store import Body, new_id
from .work import Call

CREATE_PARAMS = {
    **EXPAND,
    "amount": integer,
    "currency": text,
    "description": text,
    "destination": text,
    "metadata": metadata,
    "source_transaction": text,
    "transfer_group": text,
}
UPDATE_PARAMS = {**EXPAND, "description": text, "metadata": metadata}
LIST_PARAMS = {**LIST, **EXPAND, "created": moment_range, "destination": text, "transfer_group": text}
REVERSE_PARAMS = {**EXPAND, "amount": integer, "description": text, "metadata": metadata}
REVERSAL_LIST_PARAMS = {**LIST, **EXPAND}

_REVERSALS_SHOWN = 10


def create(call: Call) -> Body:
    """POST /v1/transfers: from the available balance, or out of one charge that is still pending."""
    params = call.params
    amount, currency = _positive(params["amount"]), currencies.check_currency(params["currency"])
    destination = call.store.find("account", params["destination"])
    if destination is None:
        raise missing_object("destination", params["destination"], param="destination", in_path=False)
    if destination.body["capabilities"].get("transfers") != "active":
        raise invalid(
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    charge = _source(call, amount, currency) if params.get("source_transaction") else None
    if charge is None and amount > balance.available(call, currency):
        raise invalid(
            "You have insufficient available funds in your Stripe account. Try adding funds directly to your "
            "available balance by creating Charges using the 4000000000000077 test card. See: "
            "https://stripe.com/docs/testing#available-balance",
            code="balance_insufficient",
        )
    identifier = new_id("tr")
    group = params.get("transfer_group")
    transfer: Body = {
        "id": identifier,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": call.now,
        "currency": currency,
        "description": params.get("description"),
        "destination": destination.body["id"],
        "livemode": False,
        "metadata": merged({}, params.get("metadata")),
        "reversals": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/transfers/{identifier}/reversals",
        },
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": "card",
        "transfer_group": group or (charge and (charge["transfer_group"] or f"group_{charge['id']}")),
    }
    transaction = balance.add_transaction(
        call, source=transfer, amount=-amount, kind="transfer", description=transfer["description"]
    )
    transfer["balance_transaction"] = transaction["id"]
    call.store.add(transfer)
    events.record(call, "transfer.created", transfer)
    return transfer


def retrieve(call: Call) -> Body:
    """GET /v1/transfers/:id"""
    return call.addressed("transfer", "id").body


def update(call: Call) -> Body:
    """POST /v1/transfers/:id"""
    before = call.addressed("transfer", "id").body
    changes = call.given("description")
    if "metadata" in call.params:
        changes["metadata"] = merged(before["metadata"], call.params["metadata"])
    after = before | changes
    previous = {name: before[name] for name in changes if before[name] != after[name]}
    if previous:
        call.store.save(after)
        events.record(call, "transfer.updated", after, previous)
    return after


def list_all(call: Call) -> Body:
    """GET /v1/transfers"""
    return listing(call, "transfer", "/v1/transfers", where=call.given("destination", "transfer_group"))


def reverse(call: Call) -> Body:
    """POST /v1/transfers/:id/reversals: take back all that is left of a transfer, or `amount` of it."""
    transfer = call.addressed("transfer", "id").body
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = _positive(call.params.get("amount", left or 1))
    if amount > left:
        asked, most = (display(value, transfer["currency"]) for value in (amount, left))
        raise invalid(
            f"The transfer {transfer['id']} cannot be reversed by {asked}: {most} of it is left.",
            param="amount",
        )
    reversal: Body = {
        "id": new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": call.now,
        "currency": transfer["currency"],
        "destination_payment_refund": None,
        "metadata": merged({}, call.params.get("metadata")),
        "source_refund": None,
        "transfer": transfer["id"],
    }
    transaction = balance.add_transaction(
        call,
        source=reversal,
        amount=amount,
        kind="transfer_refund",
        category="transfer_reversal",
        description=call.params.get("description"),
        at_once=True,
    )
    reversal["balance_transaction"] = transaction["id"]
    call.store.add(reversal)
    shown = [reversal, *transfer["reversals"]["data"]]
    after = transfer | {
        "amount_reversed": transfer["amount_reversed"] + amount,
        "reversed": amount == left,
        "reversals": transfer["reversals"]
        | {"data": shown[:_REVERSALS_SHOWN], "has_more": len(shown) > _REVERSALS_SHOWN},
    }
    call.store.save(after)
    previous = {name: transfer[name] for name in ("amount_reversed", "reversed", "reversals")}
    events.record(call, "transfer.reversed", after, previous)
    return reversal


def retrieve_reversal(call: Call) -> Body:
    """GET /v1/transfers/:transfer/reversals/:id"""
    reversal = call.addressed("transfer_reversal", "id").body
    if reversal["transfer"] != call.path["transfer"]:
        raise missing_object("transfer reversal", reversal["id"], param="id", in_path=True)
    return reversal


def list_reversals(call: Call) -> Body:
    """GET /v1/transfers/:id/reversals"""
    transfer = call.addressed("transfer", "id").body
    return listing(
        call, "transfer_reversal", transfer["reversals"]["url"], where={"transfer": transfer["id"]}
    )


def _source(call: Call, amount: int, currency: str) -> Body:
    """The charge that a transfer is paid out of; 400 when it cannot give that much."""
    charge = call.referred("charge", "source_transaction").body
    if charge["currency"] != currency:
        raise invalid(
            f"The currency of source_transaction's balance transaction ({charge['currency']}) must be the "
            f"same as the transfer currency ({currency})",
            param="currency",
        )
    earlier = call.store.select("transfer", where={"source_transaction": charge["id"]})
    left = charge["amount_captured"] - sum(
        found.body["amount"] - found.body["amount_reversed"] for found in earlier
    )
    if amount > left:
        raise invalid(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{display(charge['amount_captured'], currency)}. "
            f"({display(left, currency)} of it is left.)",
            param="amount",
        )
    return charge


def _positive(amount: int) -> int:
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    return amount
