"""What SSLCOMMERZ says of a payment, in words that are no provider's."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Final
from uuid import UUID

from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment
from skillwise_commerce.errors import PaymentNotFoundError
from skillwise_commerce.gateways.sslcommerz.amounts import minor_units
from skillwise_commerce.gateways.sslcommerz.calls import Answer

__all__ = ["PROVIDER", "is_paid", "moment_from", "money_received", "open_payment", "payment_from"]

PROVIDER: Final = "sslcommerz"

#: In whose time it writes; Bangladesh keeps no summer time.
_DHAKA: Final = timezone(timedelta(hours=6))
#: A page that was begun longer ago than this can no longer be paid, whatever is said of it.
_PAGE_LIVES: Final = timedelta(days=1)
_SETTLED_IN: Final = "BDT"
_RISKY: Final = "1"


def payment_from(
    tran_id: str,
    *,
    order_id: UUID,
    states: Sequence[Answer],
    validated: Sequence[Answer],
    page_url: str,
    now: datetime,
) -> ProviderPayment:
    """The payment called `tran_id`, of which `states` are all that was ever begun and `validated` what was
    paid.

    Two pages of one payment may both have been paid: then both amounts have been received. Raises
    `PaymentNotFoundError` when nothing was ever begun.
    """
    if validated:
        return _paid(tran_id, order_id, validated)
    if page_url or any(_is_open(state, now=now) for state in states):
        return open_payment(tran_id, order_id=order_id, page_url=page_url)
    if not states:
        raise PaymentNotFoundError
    return ProviderPayment(
        provider=PROVIDER,
        id=tran_id,
        status=PaymentStatus.FAILED,
        received=0,
        currency=str(states[-1].get("currency_type", "")),
        order_id=order_id,
        error_code=str(states[-1].get("error") or states[-1].get("status", ""))[:100],
    )


def open_payment(tran_id: str, *, order_id: UUID, page_url: str) -> ProviderPayment:
    """One that waits to be paid on a page; an empty `page_url` when its address is no longer known."""
    return ProviderPayment(
        provider=PROVIDER,
        id=tran_id,
        status=PaymentStatus.OPEN,
        received=0,
        currency="",
        order_id=order_id,
        secret=page_url,
    )


def is_paid(state: Answer) -> bool:
    return state.get("status") in ("VALID", "VALIDATED") and bool(state.get("val_id"))


def money_received(answer: Answer) -> tuple[int, str]:
    """In the currency that was asked for. SSLCOMMERZ charges taka, and says what that was of the currency."""
    currency = str(answer.get("currency_type", ""))
    text = answer.get("amount") if currency == _SETTLED_IN else answer.get("currency_amount")
    return minor_units(str(text), currency), currency


def moment_from(text: object) -> datetime | None:
    """`2020-01-05 22:58:21`; None for what is no such thing."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=_DHAKA)
    except ValueError:
        return None


def _paid(tran_id: str, order_id: UUID, validated: Sequence[Answer]) -> ProviderPayment:
    amounts = [money_received(answer) for answer in validated]
    currency = amounts[0][1]
    return ProviderPayment(
        provider=PROVIDER,
        id=tran_id,
        status=PaymentStatus.SUCCEEDED,
        received=sum(amount for amount, other in amounts if other == currency),
        currency=currency,
        order_id=order_id,
        is_risky=any(str(answer.get("risk_level")) == _RISKY for answer in validated),
    )


def _is_open(state: Answer, *, now: datetime) -> bool:
    begun = moment_from(state.get("tran_date"))
    return state.get("status") == "PENDING" and (begun is None or begun + _PAGE_LIVES > now)
