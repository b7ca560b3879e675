import threading
import time
from datetime import UTC, datetime
from uuid import RFC_4122

import pytest
import time_machine
from skillwise_kernel import ids
from skillwise_kernel.ids import new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id()

    assert (made.version, made.variant) == (7, RFC_4122)


def test_an_id_carries_the_millisecond_at_which_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last", 0)  # other tests travelled ahead in time, and ids never go back

    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000

    assert before <= made.int >> 80 <= after + 1


def test_ids_made_later_sort_later_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_made_later_sort_later_when_the_clock_steps_back() -> None:
    first = new_id()
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        second = new_id()

    assert second > first


def test_threads_never_make_the_same_id() -> None:
    made: list[int] = []

    def make() -> None:
        made.extend([new_id().int >> 62 for _ in range(2_000)])  # without the random part

    threads = [threading.Thread(target=make) for _ in range(8)]
    with time_machine.travel(datetime.now(UTC), tick=False):  # so that only the counter tells them apart
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(set(made)) == len(made) == 16_000
