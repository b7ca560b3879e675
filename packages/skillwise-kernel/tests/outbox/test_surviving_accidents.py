"""Real processes, and the accidents that befall them: whatever happens, every effect happens exactly once."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from outbox_probe.events import CoinTossed, LectureHeld, OrderPaid
from outbox_probe.models import Effect
from skillwise_kernel.broker import wake_worker
from skillwise_kernel.embedded import EmbeddedValkey, processes_with
from skillwise_kernel.models import Delivery
from skillwise_kernel.outbox import publish
from skillwise_kernel.outbox.announcing import DELIVER_ACTOR, QUEUE, outstanding
from skillwise_kernel.testing.processes import Processes

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Eventually = Callable[..., None]


def test_a_worker_killed_in_the_middle_of_a_handler_leaves_its_effect_to_the_next(
    processes: Processes, eventually: Eventually, tmp_path: Path
) -> None:
    processes.start_scheduler()
    worker = processes.start_worker()
    event_id, hold = begin_a_lecture(tmp_path, eventually)

    processes.kill(worker)
    effects_of_the_killed = Effect.objects.count()
    hold.unlink()
    processes.start_worker()

    eventually(nothing_is_left)
    assert effects_of_the_killed == 0
    assert effects() == {(event_id, "probe.take_notes"): 1}


def test_a_worker_ends_with_its_main_process_also_while_that_waits_for_it(
    processes: Processes, eventually: Eventually, tmp_path: Path
) -> None:
    processes.start_scheduler()
    main = processes.start_worker(processes=2)
    # often before the main process hears that its workers are there
    event_id, hold = begin_a_lecture(tmp_path, eventually)

    main.kill()
    main.wait()

    eventually(lambda: not _running_in_group(main.pid))
    hold.unlink()
    processes.start_worker()
    eventually(nothing_is_left)
    assert effects() == {(event_id, "probe.take_notes"): 1}


def test_orders_paid_while_valkey_is_down_and_comes_back_empty_reach_everyone(
    processes: Processes, eventually: Eventually, valkey: EmbeddedValkey
) -> None:
    processes.start_worker()
    processes.start_scheduler()
    before = pay_orders(10)
    eventually(nothing_is_left)

    lost_with_the_queue = pay_orders(30)
    valkey.kill()
    unannounced = pay_orders(30)
    valkey.clear()
    valkey.start()

    eventually(nothing_is_left)
    assert effects() == {
        (event_id, subscriber): 1
        for event_id in (*before, *lost_with_the_queue, *unannounced)
        for subscriber in ("probe.enrol_buyer", "probe.send_receipt")
    }


def test_an_event_delivered_twenty_times_in_parallel_has_its_effect_once(
    processes: Processes, eventually: Eventually, tmp_path: Path
) -> None:
    started, hold = tmp_path / "started", tmp_path / "hold"
    hold.touch()
    with transaction.atomic():
        event_id = publish(LectureHeld(started=str(started), while_exists=str(hold)))
    delivery = Delivery.objects.get(event_id=event_id)
    for _ in range(19):  # the first was sent on commit
        assert wake_worker(DELIVER_ACTOR, str(delivery.id), queue=QUEUE)

    processes.start_worker(processes=2, threads=10)
    eventually(started.exists)
    eventually(lambda: outstanding() == 1)  # nineteen came, found it locked, and went
    hold.unlink()

    eventually(nothing_is_left)
    delivery.refresh_from_db()
    assert delivery.attempts == 1
    assert effects() == {(event_id, "probe.take_notes"): 1}


def test_a_thousand_events_whose_handler_fails_at_random_all_take_effect_once(
    processes: Processes, eventually: Eventually
) -> None:
    processes.start_worker(processes=2)
    processes.start_scheduler()
    with transaction.atomic():
        published = [publish(CoinTossed(failures_percent=30)) for _ in range(1000)]

    eventually(nothing_is_left, within=240)

    assert effects() == {(event_id, "probe.call_the_toss"): 1 for event_id in published}
    assert Delivery.objects.filter(attempts__gt=1).count() > 100


def begin_a_lecture(folder: Path, eventually: Eventually) -> tuple[UUID, Path]:
    """The event whose handler is at work, and the file that holds it up until that is unlinked."""
    started, hold = folder / "started", folder / "hold"
    hold.touch()
    with transaction.atomic():
        event_id = publish(LectureHeld(started=str(started), while_exists=str(hold)))
    eventually(started.exists)
    return event_id, hold


def _running_in_group(leader: int) -> list[int]:
    return [pid for pid in processes_with("dramatiq") if _group_of(pid) == leader]


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:  # it has ended meanwhile
        return None


def pay_orders(count: int) -> list[UUID]:
    paid = []
    for number in range(count):
        with transaction.atomic():
            paid.append(publish(OrderPaid(number=number)))
    return paid


def effects() -> Counter[tuple[UUID, str]]:
    return Counter(Effect.objects.values_list("event_id", "subscriber"))


def nothing_is_left() -> bool:
    return not Delivery.objects.exclude(status=Delivery.Status.DONE).exists()
