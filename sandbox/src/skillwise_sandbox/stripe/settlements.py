"""What happens at the bank a moment later, without a call: a debit or a refund is settled."""

import time

from .work import Work

DEBIT = "debit"
REFUND = "refund"

_MOMENT = 1.0


def schedule(work: Work, kind: str, identifier: str) -> None:
    """Let an intent's debit (DEBIT) or a refund (REFUND) be settled in a moment."""
    work.store.database.execute(
        "INSERT INTO settlements (kind, object, due) VALUES (?, ?, ?)",
        (kind, identifier, time.time() + _MOMENT),
    )
