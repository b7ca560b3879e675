"""However many addresses a guest makes up, so much is kept and no more."""

import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from skillwise_kernel.clock import now
from skillwise_kernel.response_cache.answers import KeptAnswer, bytes_kept
from skillwise_kernel.response_cache.memory import Entry, Memory
from skillwise_kernel.response_cache.shared import SharedAnswers

MIB = 1024 * 1024


def an_answer(size: int) -> KeptAnswer:
    return KeptAnswer.unpack((0.0, "application/json", "Accept", (("", '"tag"', bytes(size)),)))


def test_a_process_keeps_so_many_bytes_and_what_was_asked_for_last() -> None:
    memory = Memory(MIB, bytes_kept)
    memory.get(1, ("/", ""))

    for number in range(100_000):
        memory.get(1, ("/favourite/", ""))
        memory.put(1, (f"/favourite/{number}" if number else "/favourite/", ""), Entry(an_answer(100), 0.0))
        assert memory.size <= MIB

    assert memory.get(1, ("/favourite/", "")) is not None
    assert memory.get(1, ("/favourite/99999", "")) is not None
    assert memory.get(1, ("/favourite/1", "")) is None


@pytest.mark.parametrize("size", [0, 100, 10_000])
def test_what_is_counted_is_what_it_takes(size: int) -> None:
    memory = Memory(1000 * MIB, bytes_kept)
    memory.get(1, ("/", ""))

    tracemalloc.start()
    for number in range(2_000):
        memory.put(1, (f"/{number}", f"q={number}"), Entry(an_answer(size), 0.0))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken <= memory.size


def test_an_entry_in_the_place_of_another_counts_once() -> None:
    memory = Memory(MIB, bytes_kept)
    memory.get(1, ("/", ""))

    for _ in range(2):
        memory.put(1, ("/", ""), Entry(an_answer(1000), 0.0))
        size = memory.size

    assert size == memory.size
    assert size < 2 * 4096 + 1000


def test_another_generation_empties_the_memory() -> None:
    memory = Memory(MIB, bytes_kept)
    memory.get(1, ("/", ""))
    memory.put(1, ("/", ""), Entry(an_answer(1000), 0.0))

    assert memory.get(2, ("/", "")) is None
    assert memory.size == 0

    memory.put(1, ("/", ""), Entry(an_answer(1000), 0.0))
    assert memory.get(2, ("/", "")) is None


def test_a_process_writes_so_many_bytes_into_valkey_within_an_answers_lifetime(time_machine: Any) -> None:
    shared = SharedAnswers("samples", 120)
    answer = an_answer(MIB)

    for number in range(40):
        shared.put(1, (f"/{number}/", ""), answer)
    kept = [number for number in range(40) if shared.get(1, (f"/{number}/", "")) is not None]
    assert kept == list(range(32))

    time_machine.move_to(now() + timedelta(seconds=121))
    shared.put(1, ("/later/", ""), answer)
    assert shared.get(1, ("/later/", "")) is not None


def test_valkey_forgets_an_answer_by_itself() -> None:
    shared = SharedAnswers("samples", 120)
    shared.put(1, ("/", ""), an_answer(10))

    client = cache._cache.get_client()  # no door shows what Valkey will forget when
    (key,) = client.keys("*samples*")

    assert 0 < client.ttl(key) <= 120
