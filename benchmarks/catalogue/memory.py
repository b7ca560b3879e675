"""What the web server's workers hold of the machine's memory, and whether it grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.catalogue.load import Asked, run_load
from benchmarks.catalogue.servers import Servers

__all__ = ["Memory", "measure_memory"]

#: Enough for every thread to have met every kind of request.
_WARM_UP_SHARE: Final = 10
_LONGEST_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes (PSS) of both workers together: at first, warmed up, and so many `requests` later."""

    started: int
    before: int
    after: int
    requests: int


def measure_memory(servers: Servers, asked: Sequence[Asked], *, requests: int) -> Memory:
    """What the freshly started workers hold before and after this many requests."""
    started = servers.workers_pss()
    _send(servers, asked, requests // _WARM_UP_SHARE)
    before = servers.workers_pss()
    sent = _send(servers, asked, requests)
    return Memory(started=started, before=before, after=servers.workers_pss(), requests=sent)


def _send(servers: Servers, asked: Sequence[Asked], count: int) -> int:
    """At least so many requests; answers how many it were."""
    sent, seconds = 0, 1.0
    while sent < count:
        load = run_load(servers.address, asked, seconds=seconds)
        sent += load.answered
        # a database that reads from the disk first may leave all of the first second's to the next
        seconds = min((count - sent) * load.seconds / max(load.answered, 1), _LONGEST_SECONDS)
    return sent
