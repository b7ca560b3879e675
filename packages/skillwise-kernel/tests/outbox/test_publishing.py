from collections.abc import Callable

import pytest
import structlog
from django.db import IntegrityError, transaction
from outbox_probe.events import NobodyListened, OrderPaid
from skillwise_kernel.events import decode
from skillwise_kernel.ids import new_id
from skillwise_kernel.models import Delivery, OutboxEvent
from skillwise_kernel.outbox import EventContext, OutsideTransactionError, publish, subscriber
from skillwise_kernel.outbox.announcing import outstanding


@pytest.mark.django_db
def test_an_event_is_recorded_with_a_delivery_for_every_subscriber() -> None:
    event = OrderPaid(number=7)

    event_id = publish(event)

    recorded = OutboxEvent.objects.get()
    assert recorded.id == event_id
    assert decode(recorded.name, recorded.payload) == event
    assert sorted(recorded.deliveries.values_list("subscriber", "status", "attempts")) == [
        ("probe.enrol_buyer", "pending", 0),
        ("probe.send_receipt", "pending", 0),
    ]


@pytest.mark.django_db
def test_an_event_that_nobody_subscribes_to_is_kept_all_the_same() -> None:
    publish(NobodyListened())

    assert OutboxEvent.objects.count() == 1
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransactionError, match=r"skillwise\.outbox_probe\.order\.paid\.v1"):
        publish(OrderPaid(number=1))

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_published_and_nobody_was_told() -> None:
    with transaction.atomic():
        publish(OrderPaid(number=1))
        transaction.set_rollback(True)

    assert not OutboxEvent.objects.exists()
    assert outstanding() == 0


@pytest.mark.django_db(transaction=True)
def test_workers_are_told_once_the_transaction_has_committed_and_not_before() -> None:
    with transaction.atomic():
        publish(OrderPaid(number=1))
        told_before = outstanding()

    assert told_before == 0
    assert outstanding() == 2


@pytest.mark.django_db
def test_the_event_remembers_the_request_that_it_was_published_in() -> None:
    with structlog.contextvars.bound_contextvars(request_id="request-1"):
        publish(OrderPaid(number=1))
    publish(OrderPaid(number=2))

    assert list(OutboxEvent.objects.order_by("position").values_list("request_id", flat=True)) == [
        "request-1",
        None,
    ]


@pytest.mark.django_db
def test_publishing_costs_two_statements_however_many_subscribe(
    django_assert_num_queries: Callable[..., object],
) -> None:
    with django_assert_num_queries(2):
        publish(OrderPaid(number=1))


@pytest.mark.django_db
def test_the_database_refuses_a_second_delivery_of_an_event_to_a_subscriber() -> None:
    publish(OrderPaid(number=1))
    delivery = Delivery.objects.first()
    assert delivery

    delivery.pk = new_id()
    with pytest.raises(IntegrityError, match="outbox_delivery_once"), transaction.atomic():
        delivery.save(force_insert=True)


def test_a_subscriber_name_that_is_taken_is_refused() -> None:
    with pytest.raises(TypeError, match=r"'probe\.enrol_buyer' is taken by enrol_buyer"):

        @subscriber("probe.enrol_buyer", OrderPaid)
        def another(event: OrderPaid, context: EventContext) -> None: ...


def test_a_subscriber_of_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match=r"'probe\.of_nothing' names no event"):
        subscriber("probe.of_nothing")
