"""The kernel's tables. Nobody but the kernel imports them: contexts call `skillwise_kernel.outbox`."""

from skillwise_kernel.outbox.models import Delivery, OutboxEvent
from skillwise_kernel.rest.models import IdempotencyRecord

__all__ = ["Delivery", "IdempotencyRecord", "OutboxEvent"]
