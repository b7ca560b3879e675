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
from skillwise_kernel.outbox.announcing import announced_until
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

    The attempt is counted in a transaction of its own, so that a handler which kills its process is out of
    attempts one day too. The handler's writes and the record that it is done are committed together. What it
    raises takes back its writes, and the failure is recorded under the same lock: no other worker gets in
    between.
    """
    attempt = _begin(delivery_id)
    if attempt is None:
        return False
    failure: BaseException | None = None
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(pk=delivery_id, status=Delivery.Status.PENDING, attempts=attempt)
            .first()
        )
        if delivery is None:  # this process stood still for so long that another made the next attempt
            return False
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
                _tell_of_failure(delivery, error)
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


@transaction.atomic
def _begin(delivery_id: UUID) -> int | None:
    """Count an attempt at what is due, and answer which it is; None: there is none to make.

    Until it ends it passes for a failure, and the next one is due after the wait that belongs to one, or when
    the sweep would no longer trust the worker. Who is told of the delivery twice therefore finds it not due,
    and once the handler runs, locked.
    """
    at = now()
    delivery = _due(at).select_for_update(skip_locked=True).filter(pk=delivery_id).first()
    if delivery is None:
        return None
    if delivery.attempts >= outbox_settings().MAX_ATTEMPTS:
        _bury(delivery)
        return None
    delivery.attempts += 1
    delivery.next_attempt_at = max(at + backoff(delivery.attempts), announced_until(at))
    delivery.save(update_fields=["attempts", "next_attempt_at"])
    return delivery.attempts


def _bury(delivery: Delivery) -> None:
    delivery.status = Delivery.Status.DEAD
    delivery.last_error = (
        f"Attempt {delivery.attempts} was begun and none is left: its process was killed, or MAX_ATTEMPTS"
        f" was lowered since.\n{delivery.last_error}"
    )[:_KEPT_OF_ERROR]
    delivery.save(update_fields=["status", "last_error"])
    log.error("outbox.died", subscriber=delivery.subscriber, event_id=str(delivery.event_id))


def _handle(delivery: Delivery) -> None:
    with transaction.atomic():
        event = decode(delivery.event.name, delivery.event.payload)
        subscription(delivery.subscriber).handler(event, _context(delivery))
        connection.check_constraints()  # deferred ones fail here, where it can be recorded, not at commit


def _tell_of_failure(delivery: Delivery, error: BaseException) -> None:
    """Should that fail as well, the failure itself is recorded all the same."""
    try:
        on_failure = subscription(delivery.subscriber).on_failure
        if on_failure is not None:
            with transaction.atomic():
                on_failure(decode(delivery.event.name, delivery.event.payload), _context(delivery), error)
    except Exception:
        log.exception("outbox.failure_untold", attempt=delivery.attempts)


def _context(delivery: Delivery) -> EventContext:
    event = delivery.event
    return EventContext(event.id, event.occurred_at, event.request_id, delivery.attempts)


def _record_success(delivery: Delivery) -> None:
    delivery.status = Delivery.Status.DONE
    delivery.done_at = now()
    delivery.save(update_fields=["status", "done_at"])
    log.info("outbox.delivered", event_name=delivery.event.name, attempt=delivery.attempts)


def _record_failure(delivery: Delivery, error: BaseException) -> None:
    if delivery.attempts >= outbox_settings().MAX_ATTEMPTS:
        delivery.status = Delivery.Status.DEAD
    delivery.next_attempt_at = now() + backoff(delivery.attempts)
    delivery.announced_until = None
    delivery.last_error = _storable("".join(traceback.format_exception(error)))[-_KEPT_OF_ERROR:]
    delivery.save(update_fields=["status", "next_attempt_at", "announced_until", "last_error"])
    if delivery.status == Delivery.Status.DEAD:
        log.error("outbox.died", event_name=delivery.event.name, attempt=delivery.attempts, exc_info=error)
    else:
        log.warning(
            "outbox.failed", event_name=delivery.event.name, attempt=delivery.attempts, error=repr(error)
        )


def _storable(text: str) -> str:
    """`text` without what PostgreSQL takes in no text: NUL characters and lone surrogates are written out."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
