"""Deliveries are kept, so what is asked of them all the time must not read those that are done."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import QuerySet
from outbox_probe.events import NobodyListened
from skillwise_kernel.models import Delivery, OutboxEvent
from skillwise_kernel.outbox import publish
from skillwise_kernel.outbox.delivery import _due
from skillwise_kernel.outbox.operating import dead_letters


@pytest.fixture
def long_history(db: None) -> None:
    event_id = publish(NobodyListened())
    at = datetime.now(UTC)
    Delivery.objects.bulk_create(
        Delivery(
            event_id=event_id, subscriber=f"probe.{number}", status="done", next_attempt_at=at, done_at=at
        )
        for number in range(5_000)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {Delivery._meta.db_table}, {OutboxEvent._meta.db_table}")


@pytest.mark.usefixtures("long_history")
@pytest.mark.parametrize(
    ("question", "index"),
    [
        (lambda: _due(datetime.now(UTC)).order_by("next_attempt_at", "id"), "outbox_delivery_pending"),
        (dead_letters, "outbox_delivery_open"),
        (lambda: dead_letters(subscriber="probe.enrol_buyer"), "outbox_delivery_open"),
        (lambda: Delivery.objects.exclude(status="done").values("subscriber"), "outbox_delivery_open"),
    ],
    ids=["what is due", "dead letters", "dead letters of one", "how they stand"],
)
def test_what_is_done_is_not_read(question: Callable[[], QuerySet[Delivery]], index: str) -> None:
    plan = question().explain()

    assert index in plan, plan
