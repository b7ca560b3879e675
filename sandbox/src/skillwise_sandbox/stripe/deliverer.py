"""Sends the queued webhooks, signed as their provider signs them, until each is answered with 2xx."""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import time
from functools import partial
from typing import Any

import httpx

from . import deliveries
from .store import Store

_log = logging.getLogger(__name__)

_AT_ONCE = 16
_PATIENCE = 10.0
_LONGEST_NAP = 60.0


def signature(payload: str, secret: str, timestamp: int) -> str:
    """The Stripe-Signature header: HMAC-SHA256 of `timestamp.payload` under the endpoint's secret.

    https://docs.stripe.com/webhooks#verify-manually
    """
    mac = hmac.new(secret.encode(), f"{timestamp}.{payload}".encode(), hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"


class Deliverer:
    """The loop that sends; `wake` tells it that something new is queued."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._woken = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._fault: BaseException | None = None

    def wake(self) -> None:
        """Look at the queue now."""
        self._woken.set()

    async def run(self) -> None:
        """Send what is due, for ever. A fault of the sandbox's own ends it; an endpoint's does not."""
        async with httpx.AsyncClient(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client:
            try:
                while True:
                    self._woken.clear()
                    if self._fault is not None:
                        raise self._fault
                    self._start_due(client)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._nap())
            finally:
                tasks = list(self._under_way.values())
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _start_due(self, client: httpx.AsyncClient) -> None:
        due = deliveries.take_due(self._store.database, time.time(), 4 * _AT_ONCE)
        for delivery in due:
            if delivery["id"] in self._under_way:
                continue
            if len(self._under_way) >= _AT_ONCE:
                break
            task = asyncio.create_task(self._attempt(client, delivery))
            self._under_way[delivery["id"]] = task
            task.add_done_callback(partial(self._finished, delivery["id"]))

    def _finished(self, number: int, task: asyncio.Task[None]) -> None:
        del self._under_way[number]
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fault = fault
        self.wake()

    def _nap(self) -> float:
        """How long nothing new is due, in seconds; an attempt that ends wakes the loop by itself."""
        if len(self._under_way) >= _AT_ONCE:
            return _LONGEST_NAP
        due = deliveries.next_due(self._store.database, besides=list(self._under_way))
        return _LONGEST_NAP if due is None else min(max(due - time.time(), 0.01), _LONGEST_NAP)

    async def _attempt(self, client: httpx.AsyncClient, delivery: dict[str, Any]) -> None:
        addressed = self._addressed(delivery)
        if addressed is None:
            self._store.database.execute(
                "UPDATE deliveries SET state = 'dropped' WHERE id = ?", (delivery["id"],)
            )
            return
        url, headers = addressed
        status, error = None, None
        try:
            answer = await client.post(url, content=delivery["payload"].encode(), headers=headers)
            status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            error = f"{type(failure).__name__}: {failure}"
        _log.info("%s %s to %s: %s", delivery["type"], delivery["event"], url, status or error)
        deliveries.settle(self._store.database, delivery, status=status, error=error)

    def _addressed(self, delivery: dict[str, Any]) -> tuple[str, dict[str, str]] | None:
        """Where a delivery goes, under which headers; None when its endpoint is gone. One that names an
        address itself is a form that carries its signature: SSLCOMMERZ's.
        """
        if "://" in delivery["endpoint"]:
            return delivery["endpoint"], {"Content-Type": "application/x-www-form-urlencoded"}
        endpoint = self._store.find("webhook_endpoint", delivery["endpoint"])
        if endpoint is None or endpoint.body["status"] != "enabled":
            return None
        return endpoint.body["url"], {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(delivery["payload"], endpoint.private["secret"], int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
