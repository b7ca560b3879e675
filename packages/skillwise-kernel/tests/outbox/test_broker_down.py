"""A broker that is down or hangs fails no write, and costs next to nothing."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dramatiq
import pytest
from django.conf import settings
from django.db import transaction
from outbox_probe.events import OrderPaid
from skillwise_kernel.broker import BrokerUnavailableError, wake_worker
from skillwise_kernel.embedded import EmbeddedValkey
from skillwise_kernel.models import Delivery
from skillwise_kernel.outbox import publish
from skillwise_kernel.outbox.announcing import outstanding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hanging_broker(folder: Path) -> Iterator[socket.socket]:
    """Whoever connects is let in, and never answered."""
    path = folder / "hanging.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1000)
        broker = dramatiq.get_broker()
        broker.connect(f"unix://{path}")
        yield listener
        broker.connect(settings.DRAMATIQ_BROKER["OPTIONS"]["url"])


@pytest.mark.usefixtures("valkey_down")
def test_a_broker_that_is_down_fails_no_publish() -> None:
    seconds = time_of(pay_an_order)

    assert Delivery.objects.count() == 2
    assert seconds < 0.5


@pytest.mark.usefixtures("hanging_broker")
def test_a_broker_that_hangs_costs_the_first_publish_half_a_second_and_the_others_nothing() -> None:
    first = time_of(pay_an_order)
    others = time_of(lambda: [pay_an_order() for _ in range(20)])

    assert Delivery.objects.count() == 42
    assert first < 1
    assert others < 1


@pytest.mark.usefixtures("valkey_down")
def test_enqueueing_as_such_says_that_the_broker_is_unavailable_and_then_says_so_at_once() -> None:
    message = dramatiq.Message("outbox", "outbox.deliver", ("x",), {}, {})

    with pytest.raises(BrokerUnavailableError, match="does not answer"):
        dramatiq.get_broker().enqueue(message)
    with pytest.raises(BrokerUnavailableError, match="a moment ago"):
        dramatiq.get_broker().enqueue(message)


@pytest.fixture
def soon_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brokers that are made from here on leave one that does not answer alone for a moment only."""
    monkeypatch.setattr("skillwise_kernel.broker._OPEN_SECONDS", 0.2)


def test_a_broker_that_is_back_is_used_again(soon_tried_again: None, valkey: EmbeddedValkey) -> None:
    valkey.stop()
    sent_while_down = wake_worker("outbox.deliver", "x", queue="outbox")
    valkey.start()

    time.sleep(0.3)
    sent_then = [wake_worker("outbox.deliver", "x", queue="outbox") for _ in range(2)]

    assert not sent_while_down
    assert sent_then == [True, True]
    assert outstanding() == 2


def test_a_broker_that_was_restarted_between_two_requests_is_not_taken_to_be_down(
    valkey: EmbeddedValkey,
) -> None:
    before = wake_worker("outbox.deliver", "x", queue="outbox")
    valkey.stop()
    valkey.start()

    assert before
    assert wake_worker("outbox.deliver", "x", queue="outbox")


def pay_an_order() -> None:
    with transaction.atomic():
        publish(OrderPaid(number=1))


def time_of(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
