"""Noting what we and a provider do not agree on, for a person to look at."""

from datetime import datetime

import structlog
from skillwise_kernel.money import Money

from skillwise_commerce.models import Discrepancy, Order

__all__ = ["note_discrepancy"]

logger = structlog.get_logger(__name__)


def note_discrepancy(
    kind: Discrepancy.Kind,
    *,
    order: Order | None,
    provider: str,
    subject_id: str,
    amount: Money,
    now: datetime,
) -> None:
    """Once for each kind and provider's id (of a payment, refund, dispute or transfer), and as an error in
    the log.
    """
    _, is_new = Discrepancy.objects.get_or_create(
        kind=kind,
        provider=provider,
        provider_payment_id=subject_id,
        defaults={
            "order": order,
            "received_amount": amount.amount,
            "received_currency": amount.currency,
            "noticed_at": now,
        },
    )
    if is_new:
        order_id = str(order.id) if order is not None else None
        logger.error("payment_discrepancy", kind=kind, order_id=order_id, payment=subject_id)
