"""The way to Dramatiq's queues in Valkey (or Redis): made for a broker that may be down, or hang.

Enqueueing happens inside API requests, so it has connections of its own with short timeouts, no retries,
and a circuit breaker. Consuming happens in workers, and waits.
"""

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess
from typing import Any

import dramatiq
import redis
import structlog
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerError
from dramatiq.middleware import Middleware
from redis.backoff import NoBackoff
from redis.retry import Retry

from skillwise_kernel import launch
from skillwise_kernel.circuit import CircuitBreaker

__all__ = ["Broker", "BrokerUnavailableError", "EndingWithMain", "broker_settings", "wake_worker"]

#: What an API request waits at most, and that once per `_OPEN_SECONDS` and process.
_PRODUCER_SECONDS = 0.5
#: redis-py gives up reading after five seconds unless told otherwise.
_CONSUMER_SECONDS = 60
_OPEN_SECONDS = 5

log = structlog.get_logger(__name__)


class BrokerUnavailableError(BrokerError):
    """The message was not enqueued, as the broker does not answer, or did not a moment ago."""


def broker_settings(url: str) -> dict[str, Any]:
    """Django's setting `DRAMATIQ_BROKER` for the Valkey or Redis at `url` (`redis://…`, `unix://…`)."""
    return {
        "BROKER": "skillwise_kernel.broker.Broker",
        "OPTIONS": {"url": url},
        # No AdminMiddleware: it writes to the database twice per message.
        "MIDDLEWARE": [
            "dramatiq.middleware.AgeLimit",
            "dramatiq.middleware.TimeLimit",
            "dramatiq.middleware.Retries",
            "django_dramatiq.middleware.DbConnectionsMiddleware",
            "skillwise_kernel.broker.EndingWithMain",
        ],
    }


def wake_worker(actor_name: str, *args: str | int, queue: str) -> bool:
    """Send an actor a message; for work that the database knows of, and that a sweep finds when this fails.

    Never raises for a broker that is down or hangs, which it waits for at most half a second, and mostly not
    at all: that is logged. Answers whether the message was sent. Call it on commit.
    """
    message: Message[None] = Message(
        queue_name=queue, actor_name=actor_name, args=args, kwargs={}, options={}
    )
    try:
        dramatiq.get_broker().enqueue(message)
    except BrokerUnavailableError as error:
        log.warning("broker.unavailable", actor=actor_name, reason=str(error))
        return False
    return True


class Broker(RedisBroker):
    """Dramatiq's Redis broker, whose `enqueue` answers within a bounded time, or raises
    `BrokerUnavailableError`.
    """

    def __init__(self, *, url: str, **options: Any) -> None:
        super().__init__(client=redis.Redis(connection_pool=_pool(url, _CONSUMER_SECONDS)), **options)
        producer = redis.Redis(connection_pool=_pool(url, _PRODUCER_SECONDS))
        self._producer = RedisBroker(client=producer, middleware=[], maintenance_chance=0)
        self._producer.broker_id = self.broker_id
        self._breaker = CircuitBreaker(_OPEN_SECONDS)

    def connect(self, url: str) -> None:
        """Use the server at `url` from now on. Actors and queues stay declared."""
        for client, timeout in (
            (self.client, _CONSUMER_SECONDS),
            (self._producer.client, _PRODUCER_SECONDS),
        ):
            client.connection_pool.disconnect()
            client.connection_pool = _pool(url, timeout)
        self._breaker = CircuitBreaker(_OPEN_SECONDS)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        if not self._breaker.admits():
            raise BrokerUnavailableError("the broker did not answer a moment ago")
        try:
            enqueued = super().enqueue(message, delay=delay)
        except (redis.RedisError, OSError) as error:
            self._breaker.fail()
            raise BrokerUnavailableError(f"the broker does not answer: {error}") from error
        self._breaker.succeed()
        return enqueued

    def do_enqueue(self, *args: Any) -> None:
        """Dramatiq's command of this name, on the producer's own connections."""
        self._producer.do_enqueue(*args)


class EndingWithMain(Middleware):
    """A worker process is killed when Dramatiq's main process was. Left to itself it would go on where nobody
    could stop it, and one that boots would wait for the main process for ever. What it was at is done again.
    """

    def after_process_boot(self, broker: dramatiq.Broker) -> None:
        main = multiprocessing.parent_process()
        if main is None or main.pid is None:
            return  # a process of somebody else's, such as a test's
        if not launch.end_with(main.pid, signal.SIGKILL):
            # It has ended, or a server forks for it: from Python 3.14 on that is `multiprocessing`'s own way.
            threading.Thread(target=_end_after, args=[main], daemon=True).start()


def _end_after(main: BaseProcess) -> None:
    main.join()
    os.kill(os.getpid(), signal.SIGKILL)


def _pool(url: str, timeout: float) -> redis.ConnectionPool:
    """Without redis-py's own retries: the breaker, and Dramatiq's consumers, know when to try again."""
    return redis.ConnectionPool.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=min(timeout, 5), socket_timeout=timeout
    )
