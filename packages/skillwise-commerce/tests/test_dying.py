"""Whoever processes a webhook may be killed at any moment: afterwards all of it has happened, and once."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Sum
from django.http import HttpResponse
from skillwise_commerce.events import EntitlementsGranted, OrderPaid, ProviderEventStored
from skillwise_commerce.models import (
    Entitlement,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    Order,
    Payment,
    ProviderEvent,
)
from skillwise_commerce.testing import make_order
from skillwise_identity.models import Notification
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.models import Delivery
from stand_in import StandIn, sign

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLED, FINISHED = -9, 0
#: More things than processing a webhook asks of the database: then it goes in circles.
TOO_MANY = 300


class DyingWorker:
    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dying_worker"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ends_with(self, **task: Any) -> int:
        """The exit code of a process that was given this task; `KILLED` when it died at `die_at`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


@pytest.fixture
def dying_worker(child_environment: dict[str, str], stripe: StandIn) -> Iterator[DyingWorker]:
    worker = DyingWorker(
        child_environment
        | {
            "STRIPE_API_BASE": stripe.addresses["stripe_api_base"],
            "DJANGO_SETTINGS_MODULE": "commerce_test_settings",
        }
    )
    yield worker
    worker.close()


@pytest.fixture
def paid_at_stripe(
    make_course: Callable[..., UUID], stripe: StandIn
) -> Callable[[], tuple[UUID, dict[str, Any]]]:
    """`paid_at_stripe()`: a new buyer's order for two courses, paid there, and the event that says so."""
    courses = [make_course(), make_course()]

    def paid() -> tuple[UUID, dict[str, Any]]:
        order_id = make_order(buyer_id=make_user().id, course_ids=courses, now=now())
        order = Order.objects.get(id=order_id)
        intent = stripe.client.v1.payment_intents.create(
            {
                "amount": order.total_amount,
                "currency": order.total_currency.lower(),
                "metadata": {"order_id": str(order_id)},
                "payment_method": "pm_card_visa",
                "payment_method_types": ["card"],
                "confirm": True,
            }
        )
        event = {
            "id": f"evt_{intent.id}",
            "object": "event",
            "type": "payment_intent.succeeded",
            "data": {"object": {"id": intent.id, "object": "payment_intent"}},
        }
        return order_id, event

    return paid


def test_a_worker_killed_at_every_statement_leaves_each_payment_processed_once(
    dying_worker: DyingWorker,
    paid_at_stripe: Callable[[], tuple[UUID, dict[str, Any]]],
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
    published: Callable[..., list[Any]],
) -> None:
    orders = []
    for die_at in range(1, TOO_MANY):
        order_id, event = paid_at_stripe()
        orders.append(order_id)
        post_event(event)

        ended = dying_worker.ends_with(die_at=die_at)

        let_time_pass()
        deliver_events()
        assert_paid_once(order_id)
        if ended == FINISHED:
            break
        assert ended == KILLED

    assert ended == FINISHED
    assert die_at > 30, "it was killed at every statement, of which there are more than these"
    assert_books_are_exact(orders, published)


def test_a_process_killed_at_every_statement_of_storing_a_webhook_stores_it_once(
    dying_worker: DyingWorker,
    paid_at_stripe: Callable[[], tuple[UUID, dict[str, Any]]],
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
    published: Callable[..., list[Any]],
) -> None:
    orders = []
    for die_at in range(1, TOO_MANY):
        order_id, event = paid_at_stripe()
        orders.append(order_id)
        body = json.dumps(event, indent=2)

        ended = dying_worker.ends_with(die_at=die_at, body=body, signature=sign(body))

        if ended == KILLED:  # nobody answered Stripe, which sends it again
            assert post_event(event).status_code == 200
        deliver_events()
        assert_paid_once(order_id)
        assert ProviderEvent.objects.filter(provider_event_id=event["id"]).count() == 1
        if ended == FINISHED:
            break
        assert ended == KILLED

    assert ended == FINISHED
    assert die_at > 5, "it was killed at every statement, of which there are more than these"
    assert len(published(ProviderEventStored)) == len(orders)
    assert_books_are_exact(orders, published)


def let_time_pass() -> None:
    """What was begun by the process that was killed is due again."""
    Delivery.objects.filter(status=Delivery.Status.PENDING).update(next_attempt_at=now())


def assert_paid_once(order_id: UUID) -> None:
    order = Order.objects.get(id=order_id)
    assert order.status == "paid"
    assert Payment.objects.filter(order=order).count() == 1
    assert Invoice.objects.filter(order=order).count() == 1
    assert Entitlement.objects.filter(user_id=order.buyer_id, ended_at=None).count() == 2
    assert (
        Notification.objects.filter(
            user_id=order.buyer_id, template="skillwise_commerce/mail/receipt"
        ).count()
        == 1
    )


def assert_books_are_exact(orders: list[UUID], published: Callable[..., list[Any]]) -> None:
    total = sum(Order.objects.values_list("total_amount", flat=True))
    balances = {
        row["account"]: row["balance"]
        for row in LedgerEntry.objects.values("account").annotate(balance=Sum("amount_amount"))
    }
    assert sum(balances.values()) == 0
    assert balances["stripe_clearing"] == total
    assert LedgerTransaction.objects.filter(kind="sale").count() == len(orders)
    numbers = Invoice.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, len(orders) + 1))
    for fact in (OrderPaid, EntitlementsGranted):
        assert Counter(event.order_id for event in published(fact)) == dict.fromkeys(orders, 1)
