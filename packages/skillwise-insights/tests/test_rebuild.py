"""Rebuilding comes to the figures that are there, while events keep coming in and people keep reading."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from insights_test_histories import dice, expected_figures, random_history
from skillwise_insights.errors import LogIncompleteError, RebuildRunningError
from skillwise_insights.models import AppliedEvent
from skillwise_insights.services import rebuild as rebuilding
from skillwise_insights.services.projection import take_in
from skillwise_insights.services.rebuild import rebuild
from skillwise_insights.testing import Figures, read_figures
from skillwise_kernel.events import DomainEvent
from skillwise_kernel.ids import new_id
from skillwise_kernel.models import Delivery
from skillwise_kernel.outbox import LoggedEvent, deliver_due, publish, read_log

pytestmark = pytest.mark.django_db(transaction=True)


def publish_all(history: list[DomainEvent]) -> list[tuple[UUID, DomainEvent]]:
    """Tell insights of an invented history: the other contexts know none of its people and courses."""
    with transaction.atomic():
        told = [(publish(event), event) for event in history]
        Delivery.objects.exclude(subscriber="insights.project_figures").delete()
    return told


def elsewhere(act: Callable[[], Any]) -> Any:
    """What `act` comes to on a database connection of its own."""
    with ThreadPoolExecutor(1) as pool:
        return started(pool, act).result(timeout=30)


def started(pool: ThreadPoolExecutor, act: Callable[[], Any]) -> Future[Any]:
    def act_and_disconnect() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(act_and_disconnect)


@pytest.fixture
def behind_the_reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """`behind_the_reader(act)`: act on another connection once the rebuild has read the log to its end."""

    def behind_the_reader(act: Callable[[], Any]) -> None:
        def read_then_act(**options: Any) -> Iterator[LoggedEvent]:
            yield from read_log(**options)
            if options.get("ids") is None:
                elsewhere(act)

        monkeypatch.setattr(rebuilding, "read_log", read_then_act)

    return behind_the_reader


@pytest.mark.parametrize("seed", range(2))
def test_rebuilt_figures_are_the_live_ones(seed: int):
    history = random_history(seed, length=60)
    deliveries = publish_all(history)
    dice(seed).shuffle(deliveries)
    for event_id, event in deliveries:
        take_in(event, event_id=event_id)
    live = read_figures()

    events = rebuild()

    assert events == len(history)
    assert read_figures() == live == expected_figures(history)


def test_figures_that_were_never_made_are_made_from_the_log():
    history = random_history(5, length=60)
    publish_all(history)

    rebuild()

    assert read_figures() == expected_figures(history)


def test_spoilt_figures_are_made_good():
    history = random_history(6, length=60)
    publish_all(history)
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE skillwise_insights_dayfigures SET orders = orders + 7")

    rebuild()

    assert read_figures() == expected_figures(history)


def test_what_the_log_had_and_is_delivered_after_the_rebuild_counts_once():
    history = random_history(7, length=60)
    publish_all(history)

    rebuild()
    while deliver_due():
        pass

    assert read_figures() == expected_figures(history)


def test_what_is_delivered_behind_the_readers_back_is_not_lost(
    behind_the_reader: Callable[[Callable[[], Any]], None],
):
    history = random_history(8, length=60)
    early, late = history[:30], history[30:]
    publish_all(early)

    def publish_and_deliver_late() -> None:
        for event_id, event in publish_all(late):
            take_in(event, event_id=event_id)

    behind_the_reader(publish_and_deliver_late)
    rebuild()

    assert read_figures() == expected_figures(history)


def test_what_is_delivered_at_the_last_moment_is_not_lost(monkeypatch: pytest.MonkeyPatch):
    history = random_history(17, length=60)
    early, late = history[:30], history[30:]
    publish_all(early)
    hold_figures = rebuilding.hold_figures

    def deliver_late_then_hold() -> None:
        elsewhere(lambda: [take_in(event, event_id=event_id) for event_id, event in publish_all(late)])
        hold_figures()

    monkeypatch.setattr(rebuilding, "hold_figures", deliver_late_then_hold)
    rebuild()

    assert read_figures() == expected_figures(history)


def test_an_event_committed_late_at_an_early_position_is_not_lost(
    behind_the_reader: Callable[[Callable[[], Any]], None],
):
    history = random_history(9, length=60)
    late, others = history[:1], history[1:]
    has_position, may_commit = threading.Event(), threading.Event()

    def publish_slowly() -> tuple[UUID, DomainEvent]:
        with transaction.atomic():
            event_id = publish(late[0])
            has_position.set()
            assert may_commit.wait(30)
        return event_id, late[0]

    with ThreadPoolExecutor(1) as pool:
        slow = started(pool, publish_slowly)
        assert has_position.wait(30)
        publish_all(others)

        def commit_and_deliver() -> None:
            may_commit.set()
            event_id, event = slow.result(timeout=30)
            take_in(event, event_id=event_id)

        behind_the_reader(commit_and_deliver)
        rebuild()

    positions = {logged.event_id: logged.position for logged in read_log()}
    assert positions[slow.result()[0]] == min(positions.values())
    assert read_figures() == expected_figures(history)


def test_readers_see_whole_figures_all_along(behind_the_reader: Callable[[Callable[[], Any]], None]):
    history = random_history(10, length=60)
    publish_all(history)
    rebuild()
    seen: list[Figures] = []

    behind_the_reader(lambda: seen.append(read_figures()))
    rebuild()

    assert seen == [expected_figures(history)]


def test_deliveries_and_rebuilds_at_the_same_time_come_to_what_happened():
    history = random_history(11, length=120)
    batches = [history[start : start + 8] for start in range(0, len(history), 8)]
    published = threading.Event()

    def publish_in_batches() -> None:
        for batch in batches:
            publish_all(batch)
        published.set()

    def deliver_until_done() -> None:
        while deliver_due(limit=10) or not published.wait(0.02):
            pass

    with ThreadPoolExecutor(3) as pool:
        others = [started(pool, act) for act in (publish_in_batches, deliver_until_done, deliver_until_done)]
        rebuilds = 0
        while not all(other.done() for other in others) or rebuilds < 3:
            rebuild()
            rebuilds += 1
    for other in others:
        other.result()

    # publishers took turns, so that the log's order is the order in which it happened
    assert read_figures() == expected_figures(history)
    assert AppliedEvent.objects.count() == len(history)


def test_a_rebuild_that_fails_leaves_everything_as_it_was(
    behind_the_reader: Callable[[Callable[[], Any]], None],
):
    history = random_history(12, length=60)
    publish_all(history)
    rebuild()

    def fail() -> None:
        raise OSError("the power went")

    behind_the_reader(fail)
    with pytest.raises(OSError, match="power"):
        rebuild()

    assert read_figures() == expected_figures(history)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")
        assert cursor.fetchone() == (0,)


def test_one_rebuild_runs_at_a_time(behind_the_reader: Callable[[Callable[[], Any]], None]):
    publish_all(random_history(13, length=60))
    refusals: list[BaseException] = []

    def rebuild_too() -> None:
        with pytest.raises(RebuildRunningError) as refusal:
            rebuild()
        refusals.append(refusal.value)

    behind_the_reader(rebuild_too)
    rebuild()

    assert len(refusals) == 1


def test_figures_are_kept_when_the_log_lacks_events_they_were_made_of():
    (event, *_) = random_history(14, length=60)
    take_in(event, event_id=new_id())
    live = read_figures()

    with pytest.raises(LogIncompleteError):
        rebuild()

    assert read_figures() == live


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]):
    history = random_history(15, length=60)
    publish_all(history)

    call_command("rebuild_insights")

    assert f"{len(history)} events" in capsys.readouterr().out


def test_the_command_says_why_it_refuses():
    (event, *_) = random_history(16, length=60)
    take_in(event, event_id=new_id())

    with pytest.raises(CommandError, match="1 events are missing"):
        call_command("rebuild_insights")
