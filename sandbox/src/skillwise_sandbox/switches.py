"""What a test has asked to go wrong. Kept in memory: a restarted sandbox behaves."""

from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

WebhookMode = Literal["drop", "delay", "double", "reorder", "drift"]
CallMode = Literal["status", "before", "after", "slow"]

_SEEN = 500


@dataclass
class WebhookSwitch:
    """How the next `times` events (None: all of them) whose type matches one of `events` are delivered.

    drop: never sent. delay: first sent after `seconds`. double: sent `copies` times at once. reorder:
    held until `count` are there (or `seconds` have passed), then sent one after another, last first.
    drift: sent as another `api_version` of Stripe writes it.
    """

    mode: WebhookMode
    events: tuple[str, ...] = ("*",)
    times: int | None = None
    seconds: float = 5.0
    copies: int = 2
    count: int = 2
    api_version: str = "2020-08-27"

    def matches(self, event_type: str) -> bool:
        return any(fnmatchcase(event_type, pattern) for pattern in self.events)


@dataclass
class CallSwitch:
    """What the next `times` calls (None: all) of this method and path (`/v1/payment_intents/*/confirm`) meet.

    status: the answer `status`, no work done; a 500 is kept under the call's idempotency key, as Stripe
    keeps it, the others are not. before: a dropped connection, no work done. after: the work
    is done, then the connection dropped. slow: the work is done after `seconds`. `seconds` delays the
    other modes too.
    """

    mode: CallMode
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    status: int = 500
    seconds: float = 0.0

    def matches(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method.upper()) and fnmatchcase(path, self.path)


@dataclass(frozen=True)
class SeenCall:
    """One call that the stand-in answered, for tests that count them."""

    method: str
    path: str
    status: int
    request_id: str
    idempotency_key: str | None
    replayed: bool


@dataclass
class Switches:
    """All switches, in the order in which they were set; the first that matches applies."""

    webhooks: list[WebhookSwitch] = field(default_factory=list)
    calls: list[CallSwitch] = field(default_factory=list)
    seen: deque[SeenCall] = field(default_factory=lambda: deque(maxlen=_SEEN))

    def for_event(self, event_type: str) -> WebhookSwitch | None:
        """The switch that this delivery meets; uses up one of its `times`."""
        matching = next((switch for switch in self.webhooks if switch.matches(event_type)), None)
        if matching is not None and matching.times is not None:
            matching.times -= 1
            if matching.times == 0:
                self.webhooks.remove(matching)
        return matching

    def for_call(self, method: str, path: str) -> CallSwitch | None:
        """The switch that this call meets; uses up one of its `times`."""
        matching = next((switch for switch in self.calls if switch.matches(method, path)), None)
        if matching is not None and matching.times is not None:
            matching.times -= 1
            if matching.times == 0:
                self.calls.remove(matching)
        return matching

    def clear(self) -> None:
        """Everything behaves again."""
        self.webhooks.clear()
        self.calls.clear()
        self.seen.clear()
