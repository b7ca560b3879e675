from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from outbox_probe import subscribers
from outbox_probe.events import BreadBurnt, CoinTossed, OrderPaid, PairSplit, ProcessDoomed, RubbishSpoken
from outbox_probe.models import Effect
from outbox_probe.subscribers import ProcessKilledError
from skillwise_kernel.models import Delivery, OutboxEvent
from skillwise_kernel.outbox import deliver_due, publish
from skillwise_kernel.outbox.delivery import backoff, deliver

pytestmark = pytest.mark.django_db


def test_a_delivery_is_done_with_its_effect_and_not_made_again() -> None:
    event_id = publish(OrderPaid(number=1))

    made = deliver_due(), deliver_due()

    assert made == (2, 0)
    assert set(Effect.objects.values_list("event_id", "subscriber")) == {
        (event_id, "probe.enrol_buyer"),
        (event_id, "probe.send_receipt"),
    }
    assert set(Delivery.objects.values_list("status", "attempts")) == {("done", 1)}


def test_a_limit_is_kept() -> None:
    publish(OrderPaid(number=1))

    assert deliver_due(limit=1) == 1
    assert Delivery.objects.filter(status="pending").count() == 1


def test_a_handler_is_told_where_the_event_comes_from_and_so_are_its_log_lines() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(at, tick=False), structlog.contextvars.bound_contextvars(request_id="r-1"):
        event_id = publish(OrderPaid(number=1))

    deliver_due()

    context, bound = subscribers.contexts[-1]
    assert (context.event_id, context.occurred_at, context.request_id, context.attempt) == (
        event_id,
        at,
        "r-1",
        1,
    )
    assert bound == {"event_id": str(event_id), "subscriber": "probe.enrol_buyer", "request_id": "r-1"}
    assert structlog.contextvars.get_contextvars() == {}


def test_what_a_failing_handler_wrote_is_taken_back_and_its_error_is_kept() -> None:
    publish(CoinTossed(failures_percent=100))

    assert deliver_due() == 1

    delivery = Delivery.objects.get()
    assert not Effect.objects.exists()
    assert (delivery.status, delivery.attempts) == ("pending", 1)
    assert delivery.last_error.startswith("Traceback")
    assert delivery.last_error.endswith("RuntimeError: tails\n")


def test_a_subscriber_keeps_its_failure_where_it_wants_to() -> None:
    event_id = publish(BreadBurnt())

    deliver_due()

    assert subscribers.failures[-1] == (event_id, 1, "RuntimeError('charcoal')")
    assert Effect.objects.get().subscriber == "probe.keep_failure"


def test_a_failure_that_cannot_be_kept_elsewhere_is_recorded_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subscribers, "failures", None)  # keep_failure cannot append to it
    publish(BreadBurnt())

    deliver_due()

    assert not Effect.objects.exists()
    assert Delivery.objects.get().last_error.endswith("RuntimeError: charcoal\n")


def test_a_constraint_that_is_checked_at_the_end_counts_as_the_handlers_failure() -> None:
    publish(PairSplit())

    deliver_due()

    delivery = Delivery.objects.get()
    assert not Effect.objects.exists()
    assert delivery.status == "pending"
    assert "IntegrityError" in delivery.last_error


def test_one_subscribers_failure_keeps_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribers, "contexts", None)  # enrol_buyer cannot append to it
    publish(OrderPaid(number=1))

    assert deliver_due() == 2

    assert dict(Delivery.objects.values_list("subscriber", "status")) == {
        "probe.enrol_buyer": "pending",
        "probe.send_receipt": "done",
    }


def test_a_failure_is_raised_on_request_once_it_is_recorded() -> None:
    publish(CoinTossed(failures_percent=100))

    with pytest.raises(RuntimeError, match="tails"):
        deliver_due(raising=True)

    assert Delivery.objects.get().attempts == 1


