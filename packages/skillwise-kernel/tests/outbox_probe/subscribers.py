"""Each handler has its effect first, and then whatever is to go wrong goes wrong."""

import random
import time
from pathlib import Path
from uuid import UUID

import structlog
from skillwise_kernel.ids import new_id
from skillwise_kernel.outbox import EventContext, subscriber

from outbox_probe.events import (
    BreadBurnt,
    CoinTossed,
    LectureHeld,
    OrderPaid,
    PairSplit,
    ProcessDoomed,
    RubbishSpoken,
)
from outbox_probe.models import Effect, Pair


class ProcessKilledError(BaseException):
    """Stands for kill -9: the connection is lost, and with it the transaction."""


#: What the handlers of this process were told, latest last.
contexts: list[tuple[EventContext, dict[str, object]]] = []


@subscriber("probe.enrol_buyer", OrderPaid)
def enrol_buyer(event: OrderPaid, context: EventContext) -> None:
    contexts.append((context, structlog.contextvars.get_contextvars()))
    _leave_effect(context, "probe.enrol_buyer")


@subscriber("probe.send_receipt", OrderPaid)
def send_receipt(event: OrderPaid, context: EventContext) -> None:
    _leave_effect(context, "probe.send_receipt")


@subscriber("probe.take_notes", LectureHeld)
def take_notes(event: LectureHeld, context: EventContext) -> None:
    _leave_effect(context, "probe.take_notes")
    Path(event.started).touch()
    while Path(event.while_exists).exists():
        time.sleep(0.01)


#: What was kept of failures: the event's id, the attempt and the error.
failures: list[tuple[UUID, int, str]] = []


def keep_failure(event: BreadBurnt, context: EventContext, error: BaseException) -> None:
    _leave_effect(context, "probe.keep_failure")
    failures.append((context.event_id, context.attempt, repr(error)))


@subscriber("probe.bake", BreadBurnt, on_failure=keep_failure)
def bake(event: BreadBurnt, context: EventContext) -> None:
    _leave_effect(context, "probe.bake")
    raise RuntimeError("charcoal")


@subscriber("probe.call_the_toss", CoinTossed)
def call_the_toss(event: CoinTossed, context: EventContext) -> None:
    _leave_effect(context, "probe.call_the_toss")
    if random.randrange(100) < event.failures_percent:  # noqa: S311 - no secret
        raise RuntimeError("tails")


@subscriber("probe.leave_half_a_pair", PairSplit)
def leave_half_a_pair(event: PairSplit, context: EventContext) -> None:
    _leave_effect(context, "probe.leave_half_a_pair")
    Pair.objects.create(other_half_id=new_id())


@subscriber("probe.die", ProcessDoomed)
def die(event: ProcessDoomed, context: EventContext) -> None:
    _leave_effect(context, "probe.die")
    raise ProcessKilledError


@subscriber("probe.understand", RubbishSpoken)
def understand(event: RubbishSpoken, context: EventContext) -> None:
    raise ValueError("a\x00b\ud800c")


def _leave_effect(context: EventContext, subscriber: str) -> None:
    Effect.objects.create(event_id=context.event_id, subscriber=subscriber)
