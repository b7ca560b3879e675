"""Buying through SSLCOMMERZ: the whole way over HTTP, and what an IPN, a page and a person can do wrong."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from endpoints import problem
from pytest_django.live_server_helper import LiveServer
from skillwise_commerce.errors import ProviderUnavailableError
from skillwise_commerce.events import OrderPaid
from skillwise_commerce.models import Discrepancy, Invoice, LedgerEntry, Order, Payment, ProviderEvent
from skillwise_commerce.services.expiry import expire_orders
from skillwise_commerce.services.webhooks import process_provider_event
from skillwise_commerce.testing import make_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from sslcommerz import PRICE, SESSION, TRANSACTION, Sslcommerz, fields_of, signed_ipn

WEBHOOK = "/api/v1/payments/webhooks/sslcommerz/"
DEADLINE = 15

Buy = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]
Deliver = Callable[..., int]

pytestmark = pytest.mark.django_db


@pytest.fixture
def ordered(buyer: ApiClient, buy: Buy, make_course: MakeCourse, sslcommerz: Sslcommerz) -> tuple[Order, str]:
    """An order that waits to be paid, and its `tran_id`."""
    answer = buyer.json(buy(buyer, make_course(price=PRICE), provider="sslcommerz"))
    order = Order.objects.get(id=answer["order"]["id"])
    assert order.provider_payment_id
    return order, order.provider_payment_id


@pytest.fixture
def hear(api: ApiClient) -> Callable[[str], HttpResponse]:
    """`hear(body)`: what the webhook answers to this IPN."""

    def hear(body: str) -> HttpResponse:
        return api.post(WEBHOOK, data=body, content_type="application/x-www-form-urlencoded")

    return hear


def statuses(order: Order) -> list[str]:
    return [move.to_status for move in order.transitions.all()]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [None, "double", "delay"])
def test_a_course_is_bought_on_sslcommerzs_page_whatever_becomes_of_the_ipn(
    api: ApiClient,
    buy: Buy,
    make_course: MakeCourse,
    sslcommerz: Sslcommerz,
    live_server: LiveServer,
    settings: Any,
    deliver_events: Deliver,
    published: Callable[..., list[Any]],
    trouble: str | None,
) -> None:
    settings.PUBLIC_URL = live_server.url
    sslcommerz.stand_in.behave()
    if trouble:
        sslcommerz.stand_in.break_webhooks(mode=trouble, events=["sslcommerz.*"], seconds=0.3)
    buyer = api.as_actor(make_user().id)
    answer = buyer.json(buy(buyer, make_course(price=PRICE), provider="sslcommerz"))

    tran_id = answer["payment"]["payment_id"]

    sslcommerz.pay(tran_id)

    def is_paid() -> bool:
        deliver_events()
        is_told = sslcommerz.has_told(tran_id)
        return is_told and Order.objects.get(id=answer["order"]["id"]).status == "paid"

    deadline = time.monotonic() + DEADLINE
    while not is_paid():
        assert time.monotonic() < deadline, "it was not paid in time"
        time.sleep(0.05)
    assert Payment.objects.get().amount == PRICE
    assert Payment.objects.count() == Invoice.objects.count() == len(published(OrderPaid)) == 1
    assert ProviderEvent.objects.count() == 1
    assert set(answer["payment"]) == {"provider", "payment_id", "gateway_page_url"}


def test_a_second_device_gets_the_same_page(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, sslcommerz: Sslcommerz
) -> None:
    course = make_course(price=PRICE)

    first, second = (buyer.json(buy(buyer, course, provider="sslcommerz")) for _ in range(2))

    assert first["payment"] == second["payment"]
    assert first["order"]["id"] == second["order"]["id"]
    assert len(sslcommerz.stand_in.calls(*SESSION)) == 1


def test_after_a_refusal_the_buyer_tries_again_on_another_page_of_the_same_order(
    buyer: ApiClient,
    buy: Buy,
    ordered: tuple[Order, str],
    hear: Callable[[str], HttpResponse],
    sslcommerz: Sslcommerz,
    deliver_events: Deliver,
) -> None:
    order, tran_id = ordered
    sslcommerz.pay(tran_id, "fail")
    hear(sslcommerz.ipns(tran_id)[0])
    deliver_events()
    order.refresh_from_db()
    assert (order.status, order.failure_code) == ("failed", "Declined by the issuer")

    course_id = order.lines.get().course_id
    again = buyer.json(buy(buyer, course_id, provider="sslcommerz"))
    sslcommerz.pay(tran_id)
    hear(sslcommerz.ipns(tran_id)[0])
    deliver_events()

    assert again["order"]["id"] == str(order.id)
    assert statuses(order) == ["pending", "failed", "pending", "paid"]


def test_while_a_page_can_be_paid_nothing_else_is_charged_for_its_course(
    buyer: ApiClient, buy: Buy, ordered: tuple[Order, str], sslcommerz: Sslcommerz
) -> None:
    order, tran_id = ordered
    course_id = order.lines.get().course_id

    problem(buy(buyer, course_id, provider="stripe"), 409, "commerce.payment_in_progress")
    sslcommerz.pay(tran_id, "cancel")
    after = buy(buyer, course_id, provider="stripe")

    order.refresh_from_db()
    assert order.status == "canceled"
    assert after.status_code == 503, "it went on to Stripe, which is not there in this test"


def test_a_risky_payment_waits_for_a_person(
    ordered: tuple[Order, str],
    hear: Callable[[str], HttpResponse],
    sslcommerz: Sslcommerz,
    deliver_events: Deliver,
    published: Callable[..., list[Any]],
) -> None:
    order, tran_id = ordered
    sslcommerz.pay(tran_id, risk_level=1)

    for _ in range(2):
        hear(sslcommerz.ipns(tran_id)[0])
    deliver_events()

    order.refresh_from_db()
    noted = Discrepancy.objects.get()
    assert (order.status, noted.kind, noted.order_id) == ("held", "risky_payment", order.id)
    assert (noted.received_amount, noted.received_currency) == (PRICE.amount, "BDT")
    assert not Payment.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert published(OrderPaid) == []


@pytest.mark.parametrize("charged", ["10.00", "4998.99", "4999.01"])
def test_another_amount_than_asked_is_held(
    ordered: tuple[Order, str],
    hear: Callable[[str], HttpResponse],
    sslcommerz: Sslcommerz,
    deliver_events: Deliver,
    charged: str,
) -> None:
    order, tran_id = ordered
    sslcommerz.pay(tran_id, charged=charged)

    hear(sslcommerz.ipns(tran_id)[0])
    deliver_events()

    order.refresh_from_db()
    assert (order.status, Discrepancy.objects.get().kind) == ("held", "amount_mismatch")
    assert not Payment.objects.exists()


def test_a_second_page_that_was_paid_as_well_is_noted_and_not_booked(
    ordered: tuple[Order, str],
    hear: Callable[[str], HttpResponse],
    sslcommerz: Sslcommerz,
    deliver_events: Deliver,
) -> None:
    order, tran_id = ordered
    sslcommerz.open_again(tran_id)
    for _ in range(2):
        sslcommerz.pay(tran_id)
        hear(sslcommerz.ipns(tran_id)[0])
        deliver_events()

    order.refresh_from_db()
    noted = Discrepancy.objects.get()
    assert (order.status, Payment.objects.get().amount) == ("paid", PRICE)
    assert (noted.kind, noted.received_amount) == ("paid_twice", 2 * PRICE.amount)


def test_an_ipn_that_claims_what_sslcommerz_does_not_confirm_pays_nothing(
    ordered: tuple[Order, str],
    hear: Callable[[str], HttpResponse],
    sslcommerz: Sslcommerz,
    deliver_events: Deliver,
) -> None:
    order, tran_id = ordered
    claim = {"tran_id": tran_id, "status": "VALID", "val_id": "forged", "amount": "4999.00"}

    assert hear(signed_ipn(claim)).status_code == 200
    deliver_events()

    order.refresh_from_db()
    assert (order.status, ProviderEvent.objects.get().outcome) == ("pending", "repeated")


def test_an_ipn_about_a_payment_that_nobody_knows_is_kept_and_harmless(
    sslcommerz: Sslcommerz,
    hear: Callable[[str], HttpResponse],
    deliver_events: Deliver,
) -> None:
    for tran_id in ("somebody-elses", "GAYTEMZUGU3DOOBZGAYTEMZUGU-0"):
        assert hear(signed_ipn({"tran_id": tran_id, "status": "VALID"})).status_code == 200
    deliver_events()

    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"unknown_payment"}


def test_an_ipn_of_somebody_else_or_without_signature_is_refused_and_not_stored(
    ordered: tuple[Order, str], hear: Callable[[str], HttpResponse], sslcommerz: Sslcommerz
) -> None:
    _, tran_id = ordered
    sslcommerz.pay(tran_id)
    body = sslcommerz.ipns(tran_id)[0]

    for forged in (body.replace("4999.00", "1.00"), body.replace("verify_sign=", "x="), "", "a=b"):
        problem(hear(forged), 400, "commerce.webhook_signature_invalid")
    assert not ProviderEvent.objects.exists()


def test_sslcommerz_in_trouble_delays_an_ipn_and_loses_nothing(
    ordered: tuple[Order, str],
    hear: Callable[[str], HttpResponse],
    sslcommerz: Sslcommerz,
    deliver_events: Deliver,
) -> None:
    order, tran_id = ordered
    sslcommerz.pay(tran_id)
    sslcommerz.stand_in.fail_calls(mode="status", status=503, path=TRANSACTION[1], times=None)
    hear(sslcommerz.ipns(tran_id)[0])
    with pytest.raises(ProviderUnavailableError):
        deliver_events()
    assert ProviderEvent.objects.get().processed_at is None

    sslcommerz.behave()
    process_provider_event(provider_event_id=ProviderEvent.objects.get().id, now=now())

    order.refresh_from_db()
    assert order.status == "paid"


def test_coming_back_from_the_page_decides_nothing_and_leads_to_the_app(
    ordered: tuple[Order, str], sslcommerz: Sslcommerz, deliver_events: Deliver
) -> None:
    order, tran_id = ordered
    sslcommerz.pay(tran_id, "fail")
    claimed = fields_of(sslcommerz.ipns(tran_id)[0]) | {"status": "VALID"}
    browser = Client(enforce_csrf_checks=True)

    back = browser.post(f"/api/v1/payments/returns/{order.id}/", claimed, headers={"Origin": "null"})
    lost = browser.post(f"/api/v1/payments/returns/{new_id()}/")
    deliver_events()

    order.refresh_from_db()
    assert (back.status_code, lost.status_code) == (303, 303)
    assert back["Location"] == f"https://app.skillwise.example/orders/{order.id}"
    assert (order.status, ProviderEvent.objects.count()) == ("pending", 0)


def test_where_there_is_no_store_it_is_not_offered(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, settings: Any, hear: Callable[[str], HttpResponse]
) -> None:
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {"SSLCOMMERZ_STORE_PASSWORD": ""}

    refused = buy(buyer, make_course(price=PRICE), provider="sslcommerz")

    problem(refused, 409, "commerce.provider_not_offered")
    problem(hear("tran_id=1"), 409, "commerce.provider_not_offered")
    assert not Order.objects.exists()


def test_an_order_expires_once_its_page_can_no_longer_be_paid_and_not_before(
    ordered: tuple[Order, str], sslcommerz: Sslcommerz
) -> None:
    order, tran_id = ordered
    late = order.created_at + timedelta(days=2)

    closed_early = expire_orders(now=late)
    sslcommerz.pay(tran_id, "expire")
    closed = expire_orders(now=late)

    order.refresh_from_db()
    assert (closed_early, closed, order.status) == (0, 1, "expired")


def test_where_there_is_no_store_other_providers_orders_expire_all_the_same(
    buyer_id: UUID, make_course: MakeCourse, settings: Any
) -> None:
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {"SSLCOMMERZ_STORE_ID": ""}
    make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())

    assert expire_orders(now=now() + timedelta(days=2)) == 1
