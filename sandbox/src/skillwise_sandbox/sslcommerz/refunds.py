"""Refunds: asked for, and looked after, at /validator/api/merchantTransIDvalidationAPI.php. In taka."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..stripe.store import Body, random_text
from . import attempts, money
from .work import RefusedError, Work, dated_id, dhaka_time

KIND = "sslcommerz_refund"
#: How long a refund is being processed, in seconds.
TAKES = 1.0
#: How a refund can end.
ENDINGS = ("refunded", "cancelled")

_MANDATORY = {"bank_tran_id": 80, "refund_trans_id": 30, "refund_amount": 13, "refund_remarks": 255}
_LONGEST_REFERENCE = 50


def create(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    """Refund a part of a payment or all that is left: `success`. One that was asked for before, under the
    same `refund_trans_id`, is `processing`, and nothing more happens.
    """
    try:
        return _created(work, params)
    except RefusedError as error:
        return {
            "APIConnect": "DONE",
            "bank_tran_id": params.get("bank_tran_id", ""),
            "status": "failed",
            "errorReason": str(error),
        }


def query(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    """How far a refund is: `processing`, `refunded` or `cancelled`."""
    found = work.store.find(KIND, params["refund_ref_id"])
    if found is None:
        return {"APIConnect": "DONE", "status": "failed", "errorReason": "The refund_ref_id is not found."}
    refund = found.body
    status = state(work, refund)
    return {
        "APIConnect": "DONE",
        "bank_tran_id": refund["bank_tran_id"],
        "tran_id": refund["tran_id"],
        "refund_ref_id": refund["id"],
        "initiated_on": dhaka_time(refund["created"]),
        "refunded_on": dhaka_time(refund["created"] + TAKES) if status == "refunded" else "",
        "status": status,
        "errorReason": "",
    }


def state(work: Work, refund: Body) -> str:
    """A refund's state by now."""
    if refund["ending"]:
        return str(refund["ending"])
    return "refunded" if work.now >= refund["created"] + TAKES else "processing"


def settle(work: Work, refund: Body, ending: str) -> Body:
    """Let a refund end in one of `ENDINGS`, now."""
    refund["ending"] = ending
    work.store.save(refund)
    return refund


def of_payment(work: Work, bank_tran_id: str) -> list[Body]:
    """The refunds of a payment, oldest first."""
    found = work.store.select(KIND, where={"bank_tran_id": bank_tran_id}, newest_first=False)
    return [refund.body for refund in found]


def _created(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    for name, longest in _MANDATORY.items():
        if not 0 < len(params.get(name, "")) <= longest:
            raise RefusedError(f"The {name} is missing or longer than {longest} characters.")
    if len(params.get("refe_id", "")) > _LONGEST_REFERENCE:
        raise RefusedError(f"The refe_id is longer than {_LONGEST_REFERENCE} characters.")
    amount = money.read(params["refund_amount"], "refund_amount")
    payments = work.store.select(attempts.KIND, where={"bank_tran_id": params["bank_tran_id"]}, limit=1)
    if not payments or not payments[0].body["val_id"]:
        raise RefusedError("The bank_tran_id is not found.")
    payment = payments[0].body
    before = work.store.select(KIND, where={"refund_trans_id": params["refund_trans_id"]}, limit=1)
    if before:
        return _answer(before[0].body, "processing")
    left = Decimal(payment["amount"]) - sum(
        (
            Decimal(refund["refund_amount"])
            for refund in of_payment(work, payment["bank_tran_id"])
            if state(work, refund) != "cancelled"
        ),
        Decimal(0),
    )
    if amount > left:
        raise RefusedError(f"The refund_amount is more than the {money.written(left)} BDT that are left.")
    refund = {
        "id": dated_id(work.now, random_text(16)),
        "object": KIND,
        "refund_trans_id": params["refund_trans_id"],
        "refe_id": params.get("refe_id", ""),
        "bank_tran_id": payment["bank_tran_id"],
        "tran_id": payment["tran_id"],
        "refund_amount": money.written(amount),
        "refund_remarks": params["refund_remarks"],
        "created": work.now,
        "ending": None,
    }
    work.store.add(refund)
    return _answer(refund, "success")


def _answer(refund: Body, status: str) -> dict[str, Any]:
    return {
        "APIConnect": "DONE",
        "bank_tran_id": refund["bank_tran_id"],
        "trans_id": refund["tran_id"],
        "refund_ref_id": refund["id"],
        "status": status,
        "errorReason": "",
    }
