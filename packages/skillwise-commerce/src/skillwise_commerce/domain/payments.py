"""A payment as its provider tells it, in words that are no provider's."""

import enum
from dataclasses import dataclass, field
from uuid import UUID

from skillwise_kernel.money import Money

__all__ = ["PaymentStatus", "ProviderPayment"]


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

    `secret` lets whoever holds it pay; it goes to the buyer's app and nowhere else.
    """

    provider: str
    id: str
    status: PaymentStatus
    received: int
    currency: str
    order_id: UUID | None
    error_code: str = ""
    secret: str = field(default="", repr=False)

    def pays(self, total: Money) -> bool:
        """Whether what arrived is exactly `total`."""
        return (self.received, self.currency) == (total.amount, total.currency)
