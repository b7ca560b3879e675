from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction
from outbox_probe.events import CoinTossed, OrderPaid
from skillwise_kernel.models import Delivery
from skillwise_kernel.outbox import deliver_due, publish
from skillwise_kernel.outbox.announcing import outstanding
from skillwise_kernel.outbox.sweeping import sweep


@pytest.mark.django_db
def test_what_workers_were_just_told_of_is_left_to_them() -> None:
    publish(OrderPaid(number=1))

    assert sweep() == 0


@pytest.mark.django_db
def test_what_was_told_in_vain_is_told_again_but_once() -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1)):
        publish(OrderPaid(number=1))

    assert (sweep(), sweep()) == (2, 0)
    assert outstanding() == 2


@pytest.mark.django_db
def test_a_failed_delivery_is_told_of_when_its_wait_is_over(settings: Any) -> None:
    settings.SKILLWISE_OUTBOX = {"BACKOFF_BASE_SECONDS": 30}
    publish(CoinTossed(failures_percent=100))
    deliver_due()

    too_early = sweep()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        in_time = sweep()

    assert (too_early, in_time) == (0, 1)


@pytest.mark.django_db
def test_nothing_is_told_while_workers_are_far_behind(settings: Any) -> None:
    settings.SKILLWISE_OUTBOX = {"SWEEP_BATCH": 1}
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1)):
        publish(OrderPaid(number=1))
        publish(OrderPaid(number=2))

    told = [sweep() for _ in range(4)]

    assert told == [1, 1, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_is_at_is_passed_over() -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1)), transaction.atomic():
        publish(CoinTossed(failures_percent=0))
    worker = connections.create_connection("default")
    try:
        worker.ensure_connection()
        worker.set_autocommit(False)
        with worker.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {Delivery._meta.db_table} FOR UPDATE")  # noqa: S608 - our own table

        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")  # it is not to wait at all
        assert sweep() == 0
    finally:
        worker.rollback()
        worker.close()
        connection.close()  # and with it the timeout

    assert sweep() == 1
