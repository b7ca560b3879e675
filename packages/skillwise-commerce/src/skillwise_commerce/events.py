"""Facts that commerce publishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from skillwise_kernel.events import DomainEvent
from skillwise_kernel.money import Money

__all__ = ["OrderPaid", "PaidLine", "ProviderEventStored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLine:
    """One course of a paid order: what was paid for it, and what of that its seller earns."""

    course_id: UUID
    seller_id: UUID
    paid: Money
    seller_share: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(DomainEvent):
    """The money for an order has arrived. The sum of the lines' `paid` is `total`."""

    name: ClassVar[str] = "skillwise.commerce.order.paid.v1"
    order_id: UUID
    buyer_id: UUID
    lines: tuple[PaidLine, ...]
    total: Money
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEventStored(DomainEvent):
    """A payment provider told us something, and it is safe in our database: commerce's own worker takes it
    from there.
    """

    name: ClassVar[str] = "skillwise.commerce.provider_event.stored.v1"
    provider_event_id: UUID
    provider: str
    stored_at: datetime
