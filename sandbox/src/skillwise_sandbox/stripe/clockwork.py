"""Carries out the settlements that are due, whether or not anybody calls."""

import asyncio
import time

from ..switches import Switches
from . import balance, checkout, confirmation, disputes, payouts, refunds, settlements
from .deliverer import Deliverer
from .store import Store
from .work import Work

_TICK = 0.25


async def run(store: Store, switches: Switches, deliverer: Deliverer, public_url: str) -> None:
    """Settle what is due, for ever."""
    while True:
        if settle_due(store, switches, public_url):
            deliverer.wake()
        await asyncio.sleep(_TICK)


def settle_due(store: Store, switches: Switches, public_url: str) -> int:
    """Settle what is due now, each in its own transaction; answers how many."""
    now = time.time()
    due = store.database.execute(
        "SELECT * FROM settlements WHERE due <= ? ORDER BY position", (now,)
    ).fetchall()
    settle = {
        settlements.DEBIT: confirmation.settle_debit,
        settlements.REFUND: refunds.settle_refund,
        settlements.FUNDS: balance.release,
        settlements.DISPUTE: disputes.settle_charge,
        settlements.EVIDENCE: disputes.settle_evidence,
        settlements.PAYOUT: payouts.settle_payout,
        settlements.EXPIRY: checkout.settle_expiry,
    }
    for row in due:
        work = Work(store=store, now=int(now), public_url=public_url, switches=switches)
        with store.database.transaction():
            store.database.execute("DELETE FROM settlements WHERE position = ?", (row["position"],))
            settle[row["kind"]](work, row["object"])
    return len(due)
