"""What providers keep of payments, booked once they know it."""

import dataclasses
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from skillwise_commerce.errors import PaymentNotFoundError, ProviderUnavailableError
from skillwise_commerce.gateways import get_gateway
from skillwise_commerce.models import LedgerTransaction, Payment
from skillwise_commerce.services.ledger import book_fee

__all__ = ["book_payment_fees"]

#: How long a provider may take to say what it keeps: a debit of a bank account settles after days.
_ASKED_FOR: Final = timedelta(days=7)

logger = structlog.get_logger(__name__)


def book_payment_fees(*, now: datetime) -> int:
    """Book the fee of every payment of late of which it is not booked; answers how many were.

    Apart from booking the payment, so that a slow provider holds nothing up. What it does not know yet is
    asked again by the next run, and so is everything of a provider that does not answer.
    """
    booked = 0
    silent: set[str] = set()
    for payment in _without_fee(since=now - _ASKED_FOR):
        if payment.provider in silent:
            continue
        try:
            booked += _book(payment, now=now)
        except PaymentNotFoundError:
            logger.warning("fee_of_unknown_payment", payment=payment.provider_payment_id)
        except ProviderUnavailableError:
            logger.warning("fees_not_booked", provider=payment.provider)
            silent.add(payment.provider)
    return booked


def _without_fee(*, since: datetime) -> list[Payment]:
    payments = {
        _reference(payment): payment
        for payment in Payment.objects.filter(received_at__gte=since).order_by("received_at", "id")
    }
    known = LedgerTransaction.objects.filter(kind=LedgerTransaction.Kind.FEE, reference__in=list(payments))
    for reference in known.values_list("reference", flat=True):
        del payments[reference]
    return list(payments.values())


def _book(payment: Payment, *, now: datetime) -> bool:
    fee = get_gateway(payment.provider).fee_of(payment.provider_payment_id)
    if fee is None or fee.fee.is_zero:
        return False
    with transaction.atomic():
        Payment.objects.select_for_update().get(id=payment.id)  # of two runs at once, one books
        book_fee(dataclasses.replace(fee, reference=_reference(payment)), now=now)
    return True


def _reference(payment: Payment) -> str:
    return f"payment:{payment.id}"
