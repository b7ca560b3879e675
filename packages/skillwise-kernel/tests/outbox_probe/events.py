"""One event for each way in which the probe handles it."""

from dataclasses import dataclass
from typing import ClassVar

from skillwise_kernel.events import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(DomainEvent):
    """Two subscribers want to know."""

    name: ClassVar[str] = "skillwise.outbox_probe.order.paid.v1"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LectureHeld(DomainEvent):
    """Its handler takes as long as the file at `while_exists` does, and says so in the file `started`."""

    name: ClassVar[str] = "skillwise.outbox_probe.lecture.held.v1"
    started: str
    while_exists: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreadBurnt(DomainEvent):
    """Its handler fails, and is told so."""

    name: ClassVar[str] = "skillwise.outbox_probe.bread.burnt.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinTossed(DomainEvent):
    """Its handler fails with a probability of `failures_percent`, after it has had its effect."""

    name: ClassVar[str] = "skillwise.outbox_probe.coin.tossed.v1"
    failures_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSplit(DomainEvent):
    """Its handler breaks a constraint that is checked at the end of the transaction."""

    name: ClassVar[str] = "skillwise.outbox_probe.pair.split.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessDoomed(DomainEvent):
    """Its handler dies as its process would be killed: nothing in it comes to run any more."""

    name: ClassVar[str] = "skillwise.outbox_probe.process.doomed.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RubbishSpoken(DomainEvent):
    """Its handler fails with a text that PostgreSQL cannot store."""

    name: ClassVar[str] = "skillwise.outbox_probe.rubbish.spoken.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyListened(DomainEvent):
    name: ClassVar[str] = "skillwise.outbox_probe.nobody.listened.v1"
    text: str = ""