def test_nobody_speeds_up_a_retry_by_delivering_again_and_again(settings: Any) -> None:
    settings.SKILLWISE_OUTBOX = {"BACKOFF_BASE_SECONDS": 60}
    publish(CoinTossed(failures_percent=100))
    deliver_due()
    delivery = Delivery.objects.get()

    again = [deliver(delivery.id) for _ in range(5)]

    delivery.refresh_from_db()
    assert again == [False] * 5
    assert delivery.attempts == 1


def test_a_delivery_that_fails_as_often_as_allowed_dies_and_is_left_alone(settings: Any) -> None:
    settings.SKILLWISE_OUTBOX = {"MAX_ATTEMPTS": 3}
    publish(CoinTossed(failures_percent=100))

    with time_machine.travel(datetime.now(UTC)) as traveller:
        for _ in range(5):
            deliver_due()
            traveller.shift(timedelta(hours=2))

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("dead", 3)


def test_a_handler_that_kills_its_process_waits_longer_each_time_and_dies_too(settings: Any) -> None:
    settings.SKILLWISE_OUTBOX = {"MAX_ATTEMPTS": 3, "BACKOFF_BASE_SECONDS": 60}
    publish(ProcessDoomed())

    with time_machine.travel(datetime.now(UTC)) as traveller:
        for _ in range(3):
            with pytest.raises(ProcessKilledError):
                deliver_due()
            assert deliver_due() == 0  # not due again yet
            traveller.shift(timedelta(hours=2))
        assert deliver_due() == 0

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("dead", 3)
    assert "its process was killed" in delivery.last_error
    assert not Effect.objects.exists()


def test_an_error_whose_text_cannot_be_stored_is_recorded_all_the_same() -> None:
    publish(RubbishSpoken())

    assert deliver_due() == 1

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("pending", 1)
    assert delivery.last_error.endswith("ValueError: a\\x00b\\ud800c\n")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (
            {"name": "skillwise.outbox_probe.forgotten.v1"},
            "UnknownEventError: skillwise.outbox_probe.forgotten.v1",
        ),
        ({"payload": {}}, "TypeError"),
    ],
)
def test_an_event_that_this_release_cannot_read_stays_visible_as_a_failure(
    change: dict[str, Any], error: str
) -> None:
    publish(CoinTossed(failures_percent=0))
    OutboxEvent.objects.update(**change)

    deliver_due()

    delivery = Delivery.objects.get()
    assert delivery.status == "pending"
    assert error in delivery.last_error


def test_a_subscriber_that_this_release_does_not_have_stays_visible_as_a_failure() -> None:
    publish(CoinTossed(failures_percent=0))
    Delivery.objects.update(subscriber="probe.retired")

    deliver_due()

    delivery = Delivery.objects.get()
    assert delivery.status == "pending"
    assert "UnknownSubscriberError: probe.retired" in delivery.last_error


def test_members_that_a_newer_release_added_are_passed_over() -> None:
    publish(OrderPaid(number=1))
    OutboxEvent.objects.update(payload={"number": 1, "added_later": True})

    deliver_due(raising=True)

    assert set(Delivery.objects.values_list("status", flat=True)) == {"done"}


def test_the_wait_after_a_failure_doubles_up_to_the_greatest_and_varies(settings: Any) -> None:
    settings.SKILLWISE_OUTBOX = {"BACKOFF_BASE_SECONDS": 10, "BACKOFF_MAX_SECONDS": 100}

    for attempts, longest in [(1, 10), (2, 20), (3, 40), (4, 80), (5, 100), (1000, 100)]:
        waits = {backoff(attempts).total_seconds() for _ in range(200)}

        assert longest / 2 <= min(waits) < longest * 0.55
        assert longest * 0.95 < max(waits) <= longest


def test_a_misspelt_setting_is_refused(settings: Any) -> None:
    settings.SKILLWISE_OUTBOX = {"MAX_ATTEMPT": 3}

    with pytest.raises(TypeError, match="MAX_ATTEMPT"):
        backoff(1)


def test_a_publisher_whose_clock_is_fast_delays_no_first_attempt() -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        publish(CoinTossed(failures_percent=0))

    assert deliver_due() == 1
