"""What a comparison comes to, and what is left for a person to look at."""

import enum
from datetime import datetime

from skillwise_kernel.money import Money

from skillwise_commerce.models import Discrepancy, Order
from skillwise_commerce.services.discrepancies import note_discrepancy

__all__ = ["Finding", "report", "unsettled"]


class Finding(enum.StrEnum):
    RIGHT = "right"
    """We have it as the provider does, or a person has settled why not."""
    REPAIRED = "repaired"
    """We had not heard of it; now it is as if we had."""
    REPORTED = "reported"
    """It differs, and a person has to look at it."""
    FAILED = "failed"
    """It could not be compared or repaired."""


def report(
    kind: Discrepancy.Kind,
    *,
    provider: str,
    reference: str,
    amount: Money,
    order: Order | None,
    now: datetime,
) -> Finding:
    """Note a difference, once. `reference` is the provider's id of what differs."""
    note_discrepancy(kind, order=order, provider=provider, subject_id=reference, amount=amount, now=now)
    return unsettled(provider=provider, reference=reference)


def unsettled(*, provider: str, reference: str) -> Finding:
    """`REPORTED` while a person has to look at what was noted of this before."""
    noted = Discrepancy.objects.filter(
        provider=provider, provider_payment_id=reference, settled_at__isnull=True
    )
    return Finding.REPORTED if noted.exists() else Finding.RIGHT
