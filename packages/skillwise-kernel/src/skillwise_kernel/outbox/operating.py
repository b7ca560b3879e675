"""What an operator asks of the outbox: how it stands, dead letters again, the past for a new subscriber."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from skillwise_kernel.clock import now
from skillwise_kernel.outbox.announcing import announce, announced_until
from skillwise_kernel.outbox.models import Delivery, OutboxEvent
from skillwise_kernel.outbox.subscriptions import subscriber_names, subscription

__all__ = ["SubscriberStanding", "backfill", "dead_letters", "replay", "standings"]

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class SubscriberStanding:
    """`oldest` is when the oldest event that still waits occurred; `is_known`, whether this release has the
    subscriber.
    """

    subscriber: str
    is_known: bool
    pending: int
    failing: int
    dead: int
    oldest: datetime | None


def standings() -> list[SubscriberStanding]:
    """How far every subscriber is, by name: those of this release, and those that have deliveries left."""
    pending = Q(status=Delivery.Status.PENDING)
    counted = {
        row["subscriber"]: row
        for row in Delivery.objects.exclude(status=Delivery.Status.DONE)
        .values("subscriber")
        .annotate(
            pending=Count("id", filter=pending),
            failing=Count("id", filter=pending & Q(attempts__gt=0)),
            dead=Count("id", filter=Q(status=Delivery.Status.DEAD)),
            oldest=Min("event__occurred_at", filter=pending),
        )
    }
    known = set(subscriber_names())
    return [
        SubscriberStanding(
            subscriber=name,
            is_known=name in known,
            pending=row["pending"] if row else 0,
            failing=row["failing"] if row else 0,
            dead=row["dead"] if row else 0,
            oldest=row["oldest"] if row else None,
        )
        for name, row in ((name, counted.get(name)) for name in sorted(known | set(counted)))
    ]


def dead_letters(*, subscriber: str | None = None) -> QuerySet[Delivery]:
    """Dead deliveries with their events, oldest first."""
    dead = Delivery.objects.filter(status=Delivery.Status.DEAD).select_related("event").order_by("id")
    return dead if subscriber is None else dead.filter(subscriber=subscriber)


def replay(
    *,
    delivery_ids: Collection[UUID] | None = None,
    event_id: UUID | None = None,
    subscriber: str | None = None,
) -> int:
    """Give dead letters (all that meet every condition given) all their attempts again, at once.

    Answers how many. What is pending or done is left alone.
    """
    chosen = dead_letters(subscriber=subscriber)
    if delivery_ids is not None:
        chosen = chosen.filter(id__in=delivery_ids)
    if event_id is not None:
        chosen = chosen.filter(event_id=event_id)
    with transaction.atomic():
        ids = list(chosen.select_for_update(of=("self",)).values_list("id", flat=True))
        at = now()
        Delivery.objects.filter(id__in=ids).update(
            status=Delivery.Status.PENDING,
            attempts=0,
            next_attempt_at=at,
            announced_until=announced_until(at),
        )
        transaction.on_commit(partial(announce, ids), robust=True)
    return len(ids)


def backfill(subscriber: str, *, since: datetime | None = None) -> int:
    """Let a subscriber have the events that were published before it existed (from `since` on, if given).

    Events that it has or had a delivery of are left out, so running it again, or while events are published,
    does no harm. The sweep delivers them. Answers how many. Raises `UnknownSubscriberError`.
    """
    its = Delivery.objects.filter(event=OuterRef("pk"), subscriber=subscriber)
    missing = OutboxEvent.objects.filter(~Exists(its), name__in=subscription(subscriber).event_names)
    if since is not None:
        missing = missing.filter(occurred_at__gte=since)
    ids = missing.order_by("position").values_list("id", flat=True).iterator(chunk_size=_BATCH)
    filled = 0
    while batch := list(islice(ids, _BATCH)):
        at = now()
        Delivery.objects.bulk_create(
            (Delivery(event_id=event_id, subscriber=subscriber, next_attempt_at=at) for event_id in batch),
            ignore_conflicts=True,
        )
        filled += len(batch)
    return filled
