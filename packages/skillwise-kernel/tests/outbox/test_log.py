from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connections, transaction
from outbox_probe.events import NobodyListened, OrderPaid
from skillwise_kernel.events import UnknownEventError
from skillwise_kernel.models import OutboxEvent
from skillwise_kernel.outbox import publish, read_log


@pytest.mark.django_db
def test_the_log_is_read_in_the_order_of_publishing_whatever_the_clocks_said() -> None:
    now = datetime.now(UTC)
    for number, offset in enumerate([0, -60, 60]):
        with time_machine.travel(now + timedelta(seconds=offset)):
            publish(OrderPaid(number=number))

    log = list(read_log(batch=2))

    assert [logged.event for logged in log] == [OrderPaid(number=number) for number in range(3)]
    assert [logged.position for logged in log] == sorted({logged.position for logged in log})
    assert [logged.event_id for logged in log] == list(
        OutboxEvent.objects.order_by("position").values_list("id", flat=True)
    )


@pytest.mark.django_db
def test_the_log_is_read_by_names_and_from_a_position_on() -> None:
    publish(OrderPaid(number=0))
    publish(NobodyListened(text="a"))
    publish(NobodyListened(text="b"))

    named = list(read_log(names=[NobodyListened.name]))
    rest = list(read_log(names=[NobodyListened.name], after=named[0].position))

    assert [logged.event for logged in named] == [NobodyListened(text="a"), NobodyListened(text="b")]
    assert rest == named[1:]
    assert list(read_log(names=[])) == []


@pytest.mark.django_db
def test_reading_takes_a_statement_per_batch(django_assert_num_queries: object) -> None:
    for number in range(5):
        publish(OrderPaid(number=number))

    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(list(read_log(batch=2))) == 5


@pytest.mark.django_db
def test_an_event_that_nobody_can_read_any_more_stops_the_reading_aloud() -> None:
    publish(OrderPaid(number=1))
    OutboxEvent.objects.update(name="skillwise.outbox_probe.forgotten.v1")

    with pytest.raises(UnknownEventError, match="forgotten"):
        list(read_log())


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_stands_before_one_that_was_published_after_it() -> None:
    """What `read_log` says of positions, and why a position proves nothing about those before it."""
    slow = connections.create_connection("default")
    table = OutboxEvent._meta.db_table
    try:
        slow.ensure_connection()
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (id, name, payload, occurred_at)"  # noqa: S608 - our own table
                " VALUES (gen_random_uuid(), %s, %s, now())",
                [OrderPaid.name, '{"number": 1}'],
            )
        with transaction.atomic():
            publish(OrderPaid(number=2))
        seen_first = list(read_log())
        slow.commit()
    finally:
        slow.close()

    seen_then = list(read_log())

    assert [logged.event for logged in seen_first] == [OrderPaid(number=2)]
    assert [logged.event for logged in seen_then] == [OrderPaid(number=1), OrderPaid(number=2)]
