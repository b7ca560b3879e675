"""A tracked number is never older than the last write that was acknowledged."""

import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from skillwise_kernel.response_cache.tracking import TrackedNumber

KEY = "kernel_tests.tracked"
THREADS = 6
WRITES = 1500


@pytest.fixture
def tracked() -> Iterator[TrackedNumber]:
    cache.set(KEY, 0, timeout=None)
    number = TrackedNumber(KEY)
    yield number
    number.close()


@pytest.fixture
def _hasty_threads() -> Iterator[None]:
    """Threads take turns often, in the middle of whatever they are at."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_hasty_threads")
def test_what_one_thread_is_reading_counts_for_all(tracked: TrackedNumber) -> None:
    """A push that a thread has taken off the connection, and is still at, cannot be seen there any more."""
    written, done = [0], threading.Event()
    old: list[tuple[int, int]] = []

    def read() -> None:
        while not done.is_set():
            acknowledged = written[0]
            seen = tracked.current()
            if seen is not None and seen < acknowledged:
                old.append((seen, acknowledged))

    threads = [threading.Thread(target=read) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for number in range(1, WRITES + 1):
        cache.set(KEY, number, timeout=None)
        assert cache.get(KEY) == number  # the second question of `Generation.begin`
        written[0] = number
    done.set()
    for thread in threads:
        thread.join()

    assert old == []
    assert tracked.current() == WRITES


def test_a_push_that_comes_in_one_piece_with_an_answer_counts(
    tracked: TrackedNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are read from the connection at once, where the push then cannot be seen any more."""
    ask = TrackedNumber._ask

    def ask_and_let_it_change(self: TrackedNumber, connection: Any) -> None:
        ask(self, connection)
        time.sleep(0.1)  # for the answer to be on its way before the change
        cache.set(KEY, 7, timeout=None)
        assert cache.get(KEY) == 7

    with monkeypatch.context() as patch:
        patch.setattr(TrackedNumber, "_ask", ask_and_let_it_change)
        tracked.current()

    assert tracked.current() in {None, 7}


def test_a_number_is_not_believed_once_its_connection_is_gone(tracked: TrackedNumber) -> None:
    assert tracked.current() == 0
    clients = cache._cache.get_client()
    for client in clients.client_list():
        if "t" in client["flags"]:
            clients.client_kill_filter(_id=client["id"])
    cache.set(KEY, 7, timeout=None)

    assert tracked.current() in {None, 7}
