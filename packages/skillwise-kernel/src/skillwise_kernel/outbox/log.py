"""Reading what was ever published, for projections that are made anew."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from skillwise_kernel.events import DomainEvent, decode
from skillwise_kernel.outbox.models import OutboxEvent

__all__ = ["LoggedEvent", "read_log"]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    position: int
    event_id: UUID
    name: str
    event: DomainEvent
    occurred_at: datetime


def read_log(
    *,
    names: Iterable[str] | None = None,
    ids: Iterable[UUID] | None = None,
    after: int = 0,
    batch: int = 1000,
) -> Iterator[LoggedEvent]:
    """The events of these names and ids (of all, when None) behind position `after`, in the order of their
    positions.

    Every event that was committed before the call is answered once, `batch` rows being held in memory at a
    time. Positions are taken when an event is published and become visible when its transaction commits, so
    an event that commits while, or after, the log is read may stand *before* positions already answered.
    Hence a position is a place to page from, not a proof of having seen all before it: whoever rebuilds a
    projection keeps a journal of event ids beside it, and takes in by id what was delivered meanwhile.

    Raises `UnknownEventError` on an event whose class is not imported.
    """
    events = OutboxEvent.objects.order_by("position")
    if names is not None:
        events = events.filter(name__in=list(names))
    if ids is not None:
        events = events.filter(id__in=list(ids))
    while True:
        page = list(events.filter(position__gt=after)[:batch])
        for row in page:
            yield LoggedEvent(row.position, row.id, row.name, decode(row.name, row.payload), row.occurred_at)
        if len(page) < batch:
            return
        after = page[-1].position
