"""Summing up the ledger's past, so that a balance costs the entries since, however many there ever were."""

from datetime import datetime
from typing import Final

import structlog
from django.db import connection, transaction

__all__ = ["take_snapshots"]

logger = structlog.get_logger(__name__)

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(7301, 2)"
#: New bookings queue behind a snapshot that waits: it had better give up than stop sales, and is tried again.
_NOT_FOR_LONG: Final = "SET LOCAL lock_timeout = '2s'"
#: Waits for whoever is booking (trigger `ledger_positioned`), and keeps others from it until this commits.
_NOBODY_BOOKS: Final = "SELECT pg_advisory_xact_lock(7301, 1)"
_HORIZON: Final = "SELECT coalesce(max(position), 0) FROM skillwise_commerce_ledgerentry"
_KNOWN: Final = "SELECT coalesce(max(horizon), 0) FROM skillwise_commerce_ledgersnapshot"
_ADD_UP: Final = """
INSERT INTO skillwise_commerce_ledgersnapshot AS known (id, account, currency, balance, horizon, taken_at)
SELECT gen_random_uuid(), account, amount_currency, sum(amount_amount), %(horizon)s, %(now)s
FROM skillwise_commerce_ledgerentry WHERE position > %(known)s AND position <= %(horizon)s
GROUP BY account, amount_currency
ON CONFLICT (account, currency) DO UPDATE
SET balance = known.balance + excluded.balance, horizon = excluded.horizon, taken_at = excluded.taken_at
"""


def take_snapshots(*, now: datetime) -> int:
    """Add to every account's snapshot what was booked since. Answers how many accounts were moved.

    Whoever books waits only while the horizon is read; the adding up stands in nobody's way. Raises
    `OperationalError` where a booking is under way for too long.
    """
    horizon = _settled_horizon()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        cursor.execute(_KNOWN)
        (known,) = cursor.fetchone()
        cursor.execute(_ADD_UP, {"known": known, "horizon": horizon, "now": now})
        moved = cursor.rowcount
    logger.info("ledger_snapshots_taken", accounts=moved, horizon=horizon)
    return moved


def _settled_horizon() -> int:
    """The greatest position below which nothing is under way any more."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_NOT_FOR_LONG)
        cursor.execute(_NOBODY_BOOKS)
        cursor.execute(_HORIZON)
        (horizon,) = cursor.fetchone()
    return int(horizon)
