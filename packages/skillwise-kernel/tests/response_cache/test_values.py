"""Values that everybody is told alike are made once for each generation, and each minute."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_samples.views import SHELVES
from skillwise_kernel.clock import now
from skillwise_kernel.embedded import EmbeddedValkey


@pytest.fixture(autouse=True)
def _new() -> None:
    SHELVES.invalidate()


@pytest.fixture
def made() -> list[str]:
    return []


@pytest.fixture
def ask(made: list[str]) -> Callable[..., str]:
    """Asks for the value, which says how many were made before it."""

    def make() -> str:
        made.append("one")
        return f"number {len(made)}"

    return lambda key="favourites": SHELVES.value(key, make)


def test_a_value_is_made_once_for_each_key(ask: Callable[..., str]) -> None:
    assert [ask(), ask(), ask("others"), ask(), ask("others")] == [
        "number 1", "number 1", "number 2", "number 1", "number 2",
    ]  # fmt: skip


def test_what_makes_answers_old_makes_values_old(ask: Callable[..., str]) -> None:
    ask()

    SHELVES.invalidate()

    assert (ask(), ask()) == ("number 2", "number 2")


def test_a_value_is_made_anew_after_a_minute(ask: Callable[..., str], time_machine: Any) -> None:
    time_machine.move_to(now(), tick=False)
    ask()

    time_machine.shift(timedelta(seconds=59))
    assert ask() == "number 1"
    time_machine.shift(timedelta(seconds=1))
    assert ask() == "number 2"


def test_a_value_that_was_made_before_a_change_is_not_kept_after_it(made: list[str]) -> None:
    def make() -> str:
        made.append("one")
        if len(made) == 1:
            SHELVES.invalidate()  # by somebody else, when the rows were read already
        return f"number {len(made)}"

    assert SHELVES.value("favourites", make) == "number 1"
    assert SHELVES.value("favourites", make) == "number 2"


def test_what_fails_is_not_kept(ask: Callable[..., str]) -> None:
    def fail() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        SHELVES.value("favourites", fail)

    assert ask() == "number 1"


def test_without_valkey_a_value_is_made_each_time(valkey: EmbeddedValkey, ask: Callable[..., str]) -> None:
    ask()

    valkey.stop()

    assert ask() != ask()
