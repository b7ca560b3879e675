"""The first tier: what this process answered lately."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from .answers import KeptAnswer

__all__ = ["Address", "Entry", "Memory"]

#: The path, as the resolver sees it, and the query string, as it was sent.
Address = tuple[str, str]

#: What an entry takes beside its bodies.
_OVERHEAD: Final = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer, and until when nobody need look for a newer one (in seconds since the epoch)."""

    answer: KeptAnswer
    fresh_until: float

    @property
    def is_fresh(self) -> bool:
        return time.time() < self.fresh_until


class Memory:
    """Entries of one generation, up to `capacity` bytes; the one not asked for the longest goes first.
    For the threads of one process.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._generation = 0
        self._entries: OrderedDict[Address, Entry] = OrderedDict()
        self.size = 0

    def get(self, generation: int, address: Address) -> Entry | None:
        """`generation` is the present one: whatever there is of another is forgotten."""
        with self._lock:
            if generation != self._generation:
                self._generation, self._entries, self.size = generation, OrderedDict(), 0
                return None
            entry = self._entries.get(address)
            if entry is not None:
                self._entries.move_to_end(address)
            return entry

    def put(self, generation: int, address: Address, entry: Entry) -> None:
        """Keep it, if nobody has come with another generation meanwhile."""
        with self._lock:
            if generation != self._generation:
                return
            replaced = self._entries.pop(address, None)
            self.size += _size(address, entry) - (_size(address, replaced) if replaced else 0)
            self._entries[address] = entry
            while self.size > self._capacity:
                self.size -= _size(*self._entries.popitem(last=False))


def _size(address: Address, entry: Entry) -> int:
    return entry.answer.size + sum(map(len, address)) + _OVERHEAD
