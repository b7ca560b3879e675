"""Webhooks that could not be processed: their error stands with them, and they can be replayed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_kernel.outbox import publish

from skillwise_commerce.events import ProviderEventStored
from skillwise_commerce.models import ProviderEvent

__all__ = ["keep_failure", "replay_provider_events"]

_KEPT_OF_ERROR = 2_000


def keep_failure(*, provider_event_id: UUID, attempt: int, error: BaseException) -> None:
    """Keep why the last attempt to process an event failed. An outcome that it had before stays."""
    text = f"{type(error).__name__}: {error}".replace("\x00", "\\x00").encode("utf-8", "backslashreplace")
    ProviderEvent.objects.filter(id=provider_event_id).update(
        attempts=attempt, error=text.decode()[:_KEPT_OF_ERROR]
    )


@transaction.atomic
def replay_provider_events(*, provider_event_ids: Collection[UUID], now: datetime) -> int:
    """Let a worker process stored events again, with all attempts anew; answers how many there are of them.

    That does no harm to one that was processed, or is being: the provider is asked what is true.
    """
    events = list(ProviderEvent.objects.select_for_update().filter(id__in=provider_event_ids).order_by("id"))
    for event in events:
        publish(ProviderEventStored(provider_event_id=event.id, provider=event.provider, stored_at=now))
    return len(events)
