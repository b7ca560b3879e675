"""Handing events to their subscribers, each delivery in a transaction of its own."""

import random
import traceback
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from dramatiq.middleware import TimeLimitExceeded

from skillwise_kernel.clock import now
from skillwise_kernel.events import decode
from skillwise_kernel.outbox.models import Delivery
from skillwise_kernel.outbox.settings import outbox_settings
from skillwise_kernel.outbox.subscriptions import EventContext, subscription

__all__ = ["backoff", "deliver", "deliver_due"]

_KEPT_OF_ERROR = 8_000

log = structlog.get_logger(__name__)


def deliver_due(*, limit: int | None = None, raising: bool = False) -> int:
    """Deliver, in this process, what is due now (at most `limit`). Answers how many attempts were made.

    A failing handler is recorded and the next delivery goes on; with `raising`, what it raised is raised
    here once it is recorded.
    """
    due = _due(now()).order_by("next_attempt_at", "id").values_list("id", flat=True)[:limit]
    return sum(deliver(delivery_id, raising=raising) for delivery_id in list(due))


def deliver(delivery_id: UUID, *, raising: bool = False) -> bool:
    """Make one attempt, unless it is done, dead, not due yet, or being made elsewhere. Answers whether so.

    The handler's writes and the record that it is done are committed together. What it raises takes back its
    writes, and the failure is recorded under the same lock: no other worker gets in between.
    """
    failure: BaseException | None = None
    with transaction.atomic():
        delivery = (
            _due(now())
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(pk=delivery_id)
            .first()
        )
        if delivery is None:
            return False
        delivery.attempts += 1
        with structlog.contextvars.bound_contextvars(
            event_id=str(delivery.event_id),
            subscriber=delivery.subscriber,
            request_id=delivery.event.request_id,
        ):
            try:
                _handle(delivery)
            except (Exception, TimeLimitExceeded) as error:  # noqa: BLE001 - whatever it is, it is recorded
                failure = error
                _record_failure(delivery, error)
            else:
                _record_success(delivery)
    if raising and failure is not None:
        raise failure
    return True


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling, up to the greatest, less a random part of up
    to a half, so that what failed together does not come back together.
    """
    options = outbox_settings()
    doublings = min(attempts - 1, 32)
    longest = min(options.BACKOFF_BASE_SECONDS * 2**doublings, options.BACKOFF_MAX_SECONDS)
    return timedelta(seconds=longest * random.uniform(0.5, 1))  # noqa: S311 - no secret


def _due(at: datetime) -> QuerySet[Delivery]:
    """A first attempt is due at once, whatever the publisher's clock said."""
    return Delivery.objects.filter(Q(attempts=0) | Q(next_attempt_at__lte=at), status=Delivery.Status.PENDING)


def _handle(delivery: Delivery) -> None:
    event = delivery.event
    context = EventContext(event.id, event.occurred_at, event.request_id, delivery.attempts)
    with transaction.atomic():
        subscription(delivery.subscriber).handler(decode(event.name, event.payload), context)
        connection.check_constraints()  # deferred ones fail here, where it can be recorded, not at commit


def _record_success(delivery: Delivery) -> None:
    delivery.status = Delivery.Status.DONE
    delivery.done_at = now()
    delivery.save(update_fields=["status", "attempts", "done_at"])
    log.info("outbox.delivered", event_name=delivery.event.name, attempt=delivery.attempts)


def _record_failure(delivery: Delivery, error: BaseException) -> None:
    if delivery.attempts >= outbox_settings().MAX_ATTEMPTS:
        delivery.status = Delivery.Status.DEAD
    delivery.next_attempt_at = now() + backoff(delivery.attempts)
    delivery.announced_until = None
    delivery.last_error = "".join(traceback.format_exception(error))[-_KEPT_OF_ERROR:]
    delivery.save(update_fields=["status", "attempts", "next_attempt_at", "announced_until", "last_error"])
    if delivery.status == Delivery.Status.DEAD:
        log.error("outbox.died", event_name=delivery.event.name, attempt=delivery.attempts, exc_info=error)
    else:
        log.warning(
            "outbox.failed", event_name=delivery.event.name, attempt=delivery.attempts, error=repr(error)
        )
