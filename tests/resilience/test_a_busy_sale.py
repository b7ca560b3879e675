"""The whole house on a busy day: many buy at once, webhooks come twice and in disorder, and again and again
the power fails. Afterwards all is exact.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings
from django.db.models import Sum
from skillwise_catalog.testing import make_course
from skillwise_commerce.models import (
    Discrepancy,
    Entitlement,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    Order,
    Payment,
    ProviderEvent,
)
from skillwise_identity.models import Notification
from skillwise_identity.testing import make_user, tokens_for
from skillwise_kernel.models import Delivery
from skillwise_kernel.testing.processes import Processes
from skillwise_learning.models import Enrollment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CLIENTS = 20
COURSES = 10
PURCHASES = CLIENTS * COURSES
SECRET = "whsec_for_a_busy_sale"
#: How often the web and the worker are killed, by turns.
KILLS = 6
#: An app's patience with a request whose answer was lost, before its user taps once more.
TAPS_AFTER_SECONDS = 3.0


class House:
    """Web, worker and scheduler on the test's database; the first two are killed and started again."""

    def __init__(self, processes: Processes, environment: dict[str, str]) -> None:
        self._processes = processes
        self._environment = environment
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._web = self._start_web()
        self._worker = processes.start_worker()
        processes.start_scheduler()

    def await_web(self) -> None:
        while True:
            try:
                if httpx.get(f"{self.url}/health/live", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)

    def kill_web(self) -> None:
        self.close()
        self._web = self._start_web()

    def kill_worker(self) -> None:
        self._processes.kill(self._worker)
        self._worker = self._processes.start_worker()

    def close(self) -> None:
        os.killpg(self._web.pid, signal.SIGKILL)
        self._web.wait()

    def _start_web(self) -> subprocess.Popen[bytes]:
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
            *("--port", str(self._port), "--workers", "1", "--blocking-threads", "4", "--no-ws"),
            "skillwise_host.wsgi:application",
        ]
        return subprocess.Popen(
            command,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@pytest.fixture
def house(
    child_environment: dict[str, str], sandbox: dict[str, str], processes: Processes
) -> Iterator[House]:
    """It buys at the stand-in, whose webhooks come twice or in disorder, and mails to it."""
    child_environment |= {
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "STRIPE_SECRET_KEY": sandbox["stripe_secret_key"],
        "STRIPE_PUBLISHABLE_KEY": sandbox["stripe_publishable_key"],
        "STRIPE_API_BASE": sandbox["stripe_api_base"],
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "EMAIL_URL": f"smtp://{sandbox['smtp_host']}:{sandbox['smtp_port']}",
    }
    house = House(processes, child_environment)
    control = f"{sandbox['http']}/_control"
    endpoint = {
        "url": f"{house.url}/api/v1/payments/webhooks/stripe/",
        "secret": SECRET,
        "events": ["payment_intent.succeeded", "charge.succeeded"],
    }
    httpx.put(f"{control}/webhook", json=endpoint).raise_for_status()
    for switch in (
        {"mode": "double", "events": ["charge.succeeded"]},
        {"mode": "reorder", "events": ["payment_intent.succeeded"], "count": 7, "seconds": 2},
    ):
        httpx.post(f"{control}/webhooks", json=switch).raise_for_status()
    house.await_web()
    yield house
    house.close()
    httpx.delete(f"{control}/webhook").raise_for_status()
    httpx.post(f"{control}/clear", json={}).raise_for_status()


class Buyer:
    """Somebody with an app that does not give up."""

    def __init__(self, house: House, stripe: str, token: str) -> None:
        self._stripe = stripe
        self._http = httpx.Client(
            base_url=f"{house.url}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=20
        )

    def buy(self, courses: list[UUID]) -> int:
        """One after the other; answers how many."""
        with self._http:
            for course_id in courses:
                self._pay(self._order(course_id))
        return len(courses)

    def _order(self, course_id: UUID) -> dict[str, str]:
        body = {"course_ids": [str(course_id)], "provider": "stripe"}
        key, tapped_at = str(uuid4()), time.monotonic()
        while True:
            if time.monotonic() > tapped_at + TAPS_AFTER_SECONDS:
                key, tapped_at = str(uuid4()), time.monotonic()
            try:
                answer = self._http.post("payments/create/", json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            if answer.status_code == 201:
                payment: dict[str, str] = answer.json()["payment"]
                return payment
            assert answer.status_code in (409, 429, 500, 502, 503), answer.text
            time.sleep(0.2)

    def _pay(self, payment: dict[str, str]) -> None:
        answer = httpx.post(
            f"{self._stripe}/v1/payment_intents/{payment['payment_intent']}/confirm",
            data={
                "key": payment["publishable_key"],
                "client_secret": payment["client_secret"],
                "payment_method": "pm_card_visa",
                "return_url": "skillwise://paid",
            },
            timeout=30,
        )
        assert answer.json()["status"] == "succeeded", answer.text


def test_a_busy_sale_is_exact_whatever_is_killed_and_however_webhooks_come(
    house: House,
    sandbox: dict[str, str],
    eventually: Callable[..., None],
) -> None:
    courses = [make_course(title=f"Course {number}", lessons=1).id for number in range(COURSES)]
    people = [make_user() for _ in range(CLIENTS)]
    buyers = [Buyer(house, sandbox["stripe_api_base"], tokens_for(person).access) for person in people]

    with ThreadPoolExecutor(CLIENTS) as pool:
        sales = [pool.submit(buyer.buy, random.sample(courses, COURSES)) for buyer in buyers]
        kill_again_and_again(house, sales)
    assert sum(sale.result() for sale in sales) == PURCHASES

    eventually(lambda: all_is_delivered(sandbox), within=240)
    assert_books_are_exact()
    assert_everybody_has_what_they_paid_for([person.id for person in people], courses)
    assert receipts(sandbox, [person.email for person in people]) == {
        person.email: COURSES for person in people
    }


def kill_again_and_again(house: House, sales: list[Future[int]]) -> None:
    """While people buy, whenever another seventh of it is ordered: the web, the worker, the web …"""
    for number in range(KILLS):
        share = PURCHASES * (number + 1) // (KILLS + 1)
        while Order.objects.count() < share and not all(sale.done() for sale in sales):
            time.sleep(0.05)
        time.sleep(random.uniform(0, 0.3))  # noqa: S311 - no secret
        (house.kill_worker if number % 2 else house.kill_web)()
    assert not all(sale.done() for sale in sales), "all was over before all was killed"


def all_is_delivered(sandbox: dict[str, str]) -> bool:
    """Stripe tries again what it could not deliver, for days; here, at once."""
    time.sleep(1)
    if Order.objects.filter(status="paid").count() < PURCHASES:
        httpx.post(f"{sandbox['http']}/_control/deliveries/retry", json={}, timeout=60)
        return False
    waiting = Delivery.objects.exclude(status=Delivery.Status.DONE).exists()
    unsent = Notification.objects.filter(sent_at=None).exists()
    return not waiting and not unsent


def assert_books_are_exact() -> None:
    assert Counter(Order.objects.values_list("status", flat=True)) == {"paid": PURCHASES}
    assert Payment.objects.count() == LedgerTransaction.objects.filter(kind="sale").count() == PURCHASES
    assert not Discrepancy.objects.exists()
    taken = Order.objects.aggregate(total=Sum("total_amount"))["total"]
    received = LedgerEntry.objects.filter(account="stripe_clearing", transaction__kind="sale")
    assert received.aggregate(total=Sum("amount_amount"))["total"] == taken
    assert LedgerEntry.objects.aggregate(total=Sum("amount_amount"))["total"] == 0
    numbers = Invoice.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, PURCHASES + 1))
    mails = Counter(Notification.objects.values_list("template", flat=True))
    assert mails["skillwise_commerce/mail/receipt"] == PURCHASES
    assert set(mails.values()) == {PURCHASES}, "each kind of mail once for each purchase"
    assert not ProviderEvent.objects.filter(outcome="").exists()


def assert_everybody_has_what_they_paid_for(people: list[UUID], courses: list[UUID]) -> None:
    bought = sorted((person, course) for person in people for course in courses)
    assert sorted(Entitlement.objects.values_list("user_id", "course_id")) == bought
    assert sorted(Enrollment.objects.values_list("user_id", "course_id")) == bought


def receipts(sandbox: dict[str, str], addresses: list[str]) -> dict[str, int]:
    """How many receipts each has. A mail that a killed worker had handed over already is sent again under the
    same Message-ID, by which mailboxes fold the two into one; each receipt names another invoice.
    """
    received = {}
    for address in addresses:
        mails = httpx.get(f"{sandbox['http']}/mail/api/messages", params={"to": address}).json()
        received[address] = len({mail["text"] for mail in mails if "eceipt" in mail["subject"]})
    return received
