"""What a store asks: is this payment valid (/validator/api/validationserverAPI.php), and what became of a
session or a `tran_id` (/validator/api/merchantTransIDvalidationAPI.php).
"""

from collections.abc import Mapping
from typing import Any

from ..stripe.store import Body
from . import attempts, sessions
from .work import Work, dhaka_time

_OWN = ("id", "object", "sessionkey")


def validate(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    """The payment of a `val_id`: VALID when it is asked for the first time, VALIDATED ever after."""
    found = work.store.select(attempts.KIND, where={"val_id": params.get("val_id", "")}, limit=1)
    if not found:
        return {"status": "INVALID_TRANSACTION", "APIConnect": "DONE"}
    transaction = found[0].body
    answer = _shown(transaction)
    if transaction["status"] == "VALID":
        transaction |= {"status": "VALIDATED", "validated_on": dhaka_time(work.now)}
        work.store.save(transaction)
    return answer | {"validated_on": transaction["validated_on"], "APIConnect": "DONE", "gw_version": "4.00"}


def by_session(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    """What became of one session."""
    found = sessions.find(work, params["sessionkey"])
    if found is None:
        return {"APIConnect": "DONE", "status": "INVALID_TRANSACTION", "sessionkey": params["sessionkey"]}
    return {"APIConnect": "DONE", "sessionkey": found.body["id"], **_state(work, found.body)}


def by_transaction(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    """Everything about a `tran_id`: one element for each of its sessions, oldest first."""
    elements = [_state(work, session) for session in sessions.of_transaction(work, params["tran_id"])]
    return {"APIConnect": "DONE", "no_of_trans_found": len(elements), "element": elements}


def _state(work: Work, session: Body) -> dict[str, Any]:
    if session["status"] != "PENDING":
        return _shown(work.store.get(attempts.KIND, session["transaction"]))
    return {
        "status": "PENDING",
        "tran_date": dhaka_time(session["created"]),
        "tran_id": session["tran_id"],
        "val_id": "",
        "amount": session["taka"],
        "store_amount": "",
        "bank_tran_id": "",
        "currency": "BDT",
        "currency_type": session["currency"],
        "currency_amount": session["total_amount"],
        **{name: session[name] for name in ("value_a", "value_b", "value_c", "value_d")},
        "risk_level": "",
        "risk_title": "",
        "error": "",
    }


def _shown(transaction: Body) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in transaction.items() if name not in _OWN}
