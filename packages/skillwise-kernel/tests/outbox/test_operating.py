from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from outbox_probe.events import CoinTossed, OrderPaid
from outbox_probe.models import Effect
from skillwise_kernel.models import Delivery, OutboxEvent
from skillwise_kernel.outbox import deliver_due, publish

pytestmark = pytest.mark.django_db

DELIVERIES = "/admin/skillwise_kernel/delivery/"


@pytest.fixture
def dead(settings: Any) -> Delivery:
    """A dead letter whose next attempt would succeed."""
    settings.SKILLWISE_OUTBOX = {"MAX_ATTEMPTS": 1}
    publish(CoinTossed(failures_percent=100))
    deliver_due()
    OutboxEvent.objects.update(payload={"failures_percent": 0})
    return Delivery.objects.get(status="dead")


def outbox(*arguments: str) -> str:
    out = StringIO()
    call_command("outbox", *arguments, stdout=out)
    return out.getvalue()


def test_status_tells_how_far_every_subscriber_is(dead: Delivery) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        publish(OrderPaid(number=1))
    waiting = "1 pending (0 failing, oldest of 2026-03-01 12:00:00 UTC), 0 dead"
    Delivery.objects.filter(subscriber="probe.send_receipt").update(subscriber="probe.retired")

    lines = {line.split()[0]: line for line in outbox("status").splitlines()}

    assert lines["probe.call_the_toss"].endswith("0 pending (0 failing), 1 dead")
    assert lines["probe.enrol_buyer"].endswith(
        "1 pending (0 failing, oldest of 2026-03-01 12:00:00 UTC), 0 dead"
    )
    assert lines["probe.retired"].endswith(f"{waiting}  (not in this release)")
    assert lines["probe.take_notes"].endswith("0 pending (0 failing), 0 dead")


def test_dead_lists_dead_letters_and_why_they_died(dead: Delivery) -> None:
    listed = outbox("dead")

    assert str(dead.event_id) in listed
    assert "probe.call_the_toss, 1 attempts: RuntimeError: tails" in listed
    assert outbox("dead", "--subscriber", "probe.enrol_buyer") == ""


@pytest.mark.parametrize("which", ["--all-dead", "--subscriber=probe.call_the_toss", "--event-id={event_id}"])
def test_a_replayed_dead_letter_is_delivered(dead: Delivery, which: str) -> None:
    said = outbox("replay", which.format(event_id=dead.event_id))
    deliver_due(raising=True)

    dead.refresh_from_db()
    assert said == "1 dead letters are delivered again.\n"
    assert dead.status == "done"
    assert Effect.objects.filter(event_id=dead.event_id).count() == 1


@pytest.mark.parametrize(
    "which", ["--subscriber=probe.enrol_buyer", "--event-id=01890a5d-ac96-774b-bcce-b302099a8057"]
)
def test_a_replay_of_others_leaves_a_dead_letter_alone(dead: Delivery, which: str) -> None:
    outbox("replay", which)

    dead.refresh_from_db()
    assert dead.status == "dead"


def test_what_is_done_cannot_be_replayed() -> None:
    publish(OrderPaid(number=1))
    deliver_due()

    outbox("replay", "--all-dead")

    assert deliver_due() == 0


def test_replay_wants_to_be_told_which() -> None:
    with pytest.raises(CommandError, match="--all-dead"):
        outbox("replay")


def test_a_new_subscriber_is_given_the_past_once() -> None:
    old, recent = publish(OrderPaid(number=1)), publish(OrderPaid(number=2))
    publish(CoinTossed(failures_percent=0))
    OutboxEvent.objects.filter(id=old).update(occurred_at=datetime.now(UTC) - timedelta(days=2))
    Delivery.objects.filter(subscriber="probe.enrol_buyer").delete()  # as though it were new

    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    said = [
        outbox("backfill", "probe.enrol_buyer", "--since", yesterday),
        outbox("backfill", "probe.enrol_buyer"),
        outbox("backfill", "probe.enrol_buyer"),
    ]
    deliver_due(raising=True)

    assert [line.split()[0] for line in said] == ["1", "1", "0"]
    effects = Effect.objects.filter(subscriber="probe.enrol_buyer").values_list("event_id", flat=True)
    assert sorted(effects) == [old, recent]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["probe.nobody"], "no subscriber 'probe.nobody'"), (["probe.enrol_buyer", "--since", "once"], "once")],
)
def test_a_backfill_that_makes_no_sense_is_refused(arguments: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        outbox("backfill", *arguments)


def test_the_back_office_shows_dead_letters_and_replays_them(dead: Delivery) -> None:
    client = signed_in(User.objects.create_superuser("operator"))

    page = client.get(DELIVERIES, {"status__exact": "dead", "subscriber": "probe.call_the_toss"})
    answer = client.post(DELIVERIES, {"action": "replay_dead_letters", "_selected_action": [str(dead.id)]})

    dead.refresh_from_db()
    assert str(dead.event_id) in page.content.decode()
    assert answer.status_code == 302
    assert (dead.status, dead.attempts) == ("pending", 0)


def test_whoever_may_only_look_at_deliveries_cannot_replay_them(dead: Delivery) -> None:
    onlooker = User.objects.create_user("onlooker", is_staff=True)
    onlooker.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client = signed_in(onlooker)

    page = client.get(DELIVERIES)
    client.post(DELIVERIES, {"action": "replay_dead_letters", "_selected_action": [str(dead.id)]})

    dead.refresh_from_db()
    assert page.status_code == 200
    assert "replay_dead_letters" not in page.content.decode()
    assert dead.status == "dead"


def test_nobody_changes_events_or_deliveries_in_the_back_office(dead: Delivery) -> None:
    client = signed_in(User.objects.create_superuser("operator"))

    shown = [
        client.get(f"/admin/skillwise_kernel/outboxevent/{dead.event_id}/change/"),
        client.get(f"{DELIVERIES}{dead.id}/change/"),
    ]
    refused = [
        client.get("/admin/skillwise_kernel/outboxevent/add/"),
        client.post(f"{DELIVERIES}{dead.id}/delete/", {"post": "yes"}),
        client.post(f"{DELIVERIES}{dead.id}/change/", {"status": "done"}),
    ]

    assert [answer.status_code for answer in shown] == [200, 200]
    assert [answer.status_code for answer in refused] == [403, 403, 403]


def test_the_list_of_deliveries_costs_the_same_however_long_it_is(
    dead: Delivery, django_assert_num_queries: Any
) -> None:
    client = signed_in(User.objects.create_superuser("operator"))

    with django_assert_num_queries(4):
        client.get(DELIVERIES)
    for number in range(20):
        publish(OrderPaid(number=number))
    with django_assert_num_queries(4):
        client.get(DELIVERIES)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
