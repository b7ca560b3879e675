"""Facts that commerce publishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from skillwise_kernel.events import DomainEvent
from skillwise_kernel.money import Money

__all__ = [
    "DisputeClosed",
    "DisputeOpened",
    "EntitlementsEnded",
    "EntitlementsGranted",
    "EntitlementsRestored",
    "EntitlementsSuspended",
    "OrderPaid",
    "OrderRefunded",
    "PaidLine",
    "PayoutPaid",
    "ProviderEventStored",
    "RefundFailed",
    "RefundedLine",
    "ShareOfLine",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOfLine:
    """What one instructor earns of a line."""

    seller_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLine:
    """One course of a paid order: what was paid for it, `tax` included, and what of that its instructors
    earn, together and each (`shares`).
    """

    course_id: UUID
    seller_id: UUID
    paid: Money
    seller_share: Money
    tax: Money | None = None
    shares: tuple[ShareOfLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(DomainEvent):
    """The money for an order has arrived, if there was any to pay. The sum of the lines' `paid` is `total`.
    Who may take the courses now, `EntitlementsGranted` says: of a gift, whoever claims it.
    """

    name: ClassVar[str] = "skillwise.commerce.order.paid.v1"
    order_id: UUID
    buyer_id: UUID
    lines: tuple[PaidLine, ...]
    total: Money
    paid_at: datetime
    is_gift: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementsGranted(DomainEvent):
    """A person may take these courses. `how`: by a `purchase` (a coupon may have paid for all of it), because
    they were `free`, or as a `gift` that the person claimed.
    """

    name: ClassVar[str] = "skillwise.commerce.entitlements.granted.v1"
    user_id: UUID
    course_ids: tuple[UUID, ...]
    order_id: UUID
    granted_at: datetime
    how: str = "purchase"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementsEnded(DomainEvent):
    """A person may no longer take these courses, and no others: `cause` is `refund`, `chargeback` or
    `operator`.
    """

    name: ClassVar[str] = "skillwise.commerce.entitlements.ended.v1"
    user_id: UUID
    course_ids: tuple[UUID, ...]
    order_id: UUID
    cause: str
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementsSuspended(DomainEvent):
    """A person may not take these courses while a dispute about them is open."""

    name: ClassVar[str] = "skillwise.commerce.entitlements.suspended.v1"
    user_id: UUID
    course_ids: tuple[UUID, ...]
    order_id: UUID
    suspended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementsRestored(DomainEvent):
    """A person may take these courses again."""

    name: ClassVar[str] = "skillwise.commerce.entitlements.restored.v1"
    user_id: UUID
    course_ids: tuple[UUID, ...]
    order_id: UUID
    restored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedLine:
    """What of a course's line went back; `is_whole` when nothing of it is left with us."""

    course_id: UUID
    seller_id: UUID
    refunded: Money
    tax: Money
    seller_share: Money
    shares: tuple[ShareOfLine, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(DomainEvent):
    """Money of an order is booked as given back. The sum of the lines' `refunded` is `total`."""

    name: ClassVar[str] = "skillwise.commerce.order.refunded.v1"
    refund_id: UUID
    order_id: UUID
    buyer_id: UUID
    lines: tuple[RefundedLine, ...]
    total: Money
    refunded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(DomainEvent):
    """A refund that `OrderRefunded` told of did not reach the buyer: the money is ours again."""

    name: ClassVar[str] = "skillwise.commerce.refund.failed.v1"
    refund_id: UUID
    order_id: UUID
    buyer_id: UUID
    lines: tuple[RefundedLine, ...]
    total: Money
    failed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(DomainEvent):
    """A buyer's bank asks for `amount` of an order. `lines` are what of it each course loses while the bank
    has it (none for a mere inquiry).
    """

    name: ClassVar[str] = "skillwise.commerce.dispute.opened.v1"
    dispute_id: UUID
    order_id: UUID
    buyer_id: UUID
    lines: tuple[RefundedLine, ...]
    amount: Money
    reason: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeClosed(DomainEvent):
    """`outcome` is `won`, `lost` or `withdrawn`; `lines` are what of it each course has back."""

    name: ClassVar[str] = "skillwise.commerce.dispute.closed.v1"
    dispute_id: UUID
    order_id: UUID
    buyer_id: UUID
    lines: tuple[RefundedLine, ...]
    amount: Money
    outcome: str
    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutPaid(DomainEvent):
    """An instructor's earnings were sent to them."""

    name: ClassVar[str] = "skillwise.commerce.payout.paid.v1"
    payout_id: UUID
    seller_id: UUID
    amount: Money
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
