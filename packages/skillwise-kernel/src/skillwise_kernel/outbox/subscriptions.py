"""Who wants to know of what. Contexts' `subscribers.py` are imported when Django is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from skillwise_kernel.events import DomainEvent

__all__ = [
    "EventContext",
    "FailureHandler",
    "Handler",
    "Subscription",
    "UnknownSubscriberError",
    "subscriber",
    "subscriber_names",
    "subscribers_of",
    "subscription",
]


@dataclass(frozen=True, slots=True)
class EventContext:
    """What a handler is told beside the event. `attempt` counts from 1."""

    event_id: UUID
    occurred_at: datetime
    request_id: str | None
    attempt: int


Handler = Callable[[Any, EventContext], None]
HandlerT = TypeVar("HandlerT", bound=Handler)
FailureHandler = Callable[[Any, EventContext, BaseException], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    name: str
    event_names: tuple[str, ...]
    handler: Handler
    on_failure: FailureHandler | None = None


class UnknownSubscriberError(LookupError):
    """No subscriber of this name is registered in this release."""


_by_name: dict[str, Subscription] = {}


def subscriber(
    name: str, *events: type[DomainEvent], on_failure: FailureHandler | None = None
) -> Callable[[HandlerT], HandlerT]:
    """Register the decorated `handler(event, context)` for these events, under a name that stays.

    The name (`"learning.enroll_buyers"`) is stored with every delivery: renaming it makes a new subscriber.
    The handler runs inside a transaction that also records the delivery; what it raises rolls both back.
    `on_failure(event, context, error)` is called then, to keep the failure where people look for it: what it
    writes is committed together with the record of the failure. Raises `TypeError` when the name is taken, or
    no event is named.
    """
    if not events:
        raise TypeError(f"subscriber {name!r} names no event")

    def register(handler: HandlerT) -> HandlerT:
        names = tuple(event.name for event in events)
        known = _by_name.setdefault(name, Subscription(name, names, handler, on_failure))
        if known.handler is not handler:
            raise TypeError(f"subscriber name {name!r} is taken by {known.handler.__qualname__}")
        return handler

    return register


def subscription(name: str) -> Subscription:
    """Raises `UnknownSubscriberError`."""
    try:
        return _by_name[name]
    except KeyError:
        raise UnknownSubscriberError(name) from None


def subscribers_of(event_name: str) -> list[str]:
    """The names of those who want to know of it, in the order of registration."""
    return [known.name for known in _by_name.values() if event_name in known.event_names]


def subscriber_names() -> list[str]:
    """All that this release registers."""
    return list(_by_name)
