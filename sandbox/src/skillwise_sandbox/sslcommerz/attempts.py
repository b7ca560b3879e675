"""What a person does on a session's page: pays, is refused, cancels, or lets it expire. Each ends the
session, leaves a transaction, and is told in an IPN.
"""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from ..stripe import deliveries
from ..stripe.store import Body, new_id, random_text
from . import money, sessions
from .signatures import signed
from .work import RefusedError, Work, dated_id, dhaka_time

KIND = "sslcommerz_transaction"
IPN_KIND = "sslcommerz_ipn"

#: What each outcome is called in a transaction's status, and why it failed.
_ENDINGS = {
    "pay": ("VALID", ""),
    "fail": ("FAILED", "Declined by the issuer"),
    "cancel": ("CANCELLED", "Canceled by the customer"),
    "expire": ("EXPIRED", "Session expired"),
}
OUTCOMES = tuple(_ENDINGS)

# What an IPN holds of a transaction; the rest is SSLCOMMERZ's own.
_TOLD = (
    "tran_id", "val_id", "amount", "card_type", "store_amount", "card_no", "bank_tran_id", "status",
    "tran_date", "error", "currency", "card_issuer", "card_brand", "card_issuer_country",
    "card_issuer_country_code", "store_id", "currency_type", "currency_amount", "currency_rate", "base_fair",
    "value_a", "value_b", "value_c", "value_d", "risk_level", "risk_title",
)  # fmt: skip


def end(
    work: Work, session: Body, outcome: str, *, risk_level: int = 0, charged: Decimal | None = None
) -> Body:
    """Bring a session to its end; answers the transaction. `charged` replaces, in the session's currency, the
    amount that was asked for, as if somebody had tampered with it.
    """
    if session["status"] != "PENDING":
        raise RefusedError(f"This session has ended: {session['status']}.")
    status, error = _ENDINGS[outcome]
    transaction = _transaction(work, session, status, error, risk_level=risk_level, charged=charged)
    work.store.add(transaction)
    session |= {"status": status, "transaction": transaction["id"]}
    work.store.save(session)
    if session["ipn_url"]:
        _tell(work, session["ipn_url"], transaction)
    return transaction


def expire_due(work: Work) -> int:
    """Expire the sessions whose time is up; answers how many."""
    due = work.store.select(
        sessions.KIND,
        where={"status": "PENDING"},
        compare=(("$.expires", "<=", work.now),),
        newest_first=False,
    )
    for session in due:
        with work.store.database.transaction():
            end(work, session.body, "expire")
    return len(due)


def notice(work: Work, transaction: Body) -> dict[str, str]:
    """What the store is told of a transaction, in an IPN and through the buyer's browser, signed."""
    fields = {name: transaction[name] for name in _TOLD if transaction.get(name) is not None}
    return signed(fields, work.merchant.password)


def resend(work: Work, ipn: Body) -> None:
    """Send an IPN once more, whatever the switches say."""
    _queue(work, ipn, obeying=False)


def _tell(work: Work, url: str, transaction: Body) -> None:
    ipn = {
        "id": new_id("ipn"),
        "object": IPN_KIND,
        "tran_id": transaction["tran_id"],
        "type": f"sslcommerz.ipn.{transaction['status'].lower()}",
        "url": url,
        "body": urlencode(notice(work, transaction)),
    }
    work.store.add(ipn)
    _queue(work, ipn, obeying=True)


def _queue(work: Work, ipn: Body, *, obeying: bool) -> None:
    deliveries.queue(
        work.store.database,
        event=ipn["id"],
        event_type=ipn["type"],
        endpoint=ipn["url"],
        payload=ipn["body"],
        switch=work.switches.for_event(ipn["type"]) if obeying else None,
    )


def _transaction(
    work: Work, session: Body, status: str, error: str, *, risk_level: int, charged: Decimal | None
) -> dict[str, Any]:
    currency = session["currency"]
    amount = Decimal(session["total_amount"]) if charged is None else charged
    taka = money.in_taka(amount, currency)
    paid = status == "VALID"
    return {
        "id": dated_id(work.now, random_text(15)),
        "object": KIND,
        "sessionkey": session["id"],
        "status": status,
        "error": error or None,
        "tran_date": dhaka_time(work.now),
        "tran_id": session["tran_id"],
        "val_id": dated_id(work.now, random_text(16)) if paid else None,
        "amount": money.written(taka),
        "store_amount": money.written(money.after_fee(taka)) if paid else None,
        "bank_tran_id": dated_id(work.now, random_text(15)),
        "card_type": "VISA-Dutch Bangla",
        "card_no": "418117XXXXXX6675",
        "card_issuer": "TRUST BANK, LTD.",
        "card_brand": "VISA",
        "card_issuer_country": "Bangladesh",
        "card_issuer_country_code": "BD",
        "store_id": work.merchant.store_id,
        "currency": "BDT",
        "currency_type": currency,
        "currency_amount": money.written(amount),
        "currency_rate": f"{money.RATES[currency]:.4f}",
        "base_fair": "0.00",
        **{name: session[name] for name in ("value_a", "value_b", "value_c", "value_d")},
        "risk_level": str(risk_level),
        "risk_title": "Not Safe" if risk_level else "Safe",
        "validated_on": None,
    }
