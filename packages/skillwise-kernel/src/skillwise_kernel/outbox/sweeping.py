"""Finding deliveries that are due and that no worker knows of: retries, and whatever the broker lost."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from skillwise_kernel.clock import now
from skillwise_kernel.outbox.announcing import announce, announced_until, outstanding
from skillwise_kernel.outbox.models import Delivery
from skillwise_kernel.outbox.settings import outbox_settings

__all__ = ["sweep"]


def sweep() -> int:
    """Tell workers of due deliveries that they were not told of lately. Answers of how many.

    While workers are behind with what they were told already, nothing is added: it would be told twice.
    """
    batch = outbox_settings().SWEEP_BATCH
    if outstanding() > batch:
        return 0
    forgotten = _claim_forgotten(batch)
    announce(forgotten)
    return len(forgotten)


@transaction.atomic
def _claim_forgotten(batch: int) -> list[UUID]:
    """Several sweeps at once share the work; what a worker is at is locked, and skipped."""
    at = now()
    forgotten = list(
        Delivery.objects.filter(
            Q(announced_until__isnull=True) | Q(announced_until__lte=at),
            status=Delivery.Status.PENDING,
            next_attempt_at__lte=at,
        )
        .order_by("next_attempt_at", "id")
        .select_for_update(skip_locked=True)
        .values_list("id", flat=True)[:batch]
    )
    Delivery.objects.filter(id__in=forgotten).update(announced_until=announced_until(at))
    return forgotten
