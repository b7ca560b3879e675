"""Recording a fact, in the transaction that makes it one."""

from functools import partial
from uuid import UUID

import structlog
from django.db import transaction

from skillwise_kernel.clock import now
from skillwise_kernel.events import DomainEvent, encode
from skillwise_kernel.outbox.announcing import announce, announced_until
from skillwise_kernel.outbox.models import Delivery, OutboxEvent
from skillwise_kernel.outbox.subscriptions import subscribers_of

__all__ = ["OutsideTransactionError", "publish"]


class OutsideTransactionError(RuntimeError):
    """An event was published where no transaction is open, so that it could be true of nothing."""


def publish(event: DomainEvent) -> UUID:
    """Record `event`, and its delivery to every subscriber, in the caller's transaction. Answers its id.

    When the transaction commits, workers are told; when it rolls back, nothing was published. A broker that
    is down or hangs fails nothing and costs next to nothing: the sweep finds the deliveries later. Raises
    `OutsideTransactionError` outside `transaction.atomic()`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransactionError(f"{event.name} was published outside a transaction")
    at = now()
    recorded = OutboxEvent.objects.create(
        name=event.name,
        payload=encode(event),
        occurred_at=at,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(event=recorded, subscriber=name, next_attempt_at=at, announced_until=announced_until(at))
        for name in subscribers_of(event.name)
    )
    if deliveries:
        transaction.on_commit(partial(announce, [delivery.id for delivery in deliveries]), robust=True)
    return recorded.id
