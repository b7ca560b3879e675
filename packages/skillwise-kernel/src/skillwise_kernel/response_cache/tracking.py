"""A number in Valkey as of this moment, without a round trip for it."""

import select
import threading
import time
from typing import Final, cast

import redis
from django.core.cache import cache

from skillwise_kernel.cache import ResilientRedisCache
from skillwise_kernel.circuit import CircuitBreaker

__all__ = ["TrackedNumber"]

#: Seconds after which Valkey is asked whether the connection still lives, in passing.
_HEARTBEAT: Final = 0.5
#: Seconds for which the connection is believed to live without an answer.
_TRUST: Final = 1.0
#: Seconds between attempts to connect.
_COOLDOWN: Final = 1.0


class TrackedNumber:
    """The number under a cache key, kept right by Valkey's `CLIENT TRACKING` (server-assisted client-side
    caching, with `BCAST`): Valkey writes to this connection when anybody writes the key.

    What Valkey wrote is read before each answer, without waiting. Anything unread and any doubt (no
    connection; no word for a second, on a connection that may be half-open) means to ask, for a quarter of a
    second at most. For the threads of one process; a child makes its own.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._breaker = CircuitBreaker(_COOLDOWN)
        self._connection: redis.Connection | None = None
        self._readable = select.poll()
        self._number: int | None = None
        #: When the question was sent whose answer is still to come.
        self._asked_at: float | None = None
        #: When the last question was sent that was answered.
        self._vouched_at = float("-inf")

    def current(self) -> int | None:
        """The number; None when there is none, or when Valkey cannot be heard."""
        with self._lock:
            try:
                connection = self._connection or self._connect()
                if connection is None:
                    return None
                if self._readable.poll(0):
                    while connection.can_read(timeout=0):
                        self._read(connection)
                self._make_sure(connection)
            except (redis.RedisError, OSError):
                self._breaker.fail()
                self._close()
                return None
            return self._number

    def close(self) -> None:
        """Forget the number and the connection; the next who asks makes another."""
        with self._lock:
            self._close()

    def _connect(self) -> redis.Connection | None:
        if not self._breaker.admits():
            return None
        self._connection = connection = cast("ResilientRedisCache", cache).open_connection()
        connection.send_command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", cache.make_key(self._key))
        connection.read_response()
        self._readable = select.poll()
        # poll() costs an eighth of can_read(), and redis-py shows its socket to nobody
        self._readable.register(connection._sock.fileno(), select.POLLIN)  # type: ignore[attr-defined]
        self._breaker.succeed()
        return connection

    def _make_sure(self, connection: redis.Connection) -> None:
        silence = time.monotonic() - self._vouched_at
        if self._number is None or silence >= _TRUST:
            self._ask(connection)
            while self._asked_at is not None:
                self._read(connection)
        elif silence >= _HEARTBEAT:
            self._ask(connection)

    def _ask(self, connection: redis.Connection) -> None:
        """Send the question, unless one is under way."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            connection.send_command("MGET", cache.make_key(self._key))

    def _read(self, connection: redis.Connection) -> None:
        """Take in what Valkey wrote: in this order it holds, since there is one connection."""
        reply = connection.read_response(push_request=True)
        if reply is None:  # not a reply: the key was written, or everything deleted
            self._number = None
            return
        (number,) = reply
        self._number = None if number is None else int(number)
        if self._asked_at is not None:
            self._vouched_at, self._asked_at = self._asked_at, None

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.disconnect()
        self._connection = self._number = self._asked_at = None
        self._vouched_at = float("-inf")
