"""Leaving a server alone that does not answer, so that not every caller waits to find out."""

import threading
import time

__all__ = ["CircuitBreaker"]


class CircuitBreaker:
    """Closed while the server answers: all may call it. Open after a failure: one caller per `cooldown`
    seconds tries, until one succeeds. For the threads of one process.
    """

    def __init__(self, cooldown: float) -> None:
        self._cooldown = cooldown
        self._lock = threading.Lock()
        self._open_until: float | None = None

    def admits(self) -> bool:
        """Whether the caller may try now. Whoever does says afterwards whether it failed or succeeded."""
        if self._open_until is None:
            return True
        with self._lock:
            now = time.monotonic()
            if self._open_until is None:
                return True
            if now < self._open_until:
                return False
            self._open_until = now + self._cooldown  # this caller tries; the others wait for what it finds
            return True

    def fail(self) -> None:
        with self._lock:
            self._open_until = time.monotonic() + self._cooldown

    def succeed(self) -> bool:
        """Answers whether this closed it: it was open until now."""
        if self._open_until is None:
            return False
        with self._lock:
            was_open, self._open_until = self._open_until is not None, None
        return was_open
