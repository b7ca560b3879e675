"""A shelf whose answers are kept, and a process that reads it too."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from rest_samples.models import Book
from rest_samples.views import SHELVES, ShelfView
from skillwise_kernel.testing.client import ApiClient

SHELF = "/api/v1/shelves/novels/"


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShelfView, "renderings", 0)
    monkeypatch.setattr(ShelfView, "during", ShelfView.during)


@pytest.fixture
def book(transactional_db: None) -> Book:
    """The only one on the shelf."""
    return Book.objects.create(title="First", shelf="novels")


@pytest.fixture
def change(book: Book) -> Callable[[str], None]:
    """`change("Second")` gives the book that title, and makes the kept answers old."""

    def change(title: str) -> None:
        Book.objects.filter(id=book.id).update(title=title)
        SHELVES.invalidate()

    return change


@pytest.fixture
def title(api: ApiClient) -> Callable[[], str]:
    """The title that a guest of this process sees."""

    def title() -> str:
        (title,) = api.json(api.get(SHELF))["titles"]
        return str(title)

    return title


class OtherProcess:
    """Another process that serves the shelf, asked through a pipe."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("reader.py")), SHELF],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def title(self) -> str:
        (title,) = self._ask("read")["titles"]
        return str(title)

    def renderings(self) -> int:
        return int(self._ask("count")["renderings"])

    def fork(self) -> None:
        """From here on a child answers, which the process forks."""
        self._ask("fork")

    def close(self) -> None:
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("both are pipes")
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _ask(self, question: str) -> dict[str, list[str] | int]:
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("both are pipes")
        self._process.stdin.write(question.encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, list[str] | int] = orjson.loads(self._process.stdout.readline())
        return answer


@pytest.fixture
def other(child_environment: dict[str, str], book: Book) -> Iterator[OtherProcess]:
    """Name `valkey` before it for a Valkey of the test's own."""
    other = OtherProcess(child_environment | {"DJANGO_SETTINGS_MODULE": "kernel_test_settings"})
    yield other
    other.close()
