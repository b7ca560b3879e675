"""A change shows in the very next request to any process, whatever becomes of the connections."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from django.core.cache import cache
from rest_samples.models import Book
from rest_samples.views import SHELVES, ShelfView
from skillwise_kernel.embedded import EmbeddedValkey

from .conftest import OtherProcess

pytestmark = pytest.mark.slow

Change = Callable[[str], None]
Title = Callable[[], str]


def test_a_change_shows_in_the_very_next_request_to_another_process(
    other: OtherProcess, change: Change
) -> None:
    for number in range(300):
        change(f"Volume {number}")

        assert other.title() == f"Volume {number}"
        assert other.title() == f"Volume {number}"

    assert other.renderings() == 300  # every second answer came out of its memory


def test_a_child_tracks_for_itself(valkey: EmbeddedValkey, other: OtherProcess, change: Change) -> None:
    assert (other.title(), other.title()) == ("First", "First")
    before = tracking_connections()

    other.fork()

    for number in range(10):
        change(f"Volume {number}")
        assert other.title() == f"Volume {number}"
    assert len(tracking_connections()) == len(before) + 1


@pytest.mark.parametrize("killed", ["before the change", "after the change"])
def test_whoever_loses_the_connection_that_tells_of_changes_serves_nothing_old(
    title: Title, change: Change, track: Callable[[], None], killed: str
) -> None:
    for number in range(15):
        if number % 5 == 0:
            track()
        if killed == "before the change":
            kill_tracking()
        change(f"Volume {number}")
        if killed == "after the change":
            kill_tracking()

        assert title() == f"Volume {number}"


def test_a_lost_connection_is_made_anew(track: Callable[[], None], title: Title, change: Change) -> None:
    track()
    assert kill_tracking() == 1

    track()

    change("Second")
    assert (title(), title()) == ("Second", "Second")
    assert len(tracking_connections()) == 1


def test_what_is_deleted_in_valkey_is_old(title: Title, book: Book) -> None:
    assert title() == "First"
    Book.objects.filter(id=book.id).update(title="Second")

    cache.clear()

    assert title() == "Second"


@pytest.fixture
def paused(valkey: EmbeddedValkey) -> Iterator[Callable[[], None]]:
    """`paused()` stops Valkey in the middle of whatever it does: connections stay, and nobody answers."""

    pid = valkey.pid
    assert pid is not None
    yield lambda: os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGCONT)


def test_a_valkey_that_hangs_hides_a_change_for_little_more_than_a_second(
    valkey: EmbeddedValkey,
    paused: Callable[[], None],
    track: Callable[[], None],
    title: Title,
    change: Change,
) -> None:
    track()
    paused()

    change("Second")
    hidden_since = time.monotonic()
    while title() != "Second":
        assert time.monotonic() - hidden_since < 2

    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGCONT)
    change("Third")
    assert title() == "Third"


def test_with_valkey_down_guests_are_served_from_the_database(
    valkey_down: None, title: Title, change: Change
) -> None:
    assert title() == "First"

    change("Second")

    assert title() == "Second"
    assert ShelfView.renderings == 2
    assert SHELVES.invalidate() is False


def test_a_valkey_that_comes_back_empty_has_nothing_old(
    valkey: EmbeddedValkey, title: Title, book: Book
) -> None:
    assert title() == "First"
    valkey.stop()
    Book.objects.filter(id=book.id).update(title="Second")
    assert title() == "Second"
    valkey.start()

    assert title() == "Second"


@pytest.fixture
def track(valkey: EmbeddedValkey, title: Title, eventually: Callable[..., None]) -> Callable[[], None]:
    """`track()` returns when this process has something in its memory, and is told of changes, by a Valkey of
    its own: others' connections are not counted with its.
    """

    def is_tracking() -> bool:
        title()
        return len(tracking_connections()) == 1

    return lambda: eventually(is_tracking, within=5)


def tracking_connections() -> list[str]:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        return [entry["id"] for entry in client.client_list() if "B" in entry["flags"]]


def kill_tracking() -> int:
    """Cut all connections that track. Answers how many there were."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        return sum(client.client_kill_filter(_id=number) for number in tracking_connections())
