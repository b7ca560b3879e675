"""What happens a moment or days later, without a call: at the bank, at the cardholder's, on the balance."""

import time

from .work import Work

DEBIT = "debit"
REFUND = "refund"
DISPUTE = "dispute"
EVIDENCE = "evidence"
FUNDS = "funds"
PAYOUT = "payout"
EXPIRY = "expiry"

_MOMENT = 1.0


def schedule(work: Work, kind: str, identifier: str, *, at: float | None = None) -> None:
    """Let something be settled in a moment, or `at` a time (unix seconds).

    By `kind`, the object is an intent whose bank answers a debit (DEBIT), a refund (REFUND), a charge that
    its cardholder disputes (DISPUTE), a dispute whose evidence is judged (EVIDENCE), a balance transaction
    whose money becomes available (FUNDS), a payout that arrives (PAYOUT), or a Checkout Session whose time
    is up (EXPIRY).
    """
    work.store.database.execute(
        "INSERT INTO settlements (kind, object, due) VALUES (?, ?, ?)",
        (kind, identifier, time.time() + _MOMENT if at is None else at),
    )


def hasten(work: Work, kind: str, identifier: str) -> None:
    """Let what is scheduled for an object be due now."""
    work.store.database.execute(
        "UPDATE settlements SET due = 0 WHERE kind = ? AND object = ?", (kind, identifier)
    )
