"""Refunds, as an administrator makes them and the provider tells them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from skillwise_commerce.domain.payments import ProviderRefund, RefundStatus
from skillwise_commerce.models import Payment, Refund
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def told(order_id: UUID, amount: int, **more: Any) -> ProviderRefund:
    """What the provider says of a refund of this order's payment."""
    payment = Payment.objects.get(order_id=order_id)
    fields = {
        "provider": payment.provider,
        "id": f"re_{new_id().hex}",
        "payment_id": payment.provider_payment_id,
        "status": RefundStatus.SUCCEEDED,
        "amount": Money(amount, payment.amount_currency),
        "refund_id": None,
        "created_at": NOW,
    }
    return ProviderRefund(**(fields | more))


def refund(order_id: UUID, *course_ids: UUID, amount: int | None = None) -> Refund:
    """One that an administrator made, and the provider has carried out."""
    amounts = {course_id: Money(amount, "USD") if amount else None for course_id in course_ids}
    opened = open_refund_by_admin(
        admin_id=new_id(), order_id=order_id, amounts=amounts or None, reason="asked nicely", now=NOW
    )
    record_provider_refund(told(order_id, opened.amount, refund_id=opened.id), now=NOW)
    opened.refresh_from_db()
    return opened
