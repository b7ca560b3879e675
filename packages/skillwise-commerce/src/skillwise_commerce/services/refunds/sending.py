"""Asking the provider to give money back. The refund was written down before; no transaction is open while
the provider is spoken to, and an unfinished one is asked for again under the same key.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from skillwise_commerce.domain.payments import ProviderRefund, RefundStatus
from skillwise_commerce.errors import (
    PaymentNotFoundError,
    ProviderFailedError,
    ProviderUnavailableError,
    RefundRefusedError,
)
from skillwise_commerce.gateways import KEYS_LAST, PaymentGateway, RefundRequest, get_gateway
from skillwise_commerce.models import Order, Refund
from skillwise_commerce.services.refunds.booking import book_refund_state, record_provider_refund

__all__ = ["resume_refunds", "send_refund"]

logger = structlog.get_logger(__name__)


def send_refund(*, refund_id: UUID, now: datetime) -> Refund:
    """Ask the provider for a refund that is still pending, and book what it answers.

    Raises `RefundRefusedError`, after which the refund has failed and nothing is booked. When the provider
    does not answer, the refund stays pending, and is asked for again later.
    """
    refund = Refund.objects.select_related("order").get(id=refund_id)
    if refund.status != RefundStatus.PENDING:
        return refund
    if refund.total.is_zero:
        return _book(refund, RefundStatus.SUCCEEDED, now=now)
    payment = refund.order.payments.get()
    request = RefundRequest(
        refund_id=refund.id,
        attempt=refund.attempt,
        payment_id=payment.provider_payment_id,
        amount=refund.total,
        reason=refund.reason,
    )
    gateway = get_gateway(refund.provider)
    try:
        answer = _made_before(refund, gateway, request, now=now) or gateway.refund(request)
    except (RefundRefusedError, PaymentNotFoundError) as refusal:
        code = str(refusal.extra.get("provider_code", "")) or refusal.code
        _book(refund, RefundStatus.FAILED, error_code=code, now=now)
        raise RefundRefusedError(extra={"provider_code": code}) from refusal
    except ProviderFailedError:  # it repeats that answer to the same key: the next request needs another
        Refund.objects.filter(id=refund.id, attempt=refund.attempt).update(attempt=F("attempt") + 1)
        return refund
    except ProviderUnavailableError:
        logger.warning("refund_waits", refund_id=str(refund.id))
        return refund
    record_provider_refund(answer, now=now)
    refund.refresh_from_db()
    return refund


def resume_refunds(*, older_than: timedelta, now: datetime) -> int:
    """Ask again for every refund that has been pending for so long and that the provider may not know of.
    Answers how many there were.
    """
    waiting = Refund.objects.filter(
        status=RefundStatus.PENDING, provider_refund_id=None, updated_at__lt=now - older_than
    )
    ids = list(waiting.order_by("updated_at").values_list("id", flat=True))
    for refund_id in ids:
        try:
            send_refund(refund_id=refund_id, now=now)
        except RefundRefusedError:
            logger.warning("refund_refused", refund_id=str(refund_id))
    return len(ids)


def _made_before(
    refund: Refund, gateway: PaymentGateway, request: RefundRequest, *, now: datetime
) -> ProviderRefund | None:
    """After an attempt that failed at the provider, which may have given the money back all the same, and
    after so long that the provider may have forgotten the key: what is asked now would be another refund.
    """
    if refund.attempt == 0 and now - refund.created_at < KEYS_LAST:
        return None
    made = gateway.refunds_of(request.payment_id)
    return next((one for one in made if one.refund_id == refund.id), None)


@transaction.atomic
def _book(refund: Refund, status: RefundStatus, *, error_code: str = "", now: datetime) -> Refund:
    order = Order.objects.select_for_update().get(id=refund.order_id)
    locked = Refund.objects.get(id=refund.id)
    book_refund_state(order, locked, status, error_code=error_code, now=now)
    return locked
