"""The page that SSLCOMMERZ's buyers pay on: opened, ended, opened again, forgotten, paid twice."""

import httpx
import pytest
from django.core.cache import cache
from skillwise_commerce.domain.payments import PaymentStatus
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from skillwise_kernel.money import Money
from sslcommerz import PRICE, Sslcommerz, ask

pytestmark = pytest.mark.django_db


def test_a_buyer_is_sent_to_a_page_and_sslcommerz_is_told_nothing_of_them(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    asked = ask(lines=(("Bread", Money(400000, "BDT")), ("রুটি", Money(99900, "BDT"))))

    payment = gateway.start(asked)

    (session,) = sslcommerz.sessions(payment.id)
    assert httpx.get(payment.secret).status_code == 200
    assert (session["total_amount"], session["currency"]) == ("4999.00", "BDT")
    assert (session["product_name"], session["value_a"]) == ("Bread, রুটি", str(asked.order_id))
    assert (session["cus_name"], session["cus_email"]) == ("Customer", "hello@skillwise.example")
    site = "https://api.skillwise.example/api/v1/payments"
    assert session["ipn_url"] == f"{site}/webhooks/sslcommerz/"
    assert {session[f"{end}_url"] for end in ("success", "fail", "cancel")} == {
        f"{site}/returns/{asked.order_id}/"
    }


@pytest.mark.parametrize("outcome", ["fail", "cancel", "expire"])
def test_who_did_not_pay_gets_another_page_and_then_only_that_one_can_be_paid(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz, outcome: str
) -> None:
    asked = ask()
    payment = gateway.start(asked)
    sslcommerz.pay(payment.id, outcome)

    failed = gateway.fetch(payment.id)
    page = gateway.hand_over(failed, asked)["gateway_page_url"]

    assert (failed.status, failed.secret, bool(failed.error_code)) == (PaymentStatus.FAILED, "", True)
    assert page != payment.secret
    assert gateway.hand_over(gateway.fetch(payment.id), asked)["gateway_page_url"] == page
    assert [one["status"] for one in sslcommerz.sessions(payment.id)].count("PENDING") == 1


def test_a_page_that_is_open_cannot_be_canceled_and_one_that_has_ended_is(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    payment = gateway.start(ask())

    assert gateway.cancel(payment.id).status is PaymentStatus.OPEN
    sslcommerz.pay(payment.id, "cancel")
    assert gateway.cancel(payment.id).status is PaymentStatus.CANCELED


def test_a_page_that_is_forgotten_is_still_known_to_be_open(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    asked = ask()
    payment = gateway.start(asked)
    cache.clear()

    known = gateway.fetch(payment.id)
    second = gateway.hand_over(known, asked)["gateway_page_url"]

    assert (known.status, known.secret) == (PaymentStatus.OPEN, "")
    assert second != payment.secret
    assert gateway.cancel(payment.id).status is PaymentStatus.OPEN


def test_two_pages_that_were_both_paid_are_both_counted(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    asked = ask()
    payment = gateway.start(asked)
    cache.clear()
    gateway.hand_over(gateway.fetch(payment.id), asked)
    for _ in range(2):
        sslcommerz.pay(payment.id)

    paid = gateway.fetch(payment.id)

    assert (paid.received, paid.status) == (2 * PRICE.amount, PaymentStatus.SUCCEEDED)
