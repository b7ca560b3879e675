"""A number in Valkey as of this moment, without a round trip for it."""

import ctypes
import select
import threading
import time
from typing import ClassVar, Final, cast

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


#: Keeps the interpreter's lock, as `select.poll` does not: a question of a microsecond, for which a thread
#: that let go of it would wait until all others had their turn.
_poll: Final = ctypes.PyDLL(None).poll


class _Watched(ctypes.Structure):
    """POSIX's `pollfd`."""

    _fields_: ClassVar = [("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short)]


class TrackedNumber:
    """The number under a cache key, kept right by Valkey's `CLIENT TRACKING` (server-assisted client-side
    caching, with `BCAST`): Valkey writes to this connection when anybody writes the key.

    What Valkey wrote is read before each answer, without waiting; while it wrote nothing, threads do not wait
    for each other either. Anything unread and any doubt (no connection; no word for a second, on a connection
    that may be half-open) means to ask, for a quarter of a second at most. For the threads of one process; a
    child makes its own.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._breaker = CircuitBreaker(_COOLDOWN)
        self._connection: redis.Connection | None = None
        self._watched = _Watched(-1, select.POLLIN)
        #: Whether all that was read from the connection is in `_number`.
        self._is_settled = False
        self._number: int | None = None
        #: When the question was sent whose answer is still to come.
        self._asked_at: float | None = None
        #: When the last question was sent that was answered.
        self._vouched_at = float("-inf")

    def current(self) -> int | None:
        """The number; None when there is none, or when Valkey cannot be heard."""
        # in this order: what another thread has read already, and not taken in yet, is not there to be seen
        is_silent = not self._has_input()
        if is_silent and self._is_settled and self._silence < _HEARTBEAT:
            return self._number
        with self._lock:
            self._is_settled = False
            try:
                connection = self._connection or self._connect()
                if connection is None:
                    return None
                self._catch_up(connection)
            except (redis.RedisError, OSError):
                self._breaker.fail()
                self._close()
                return None
            self._is_settled = True
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
        # `Connection` has no public way to its subclasses' socket, and `can_read()` costs eight polls
        self._watched.fd = connection._sock.fileno()  # type: ignore[attr-defined]  # the subclasses' attribute
        self._breaker.succeed()
        return connection

    def _has_input(self) -> bool:
        """Whether Valkey wrote something that nobody has read, or closed the connection."""
        return _poll(ctypes.byref(self._watched), 1, 0) != 0

    def _catch_up(self, connection: redis.Connection) -> None:
        self._read_all(connection)
        if self._number is None or self._silence >= _TRUST:
            self._ask(connection)
            while self._asked_at is not None:
                self._read(connection)
            self._read_all(connection)  # a push may have come in one piece with the answer
        elif self._silence >= _HEARTBEAT:
            self._ask(connection)

    @property
    def _silence(self) -> float:
        """Seconds."""
        return time.monotonic() - self._vouched_at

    def _read_all(self, connection: redis.Connection) -> None:
        while connection.can_read(timeout=0):
            self._read(connection)

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
            self._watched.fd = -1  # first: another file may get the number
            self._connection.disconnect()
        self._is_settled = False
        self._connection = self._number = self._asked_at = None
        self._vouched_at = float("-inf")
