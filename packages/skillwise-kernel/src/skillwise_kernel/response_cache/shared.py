"""The second tier: Valkey, which all processes share."""

import hashlib
import threading
import time
from typing import Final

from django.core.cache import cache

from .answers import Address, KeptAnswer, Packed

__all__ = ["SharedAnswers"]

#: Bytes that one process may write within an answer's lifetime: a guest can make up addresses without end.
_BUDGET: Final = 32 * 1024 * 1024
#: Seconds within which somebody who set out to refresh an answer should have done so.
_ERRAND: Final = 10


class SharedAnswers:
    """Answers under their generation and address, for `lifetime` seconds."""

    def __init__(self, name: str, lifetime: int) -> None:
        self._name = name
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self._spent = 0
        self._spent_since = float("-inf")

    def get(self, generation: int, address: Address) -> KeptAnswer | None:
        packed: Packed | None = cache.get(self._key(generation, address))
        return None if packed is None else KeptAnswer.unpack(packed)

    def put(self, generation: int, address: Address, answer: KeptAnswer) -> None:
        if self._affords(answer.size):
            cache.set(self._key(generation, address), answer.packed, timeout=self._lifetime)

    def claim_refresh(self, generation: int, address: Address) -> bool:
        """Whether the caller is the one, of all processes, who refreshes this answer now."""
        return cache.add(f"{self._key(generation, address)}.refreshing", 1, timeout=_ERRAND)

    def _affords(self, size: int) -> bool:
        with self._lock:
            now = time.time()
            if now - self._spent_since >= self._lifetime:
                self._spent, self._spent_since = 0, now
            self._spent += size
            return self._spent <= _BUDGET

    def _key(self, generation: int, address: Address) -> str:
        path, query = address
        # the path's length, since a path may hold a question mark
        text = f"{len(path)}:{path}?{query}".encode(errors="surrogatepass")
        return f"{self._name}.{generation:x}.{hashlib.blake2b(text, digest_size=16).hexdigest()}"
