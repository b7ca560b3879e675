"""A payment as its provider tells it, in words that are no provider's."""

import enum
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from skillwise_kernel.money import Money

__all__ = [
    "DisputeStatus",
    "PaymentStatus",
    "ProviderDispute",
    "ProviderFee",
    "ProviderPayment",
    "ProviderRecord",
    "ProviderRefund",
    "ProviderTransfer",
    "RefundStatus",
    "TransferStatus",
]


class PaymentStatus(enum.StrEnum):
    OPEN = "open"
    """Waits for the buyer to pay."""
    REQUIRES_ACTION = "requires_action"
    """Waits for the buyer to do something more, 3-D Secure say."""
    PROCESSING = "processing"
    """The money is on its way; it can no longer be stopped."""
    FAILED = "failed"
    """The last attempt was refused; another may be made on the same payment."""
    CANCELED = "canceled"
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    """`received` minor units of `currency` (upper case) have arrived; `order_id` is what the provider was
    told, if anything.

    `secret` lets whoever holds it pay (or is the address of the page where one pays); it goes to the buyer's
    app and nowhere else. A payment that the provider calls `is_risky` is for a person to look at. One that
    `is_hosted` is paid on a page of the provider, which was begun for the order under another id.
    """

    provider: str
    id: str
    status: PaymentStatus
    received: int
    currency: str
    order_id: UUID | None
    error_code: str = ""
    is_risky: bool = False
    is_hosted: bool = False
    secret: str = field(default="", repr=False)

    def pays(self, total: Money) -> bool:
        """Whether what arrived is exactly `total`."""
        return (self.received, self.currency) == (total.amount, total.currency)


class RefundStatus(enum.StrEnum):
    PENDING = "pending"
    """Asked for; the money counts as on its way back."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The money did not get there, and is ours again."""
    CANCELED = "canceled"


class DisputeStatus(enum.StrEnum):
    INQUIRY = "inquiry"
    """The bank asks, and has not taken the money."""
    OPEN = "open"
    """The bank has taken the money; it may come back."""
    WON = "won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    """The bank, or its customer, thought better of it."""


class TransferStatus(enum.StrEnum):
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRefund:
    """`refund_id` is what the provider was told of ours, if anything: None for one made elsewhere."""

    provider: str
    id: str
    payment_id: str
    status: RefundStatus
    amount: Money
    refund_id: UUID | None
    created_at: datetime
    error_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDispute:
    """`fee` is what the provider charges for it, None while it has not. `is_withdrawn`: it took the money."""

    provider: str
    id: str
    payment_id: str
    status: DisputeStatus
    amount: Money
    reason: str
    is_withdrawn: bool
    created_at: datetime
    fee: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFee:
    """What the provider keeps of a payment, in the currency in which it settles with us."""

    provider: str
    payment_id: str
    reference: str
    fee: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTransfer:
    """Money sent to an instructor's account at the provider. `payout_id` is ours, if we made it."""

    provider: str
    id: str
    account_id: str
    status: TransferStatus
    amount: Money
    payout_id: UUID | None
    created_at: datetime


#: What a provider lists of itself, for reconciliation.
ProviderRecord = ProviderPayment | ProviderRefund | ProviderDispute | ProviderTransfer
