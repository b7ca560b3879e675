"""Two transactions that meet: the second waits for the first."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from skillwise_kernel.testing.racing import wait_until_blocked

__all__ = ["on_its_own_connection", "waiting_for"]


@contextmanager
def waiting_for(other: Callable[[], Any]) -> Iterator[None]:
    """What is done within is not committed before `other`, begun afterwards on a connection of its own, waits
    for it; then `other` ends.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            yield
            running = pool.submit(on_its_own_connection, other)
            wait_until_blocked(unless=running.done)
        running.result(timeout=30)


def on_its_own_connection(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()
