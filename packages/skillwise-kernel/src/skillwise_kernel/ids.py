"""Identifiers: UUID version 7 (RFC 9562 §5.7), so that ids made later sort later and index well."""

import os
import threading
import time
from uuid import UUID

__all__ = ["new_id"]

_lock = threading.Lock()
_last = 0

_COUNTER_BITS = 12


def new_id() -> UUID:
    """A new UUIDv7, strictly greater than every one this process made before.

    48 bits of Unix time in milliseconds, then a 12-bit counter that starts with the sub-millisecond
    fraction (RFC 9562 §6.2, method 3), then 62 random bits. When the clock steps back, or 4,096 ids are
    made within a millisecond, the counter runs on into the timestamp rather than repeat itself.
    """
    global _last  # noqa: PLW0603 - the counter is the process's own
    now = time.time_ns()
    stamp = (now // 1_000_000 << _COUNTER_BITS) | (now % 1_000_000 << _COUNTER_BITS) // 1_000_000
    with _lock:
        stamp = _last = max(stamp, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    milliseconds, counter = stamp >> _COUNTER_BITS, stamp & ((1 << _COUNTER_BITS) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random)
