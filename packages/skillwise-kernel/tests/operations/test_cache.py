"""A cache that is down, or hangs, is a miss, and costs nearly nothing."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from skillwise_kernel.cache import ResilientRedisCache
from skillwise_kernel.embedded import EmbeddedValkey


@pytest.fixture
def dead_address() -> str:
    """Where nobody listens: a port that was free a moment ago."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{taken.getsockname()[1]}/0"


def cache_at(address: str, **options: Any) -> ResilientRedisCache:
    return ResilientRedisCache(address, {"OPTIONS": options})


def elapsed(operation: Callable[[], Any]) -> float:
    started = time.perf_counter()
    operation()
    return time.perf_counter() - started


def test_up_it_is_a_cache() -> None:
    cache = cache_at(os.environ["REDIS_URL"])

    cache.set("a", {"b": 1})
    cache.set_many({"c": 2, "d": 3}, timeout=60)

    assert cache.get("a") == {"b": 1}
    assert cache.get_many(["c", "d", "e"]) == {"c": 2, "d": 3}
    assert cache.add("a", 1) is False
    assert cache.add("n", 1) is True
    assert cache.incr("n") == 2
    assert cache.has_key("n")
    assert cache.touch("n", 60) is True
    assert cache.delete("n") is True
    cache.delete_many(["c", "d"])
    assert cache.get("c", "nothing") == "nothing"
    cache.clear()
    assert cache.get("a") is None


def test_down_every_read_misses_and_every_write_does_nothing(dead_address: str) -> None:
    cache = cache_at(dead_address)

    cache.set("a", 1)
    cache.set_many({"a": 1})
    cache.delete_many(["a"])

    assert cache.get("a") is None
    assert cache.get("a", "default") == "default"
    assert cache.get_many(["a"]) == {}
    assert cache.add("a", 1) is False
    assert cache.touch("a") is False
    assert cache.delete("a") is False
    assert not cache.has_key("a")
    assert cache.clear() is False
    assert cache.hit("a", window=60) is None
    assert cache.get_or_set("a", lambda: "made") == "made"
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_a_hanging_server_costs_one_timeout_and_then_nothing(hanging_address: str) -> None:
    cache = cache_at(hanging_address)

    first = elapsed(lambda: cache.get("a"))
    next_hundred = elapsed(lambda: [cache.get("a") for _ in range(100)])

    assert 0.2 < first < 2
    assert next_hundred < 1


def test_the_threads_of_a_process_learn_it_from_each_other(hanging_address: str) -> None:
    patient = {"socket_timeout": 1}
    cache_at(hanging_address, **patient).get("a")

    assert elapsed(lambda: cache_at(hanging_address, **patient).get("a")) < 0.9


def test_after_the_cooldown_a_single_call_tries_again(hanging_address: str) -> None:
    patient = {"socket_timeout": 1, "cooldown": 0.5}
    cache_at(hanging_address, **patient).get("a")
    time.sleep(0.6)

    durations: list[float] = []
    threads = [
        threading.Thread(
            target=lambda: durations.append(elapsed(lambda: cache_at(hanging_address, **patient).get("a")))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([duration for duration in durations if duration > 0.9]) == 1


def test_a_server_that_comes_back_is_used_again(valkey: EmbeddedValkey) -> None:
    cache = cache_at(valkey.url, cooldown=0.2)
    cache.set("a", 1)

    valkey.kill()
    while_down = cache.get("a")
    valkey.start()
    time.sleep(0.25)
    cache.set("a", 2)

    assert while_down is None
    assert cache.get("a") == 2


def test_a_pooled_connection_that_a_restart_closed_is_no_failure(valkey: EmbeddedValkey) -> None:
    cache = cache_at(valkey.url)
    cache.set("a", 1)

    valkey.kill()
    valkey.start()
    cache.set("a", 2)

    assert cache.get("a") == 2


def test_an_outage_is_told_once_and_its_end_too(
    valkey: EmbeddedValkey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "skillwise_kernel.cache")
    cache = cache_at(valkey.url, cooldown=0.05)

    valkey.kill()
    for _ in range(5):
        cache.get("a")
        time.sleep(0.06)
    valkey.start()
    time.sleep(0.06)
    cache.get("a")

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "Valkey does not serve (ConnectionError); going on without it."),
        ("INFO", "Valkey serves again."),
    ]


def test_a_mistake_of_the_callers_is_raised_and_not_taken_for_an_outage() -> None:
    cache = cache_at(os.environ["REDIS_URL"])
    cache.set("text", "not a number")

    with pytest.raises(Exception, match="not an integer"):
        cache.incr("text")
    assert cache.get("text") == "not a number"


def test_hits_are_counted_in_windows() -> None:
    cache = cache_at(os.environ["REDIS_URL"])

    counted = [cache.hit("k", window=1) for _ in range(3)]
    time.sleep(1.05)
    later = cache.hit("k", window=1)

    assert [hits for hits, _ in counted] == [1, 2, 3]
    assert all(0 < seconds_left <= 1 for _, seconds_left in counted)
    assert later is not None
    assert later[0] == 1


def test_hits_of_many_threads_are_all_counted() -> None:
    def hit() -> None:
        cache = cache_at(os.environ["REDIS_URL"])
        for _ in range(25):
            cache.hit("k", window=60)

    threads = [threading.Thread(target=hit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counted = cache_at(os.environ["REDIS_URL"]).hit("k", window=60)
    assert counted is not None
    assert counted[0] == 201
