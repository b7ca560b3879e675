"""Many who ask for the same at once cost one rendering, and nobody gets an answer from before a change."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from rest_samples.models import Book
from rest_samples.views import ShelfView
from skillwise_kernel.clock import now
from skillwise_kernel.response_cache import flights
from skillwise_kernel.response_cache.shared import SharedAnswers
from skillwise_kernel.testing.client import ApiClient

from .conftest import SHELF

Change = Callable[[str], None]
Title = Callable[[], str]

GUESTS = 8


@pytest.fixture
def ask(title: Title) -> Callable[[], str]:
    """As `title`, in a thread."""

    def ask() -> str:
        try:
            return title()
        finally:
            connection.close()

    return ask


class Gate:
    """Renderings stop at it, with their rows read, until it opens."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self._opened.wait(10)

    def open(self) -> None:
        self._opened.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(ShelfView, "during", staticmethod(gate))
    return gate


def test_one_request_renders_anew_what_is_a_minute_old_and_the_others_get_the_old_answer(
    title: Title, ask: Title, book: Book, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert title() == "First"
    Book.objects.filter(id=book.id).update(title="Second")
    gate = Gate()
    monkeypatch.setattr(ShelfView, "during", staticmethod(gate))

    time_machine.move_to(now() + timedelta(seconds=61))
    with ThreadPoolExecutor(GUESTS) as guests:
        asked = [guests.submit(ask) for _ in range(GUESTS)]
        done, under_way = wait(asked, timeout=10, return_when="FIRST_COMPLETED")
        while len(done) < GUESTS - 1:
            done, under_way = wait(asked, timeout=0.1)
        assert gate.reached.wait(10)
        gate.open()
        (refreshing,) = under_way
        assert refreshing.result() == "Second"

    assert [guest.result() for guest in done] == ["First"] * (GUESTS - 1)
    assert title() == "Second"
    assert ShelfView.renderings == 2


def test_after_a_change_all_get_the_new_answer_for_one_rendering(
    title: Title, ask: Title, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert title() == "First"
    change("Second")
    gate = Gate()
    monkeypatch.setattr(ShelfView, "during", staticmethod(gate))

    with ThreadPoolExecutor(GUESTS) as guests:
        asked = [guests.submit(ask) for _ in range(GUESTS)]
        assert gate.reached.wait(10)
        done, _ = wait(asked, timeout=0.3, return_when="FIRST_COMPLETED")
        assert not done
        gate.open()
        titles = [guest.result() for guest in asked]

    assert titles == ["Second"] * GUESTS
    assert ShelfView.renderings == 2


def test_who_asks_after_a_change_does_not_wait_for_an_answer_from_before_it(
    title: Title, ask: Title, change: Change, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(1) as guests:
        slow = guests.submit(ask)
        assert gate.reached.wait(10)
        monkeypatch.setattr(ShelfView, "during", staticmethod(lambda: None))
        change("Second")

        assert title() == "Second"

        gate.open()
        assert slow.result() == "First"
    assert title() == "Second"


def test_a_slow_reader_files_its_answer_where_nobody_looks(
    title: Title, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_meanwhile() -> None:
        monkeypatch.setattr(ShelfView, "during", staticmethod(lambda: None))
        change("Second")

    monkeypatch.setattr(ShelfView, "during", staticmethod(change_meanwhile))

    assert title() == "First"

    assert title() == "Second"


def test_who_waits_for_a_rendering_that_fails_renders_at_once(
    api: ApiClient, title: Title, ask: Title, book: Book, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        gate()
        raise ZeroDivisionError

    monkeypatch.setattr(ShelfView, "during", staticmethod(fail))
    monkeypatch.setattr(flights, "_PATIENCE", 60)
    api.raise_request_exception = False

    def ask_in_vain() -> int:
        try:
            return api.get(SHELF).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as guests:
        failing = guests.submit(ask_in_vain)
        assert gate.reached.wait(10)
        monkeypatch.setattr(ShelfView, "during", staticmethod(lambda: None))
        waiting = guests.submit(ask)
        gate.open()
        assert failing.result() == 500
        assert waiting.result(timeout=30) == "First"


def test_what_another_process_refreshes_is_left_to_it(title: Title, book: Book, time_machine: Any) -> None:
    assert title() == "First"
    Book.objects.filter(id=book.id).update(title="Second")
    time_machine.move_to(now() + timedelta(seconds=61))
    others = SharedAnswers("rest_samples.shelves", 120)
    assert others.claim_refresh(cache.get("rest_samples.shelves.generation"), (SHELF, ""))

    assert title() == "First"
    assert ShelfView.renderings == 1

    time_machine.move_to(now() + timedelta(seconds=60))
    assert title() == "Second"  # two minutes old: nobody gets it
