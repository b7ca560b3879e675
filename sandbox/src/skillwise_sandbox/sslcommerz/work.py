"""What a piece of work at the stand-in runs with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from ..stripe.store import Store
from ..switches import Switches

#: Asia/Dhaka, which keeps no summer time.
DHAKA = timezone(timedelta(hours=6))


@dataclass(frozen=True)
class Merchant:
    """The one store that there is, and the password that opens its calls and signs its IPNs."""

    store_id: str = "sandbox"
    password: str = "sandbox@ssl"  # noqa: S105  (a stand-in's)


@dataclass(frozen=True)
class Work:
    """One piece of work: where objects are kept, whose they are, and the time (unix seconds)."""

    store: Store
    switches: Switches
    merchant: Merchant
    public_url: str
    now: float


class RefusedError(Exception):
    """What was asked for cannot be done; the message says why, in SSLCOMMERZ's manner."""


def dhaka_time(seconds: float) -> str:
    """A moment as SSLCOMMERZ writes it: `2020-01-05 22:58:21`, in Bangladesh's time."""
    return datetime.fromtimestamp(seconds, tz=UTC).astimezone(DHAKA).strftime("%Y-%m-%d %H:%M:%S")


def dated_id(seconds: float, tail: str) -> str:
    """An id as SSLCOMMERZ makes them: the moment, then what makes it unguessable."""
    return datetime.fromtimestamp(seconds, tz=UTC).astimezone(DHAKA).strftime("%y%m%d%H%M%S") + tail
