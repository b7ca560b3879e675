"""The way to Dramatiq's queues in Valkey (or Redis): made for a broker that may be down, or hang.

Enqueueing happens inside API requests, so it has connections of its own with short timeouts, no retries,
and a circuit breaker. Consuming happens in workers, and waits.
"""

import threading
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode

import redis
import structlog
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerError
from redis.backoff import NoBackoff
from redis.retry import Retry

__all__ = ["Broker", "BrokerUnavailableError", "broker_settings"]

_ENQUEUE_TIMEOUT_SECONDS = 0.5
_CONSUME_TIMEOUT_SECONDS = 60
_OPEN_SECONDS = 10

log = structlog.get_logger(__name__)


class BrokerUnavailableError(BrokerError):
    """The message was not enqueued, as the broker does not answer, or did not a moment ago."""


def broker_settings(url: str) -> dict[str, Any]:
    """Django's setting `DRAMATIQ_BROKER` for the Valkey or Redis at `url` (`redis://…`, `unix://…`)."""
    return {
        "BROKER": "skillwise_kernel.broker.Broker",
        "OPTIONS": {"url": url},
        # No AdminMiddleware: it writes to the database twice per message. The outbox is our record.
        "MIDDLEWARE": [
            "dramatiq.middleware.AgeLimit",
            "dramatiq.middleware.TimeLimit",
            "dramatiq.middleware.ShutdownNotifications",
            "dramatiq.middleware.Callbacks",
            "dramatiq.middleware.Retries",
            "django_dramatiq.middleware.DbConnectionsMiddleware",
        ],
    }


class Broker(RedisBroker):
    """Dramatiq's Redis broker, whose `enqueue` answers within a bounded time, or raises
    `BrokerUnavailableError`.
    """

    def __init__(self, *, url: str, **options: Any) -> None:
        super().__init__(url=_with_timeout(url), **options)
        self._producer = RedisBroker(client=_prompt_client(url), middleware=[], maintenance_chance=0)
        self._producer.broker_id = self.broker_id
        self._breaker = _CircuitBreaker()

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        if not self._breaker.lets_pass():
            raise BrokerUnavailableError("the broker did not answer a moment ago")
        try:
            enqueued = super().enqueue(message, delay=delay)
        except (redis.RedisError, OSError) as error:
            self._breaker.open()
            raise BrokerUnavailableError(str(error)) from error
        self._breaker.close()
        return enqueued

    def do_enqueue(self, *args: Any) -> None:
        """Dramatiq's command of this name, on the producer's own connections."""
        self._producer.do_enqueue(*args)


class _CircuitBreaker:
    """Closed: all pass. Open: none does for a while, then one at a time tries whether it may be closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_until: float | None = None

    def lets_pass(self) -> bool:
        with self._lock:
            if self._open_until is None:
                return True
            if time.monotonic() < self._open_until:
                return False
            self._open_until = time.monotonic() + _OPEN_SECONDS
            return True

    def open(self) -> None:
        with self._lock:
            self._open_until = time.monotonic() + _OPEN_SECONDS

    def close(self) -> None:
        with self._lock:
            self._open_until = None


def _prompt_client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=_ENQUEUE_TIMEOUT_SECONDS,
        socket_timeout=_ENQUEUE_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _with_timeout(url: str) -> str:
    """redis-py gives up reading after five seconds unless the address says otherwise."""
    address, _, query = url.partition("?")
    options = {"socket_timeout": str(_CONSUME_TIMEOUT_SECONDS)} | dict(parse_qsl(query))
    return f"{address}?{urlencode(options)}"
