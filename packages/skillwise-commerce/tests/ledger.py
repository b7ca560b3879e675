"""What the books hold."""

from skillwise_commerce.models import LedgerEntry


def balances() -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in LedgerEntry.objects.all():
        found[entry.account] = found.get(entry.account, 0) + entry.amount_amount
    return {account: balance for account, balance in found.items() if balance}
