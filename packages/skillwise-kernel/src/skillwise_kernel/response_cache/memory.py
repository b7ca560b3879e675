"""The first tier: what this process answered lately."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Entry", "Memory"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Entry(Generic[V]):
    """Something kept, and until when nobody need look for a newer one (in seconds since the epoch)."""

    value: V
    fresh_until: float

    @property
    def is_fresh(self) -> bool:
        return time.time() < self.fresh_until


class Memory(Generic[K, V]):
    """Entries of one generation, up to `capacity` by what `weigh` says of each; the one not asked for the
    longest goes first. For the threads of one process.
    """

    def __init__(self, capacity: int, weigh: Callable[[K, V], int]) -> None:
        self._capacity, self._weigh = capacity, weigh
        self._lock = threading.Lock()
        self._generation = 0
        self._entries: OrderedDict[K, Entry[V]] = OrderedDict()
        self.size = 0

    def get(self, generation: int, key: K) -> Entry[V] | None:
        """`generation` is the present one: whatever there is of another is forgotten."""
        with self._lock:
            if generation != self._generation:
                self._generation, self._entries, self.size = generation, OrderedDict(), 0
                return None
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, generation: int, key: K, entry: Entry[V]) -> None:
        """Keep it, if nobody has come with another generation meanwhile."""
        with self._lock:
            if generation != self._generation:
                return
            replaced = self._entries.pop(key, None)
            self.size += self._weigh(key, entry.value) - (self._weigh(key, replaced.value) if replaced else 0)
            self._entries[key] = entry
            while self.size > self._capacity:
                oldest, gone = self._entries.popitem(last=False)
                self.size -= self._weigh(oldest, gone.value)
