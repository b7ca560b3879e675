"""What providers keep of payments: booked once they know, and nothing waits for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from skillwise_commerce.gateways import get_gateway
from skillwise_commerce.gateways.stripe import StripeGateway
from skillwise_commerce.models import LedgerEntry, LedgerTransaction, Payment
from skillwise_commerce.services.fees import book_payment_fees
from skillwise_commerce.services.settlement import settle
from skillwise_kernel.clock import now
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(
    buyer: ApiClient,
    buy: Callable[..., HttpResponse],
    make_course: Callable[..., UUID],
    stripe: StandIn,
) -> Payment:
    """Of 100 dollars, at the stand-in."""
    intent = buyer.json(buy(buyer, make_course(price=Money(10000, "USD"))))["payment"]["payment_intent"]
    stripe.pay(intent)
    settle(get_gateway("stripe").fetch(intent), now=now())
    return Payment.objects.get()


def fees() -> list[int]:
    booked = LedgerEntry.objects.filter(account="fees", transaction__kind="fee")
    return list(booked.values_list("amount_amount", flat=True))


def test_what_stripe_keeps_is_booked_once(payment: Payment, stripe: StandIn) -> None:
    assert [book_payment_fees(now=now()) for _ in range(2)] == [1, 0]

    intent = stripe.client.v1.payment_intents.retrieve(
        payment.provider_payment_id, {"expand": ["latest_charge.balance_transaction"]}
    )
    assert fees() == [intent.latest_charge.balance_transaction.fee]
    assert LedgerTransaction.objects.get(kind="fee").reference == f"payment:{payment.id}"


def test_what_stripe_does_not_know_yet_is_asked_again(
    payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(StripeGateway, "fee_of", lambda self, payment_id: None)
        assert book_payment_fees(now=now()) == 0

    assert book_payment_fees(now=now()) == 1


def test_while_stripe_does_not_answer_nothing_is_lost(payment: Payment, stripe: StandIn) -> None:
    path = f"/v1/payment_intents/{payment.provider_payment_id}"
    stripe.fail_calls(mode="before", method="GET", path=path, times=3)
    assert book_payment_fees(now=now()) == 0

    assert book_payment_fees(now=now()) == 1


def test_a_payment_of_long_ago_is_not_asked_about_for_ever(payment: Payment) -> None:
    later: Any = now() + timedelta(days=8)

    assert book_payment_fees(now=later) == 0
    assert fees() == []
