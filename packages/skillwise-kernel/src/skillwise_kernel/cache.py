"""Django's cache on Valkey, for a service that goes on without it: what cannot be reached is a miss.

    CACHES = {"default": {"BACKEND": "skillwise_kernel.cache.ResilientRedisCache", "LOCATION": REDIS_URL,
    "TIMEOUT": 300}}

An operation waits a quarter of a second at most. After one that failed, this process leaves Valkey alone for
a few seconds and answers itself: reads miss, writes and deletions do nothing. A deletion can therefore be
lost, so give every entry a timeout that its readers can live with.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

from skillwise_kernel.circuit import CircuitBreaker

__all__ = ["ResilientRedisCache"]

_log = logging.getLogger(__name__)

T = TypeVar("T")

_TIMEOUT_SECONDS = 0.25
_COOLDOWN_SECONDS = 5.0
_SECONDS_BETWEEN_LOGS = 30.0

#: How Valkey says that it cannot serve; every other error is the caller's own.
_OUT_OF_SERVICE = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.OutOfMemoryError,
    redis.ReadOnlyError,
    redis.exceptions.MasterDownError,
)

# Counts one hit and says how many there were in the window and how many milliseconds of it are left.
_HIT = """
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {hits, redis.call('PTTL', KEYS[1])}
"""


class ResilientRedisCache(RedisCache):
    """Django's `RedisCache`, never raising because Valkey is down.

    `OPTIONS` are redis-py's (`socket_timeout`, …; an option within the URL wins), and `cooldown`: the seconds
    for which Valkey is left alone after it failed.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _ResilientClient

    def hit(self, key: str, *, window: float, version: int | None = None) -> tuple[int, float] | None:
        """Count one hit on `key`, atomically; the window of `window` seconds opens with the first.

        Answers how many hits this window has seen, this one included, and the seconds until it closes; None
        when Valkey does not answer.
        """
        return self._client.hit(self.make_and_validate_key(key, version=version), window)

    def ping(self) -> None:
        """Ask Valkey whether it serves, even while it is left alone. Raises `redis.RedisError` when it does
        not.
        """
        self._client.get_client(write=True).ping()

    def open_connection(self) -> redis.Connection:
        """A connection of the caller's own, in RESP3, with the patience of all others. Raises
        `redis.RedisError` when Valkey does not answer.
        """
        pool = self._client.get_client(write=True).connection_pool
        connection: redis.Connection = pool.connection_class(**{**pool.connection_kwargs, "protocol": 3})
        connection.connect()
        return connection

    @property
    def _client(self) -> "_ResilientClient":
        return cast("_ResilientClient", self._cache)


class _ResilientClient(RedisCacheClient):
    def __init__(self, servers: list[str], *, cooldown: float = _COOLDOWN_SECONDS, **options: Any) -> None:
        patience: dict[str, Any] = {
            "socket_timeout": _TIMEOUT_SECONDS,
            "socket_connect_timeout": _TIMEOUT_SECONDS,
            # A pooled connection that a restarted server closed is noticed and replaced before it is used.
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(servers, **{**patience, **options})
        self._circuit = _circuit(tuple(servers), cooldown)
        self._clients: dict[bool, redis.Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        """Made once to read and once to write: to make one takes as long as to ask something."""
        client = self._clients.get(write)
        if client is None:
            client = self._clients[write] = super().get_client(key, write=write)
        return client

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return self._circuit.call(
            lambda: super(_ResilientClient, self).add(key, value, timeout), otherwise=False
        )

    def get(self, key: Any, default: Any) -> Any:
        return self._circuit.call(lambda: super(_ResilientClient, self).get(key, default), otherwise=default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._circuit.call(lambda: super(_ResilientClient, self).set(key, value, timeout), otherwise=None)

    def touch(self, key: Any, timeout: Any) -> bool:
        return self._circuit.call(lambda: super(_ResilientClient, self).touch(key, timeout), otherwise=False)

    def delete(self, key: Any) -> bool:
        return self._circuit.call(lambda: super(_ResilientClient, self).delete(key), otherwise=False)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return self._circuit.call(lambda: super(_ResilientClient, self).get_many(keys), otherwise={})

    def has_key(self, key: Any) -> bool:
        return self._circuit.call(lambda: super(_ResilientClient, self).has_key(key), otherwise=False)

    def incr(self, key: Any, delta: int) -> int:
        """Raises `ValueError`, as for every key that is not there."""
        count = self._circuit.call(lambda: super(_ResilientClient, self).incr(key, delta), otherwise=None)
        if count is None:
            raise ValueError(f"Key {key!r} not found.")
        return int(count)

    def set_many(self, data: Any, timeout: Any) -> None:
        self._circuit.call(lambda: super(_ResilientClient, self).set_many(data, timeout), otherwise=None)

    def delete_many(self, keys: Any) -> None:
        self._circuit.call(lambda: super(_ResilientClient, self).delete_many(keys), otherwise=None)

    def clear(self) -> bool:
        return self._circuit.call(super().clear, otherwise=False)

    def hit(self, key: str, window: float) -> tuple[int, float] | None:
        def count() -> tuple[int, float]:
            client = self.get_client(key, write=True)
            hits, milliseconds = client.eval(_HIT, 1, key, int(window * 1000))
            return int(hits), max(milliseconds, 0) / 1000

        return self._circuit.call(count, otherwise=None)


class _Circuit:
    """Calls Valkey while it serves, and says, not too often, when it does not.

    Shared by the threads of this process, each of which has a cache object of its own.
    """

    def __init__(self, cooldown: float) -> None:
        self._breaker = CircuitBreaker(cooldown)
        self._logged_at = float("-inf")

    def call(self, operation: Callable[[], T], *, otherwise: T) -> T:
        if not self._breaker.admits():
            return otherwise
        try:
            result = operation()
        except _OUT_OF_SERVICE as exc:
            self._breaker.fail()
            self._say(exc)
            return otherwise
        if self._breaker.succeed():
            self._logged_at = float("-inf")
            _log.info("Valkey serves again.")
        return result

    def _say(self, exc: Exception) -> None:
        now = time.monotonic()
        if now - self._logged_at >= _SECONDS_BETWEEN_LOGS:
            self._logged_at = now
            _log.warning("Valkey does not serve (%s); going on without it.", type(exc).__name__)


_circuits: dict[tuple[tuple[str, ...], float], _Circuit] = {}
_circuits_lock = threading.Lock()


def _circuit(servers: tuple[str, ...], cooldown: float) -> _Circuit:
    with _circuits_lock:
        return _circuits.setdefault((servers, cooldown), _Circuit(cooldown))
