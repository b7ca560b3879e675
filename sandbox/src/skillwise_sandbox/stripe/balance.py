"""The balance and what moves it: /v1/balance, /v1/balance_transactions"""

from typing import Any

from . import settlements
from .lists import listing
from .parameters import EXPAND, LIST, moment_range, text
from .store import Body, new_id
from .work import Call, Work

LIST_PARAMS = {
    **LIST,
    **EXPAND,
    "created": moment_range,
    "currency": text,
    "source": text,
    "type": text,
}

_DAYS_UNTIL_AVAILABLE = 2
_DAY = 24 * 3600


def retrieve(call: Call) -> Body:
    """GET /v1/balance: what is there in each currency, apart from what comes in the next days."""
    return {
        "object": "balance",
        "available": _amounts(call, "available"),
        "livemode": False,
        "pending": _amounts(call, "pending"),
    }


def retrieve_transaction(call: Call) -> Body:
    """GET /v1/balance_transactions/:id"""
    return call.addressed("balance_transaction", "id").body


def list_transactions(call: Call) -> Body:
    """GET /v1/balance_transactions"""
    where = call.given("currency", "source", "type")
    return listing(call, "balance_transaction", "/v1/balance_transactions", where=where)


def available(work: Work, currency: str) -> int:
    """What can be transferred or paid out in a currency now, in minor units."""
    return _sums(work, "available").get(currency, 0)


def add_transaction(
    work: Work,
    *,
    source: Body,
    amount: int,
    fee: int = 0,
    fee_for: str = "Stripe processing fees",
    kind: str,
    category: str | None = None,
    description: str | None,
    at_once: bool = False,
) -> Body:
    """A movement of the balance, in the currency of its source; `amount` is negative when money leaves.

    What comes in is available after two days, unless `at_once`; what leaves is gone at once. `category` is
    Stripe's reporting category where that is not the `kind`.
    """
    waits = amount > 0 and not at_once
    fees: list[dict[str, Any]] = []
    if fee:
        fees.append(
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": fee_for,
                "type": "stripe_fee",
            }
        )
    transaction: Body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": work.now + _DAYS_UNTIL_AVAILABLE * _DAY if waits else work.now,
        "balance_type": "payments",
        "created": work.now,
        "currency": source["currency"],
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees,
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source["id"],
        "status": "pending" if waits else "available",
        "type": kind,
    }
    work.store.add(transaction)
    if waits:
        settlements.schedule(work, settlements.FUNDS, transaction["id"], at=transaction["available_on"])
    return transaction


def release(work: Work, identifier: str) -> None:
    """Make what a balance transaction brought available, on its day or before it."""
    transaction = work.store.get("balance_transaction", identifier)
    on = min(transaction["available_on"], work.now)
    work.store.save(transaction | {"status": "available", "available_on": on})


def release_all(work: Work) -> int:
    """Make everything available that waits for its day; answers how many movements that were."""
    waiting = work.store.select("balance_transaction", where={"status": "pending"})
    for found in waiting:
        release(work, found.body["id"])
    work.store.database.execute("DELETE FROM settlements WHERE kind = ?", (settlements.FUNDS,))
    return len(waiting)


def _amounts(work: Work, status: str) -> list[Body]:
    sums = _sums(work, status) or {"usd": 0}
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sums.items()
    ]


def _sums(work: Work, status: str) -> dict[str, int]:
    rows = work.store.database.execute(
        "SELECT json_extract(body, '$.currency') AS currency, sum(json_extract(body, '$.net')) AS net "
        "FROM objects WHERE kind = 'balance_transaction' AND json_extract(body, '$.status') = ? "
        "GROUP BY 1 ORDER BY 1",
        (status,),
    )
    return {row["currency"]: row["net"] for row in rows}
