"""What we and providers do not agree on."""

from django.db.models import QuerySet

from skillwise_commerce.models import Discrepancy

__all__ = ["open_discrepancies"]


def open_discrepancies(*, provider: str) -> QuerySet[Discrepancy]:
    """Those that nobody has settled, oldest first."""
    return Discrepancy.objects.filter(provider=provider, settled_at__isnull=True).order_by("id")
