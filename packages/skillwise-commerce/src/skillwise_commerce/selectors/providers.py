"""What of ours a provider may have changed meanwhile: for one that lists nothing itself."""

from datetime import datetime

from django.db.models import Q, QuerySet

from skillwise_commerce.domain.orders import OPEN
from skillwise_commerce.domain.payments import RefundStatus
from skillwise_commerce.models import Order, Refund

__all__ = ["changeable_payments", "changeable_refunds", "refund_known_as", "refunds_of_payment"]


def changeable_payments(provider: str, *, since: datetime) -> list[str]:
    """The provider's ids of the payments of open orders, and of those that have moved since, oldest first."""
    orders = Order.objects.filter(
        Q(status__in=OPEN) | Q(updated_at__gte=since), provider=provider, provider_payment_id__isnull=False
    )
    return [str(name) for name in orders.order_by("id").values_list("provider_payment_id", flat=True)]


def changeable_refunds(provider: str, *, since: datetime) -> list[Refund]:
    """The refunds that the provider knows, pending or changed since, oldest first."""
    changeable = Q(status=RefundStatus.PENDING) | Q(updated_at__gte=since)
    return list(_known(provider).filter(changeable))


def refunds_of_payment(provider: str, *, payment_id: str) -> list[Refund]:
    """The refunds of a payment that the provider knows, oldest first."""
    return list(_known(provider).filter(order__provider_payment_id=payment_id))


def refund_known_as(provider_refund_id: str, *, provider: str) -> Refund | None:
    return _known(provider).filter(provider_refund_id=provider_refund_id).first()


def _known(provider: str) -> QuerySet[Refund]:
    refunds = Refund.objects.filter(provider=provider, provider_refund_id__isnull=False)
    return refunds.select_related("order").order_by("id")
