"""What accounts hold: by the entries alone, of which a snapshot has summed up those of the past."""

from collections import Counter
from typing import Final

from django.db import connection
from skillwise_kernel.money import Money

__all__ = ["BALANCE", "balance", "balances", "trial_balance"]

#: In one statement, so that snapshot and entries are of one moment.
BALANCE: Final = """
WITH snapshot AS (
    SELECT balance, horizon FROM skillwise_commerce_ledgersnapshot
    WHERE account = %(account)s AND currency = %(currency)s
)
SELECT coalesce((SELECT balance FROM snapshot), 0) + coalesce((
    SELECT sum(amount_amount) FROM skillwise_commerce_ledgerentry
    WHERE account = %(account)s AND amount_currency = %(currency)s
    AND position > coalesce((SELECT horizon FROM snapshot), 0)
), 0)
"""
_BALANCES: Final = """
SELECT account, currency, sum(amount) FROM (
    SELECT account, currency, balance AS amount FROM skillwise_commerce_ledgersnapshot
    UNION ALL
    SELECT account, amount_currency, amount_amount FROM skillwise_commerce_ledgerentry
    WHERE position > (SELECT coalesce(max(horizon), 0) FROM skillwise_commerce_ledgersnapshot)
) AS parts GROUP BY account, currency ORDER BY account, currency
"""


def balance(*, account: str, currency: str) -> Money:
    """What an account holds in a currency now: above zero it was debited more. One query, whose cost grows
    with the entries since the last snapshot alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(BALANCE, {"account": account, "currency": currency})
        return Money(int(cursor.fetchone()[0]), currency)


def balances() -> list[tuple[str, Money]]:
    """Every account that was ever moved, with what it holds now, by account and currency. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES)
        return [(account, Money(int(amount), currency)) for account, currency, amount in cursor.fetchall()]


def trial_balance() -> dict[str, Money]:
    """By currency, what all accounts hold together: nothing, or the books are wrong."""
    sums: Counter[str] = Counter()
    for _, held in balances():
        sums[held.currency] += held.amount
    return {currency: Money(amount, currency) for currency, amount in sums.items()}
