"""One of those who want the same at once sets out for it, and the others wait."""

import threading
from typing import Final

from .answers import Address, KeptAnswer

__all__ = ["Flight", "Flights"]

#: Seconds after which who waits sets out as well.
_PATIENCE: Final = 2.0

Key = tuple[int, Address]


class Flight:
    """Somebody's errand for one answer. `land` is told what came of it: None is nothing to share."""

    def __init__(self) -> None:
        self._landed = threading.Event()
        self._answer: KeptAnswer | None = None

    def wait(self) -> KeptAnswer | None:
        self._landed.wait(_PATIENCE)
        return self._answer

    def land(self, answer: KeptAnswer | None) -> None:
        self._answer = answer
        self._landed.set()


class Flights:
    """Those under way, by generation and address: nobody who asks after a change waits for an answer from
    before it. For the threads of one process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Key, Flight] = {}

    def join(self, generation: int, address: Address) -> tuple[Flight, bool]:
        """The flight, and whether it is the caller's own, who ends it with `land`."""
        key = (generation, address)
        with self._lock:
            flight = self._under_way.get(key)
            if flight is not None:
                return flight, False
            self._under_way[key] = own = Flight()
            return own, True

    def land(self, generation: int, address: Address, answer: KeptAnswer | None) -> None:
        with self._lock:
            flight = self._under_way.pop((generation, address))
        flight.land(answer)
