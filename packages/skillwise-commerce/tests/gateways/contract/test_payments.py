"""With every provider a payment is begun once, handed over, made or canceled, and told to the minor unit."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from benches import Bench
from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment, ProviderRefund
from skillwise_commerce.errors import ProviderUnavailableError
from skillwise_commerce.gateways import PaymentGateway, PaymentRequest
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db


def test_starting_twice_with_the_same_request_is_one_payment(
    gateway: PaymentGateway, bench: Bench, asked: PaymentRequest
) -> None:
    first, second = gateway.start(asked), gateway.start(asked)

    assert (first.id, first.secret) == (second.id, second.secret)
    assert (first.status, first.order_id) == (PaymentStatus.OPEN, asked.order_id)
    assert bench.begun(first) == 1


def test_a_lost_answer_leads_to_the_one_payment_that_can_be_made(
    gateway: PaymentGateway, bench: Bench, asked: PaymentRequest
) -> None:
    bench.stand_in.fail_calls(mode="after", method="POST", times=3)
    with pytest.raises(ProviderUnavailableError):
        gateway.start(asked)
    bench.behave()

    payment = gateway.start(asked)
    bench.pay(payment)

    assert gateway.fetch(payment.id).pays(asked.total)


def test_another_attempt_is_another_payment(gateway: PaymentGateway, asked: PaymentRequest) -> None:
    again = PaymentRequest(
        order_id=asked.order_id, attempt=1, total=asked.total, customer_id=asked.customer_id
    )

    assert gateway.start(asked).id != gateway.start(again).id


def test_the_app_is_handed_what_it_needs_again_and_again(
    gateway: PaymentGateway, bench: Bench, payment: ProviderPayment, asked: PaymentRequest
) -> None:
    handed = gateway.hand_over(payment, asked)
    again = gateway.hand_over(gateway.fetch(payment.id), asked)

    assert handed["provider"] == gateway.provider
    assert all(handed.values())
    assert payment.secret in handed.values()
    assert payment.secret in again.values()
    assert bench.begun(payment) == 1


def test_what_is_paid_is_fetched_to_the_minor_unit(
    gateway: PaymentGateway, bench: Bench, payment: ProviderPayment, asked: PaymentRequest
) -> None:
    before = gateway.fetch(payment.id)
    bench.pay(payment)
    after = gateway.fetch(payment.id)

    assert (before.status, before.received) == (PaymentStatus.OPEN, 0)
    assert (after.status, after.is_risky) == (PaymentStatus.SUCCEEDED, False)
    assert (after.id, after.order_id, after.provider) == (payment.id, asked.order_id, gateway.provider)
    assert after.pays(asked.total)
    assert gateway.fetch(payment.id) == after


def test_after_a_refusal_the_same_payment_is_made_all_the_same(
    gateway: PaymentGateway, bench: Bench, payment: ProviderPayment, asked: PaymentRequest
) -> None:
    bench.pay(payment, succeeds=False)
    failed = gateway.fetch(payment.id)
    gateway.hand_over(failed, asked)
    bench.pay(payment)

    assert (failed.status, failed.received, bool(failed.error_code)) == (PaymentStatus.FAILED, 0, True)
    assert gateway.fetch(payment.id).pays(asked.total)


def test_who_is_told_that_a_payment_is_canceled_is_told_the_truth(
    gateway: PaymentGateway, bench: Bench, payment: ProviderPayment
) -> None:
    bench.pay(payment, succeeds=False)

    canceled = gateway.cancel(payment.id)

    assert canceled.status is PaymentStatus.CANCELED
    with suppress(Exception):  # each provider says in its own way that it is too late
        bench.pay(payment)
    assert gateway.fetch(payment.id).received == 0


def test_what_is_paid_cannot_be_canceled(gateway: PaymentGateway, paid: ProviderPayment) -> None:
    assert gateway.cancel(paid.id) == paid


def test_what_the_provider_keeps_is_known_once_it_is_paid(
    gateway: PaymentGateway, bench: Bench, payment: ProviderPayment
) -> None:
    before = gateway.fee_of(payment.id)
    bench.pay(payment)
    fee = gateway.fee_of(payment.id)

    assert before is None
    assert fee is not None
    assert (fee.fee, fee.payment_id, bool(fee.reference)) == (bench.fee, payment.id, True)


def test_list_since_finds_what_was_paid_and_given_back(
    gateway: PaymentGateway, paid: ProviderPayment, give_back: Callable[..., ProviderRefund]
) -> None:
    refund = give_back(1000)

    def found(identifier: str) -> object:
        return next(one for one in gateway.list_since(now() - timedelta(hours=1)) if one.id == identifier)

    assert found(paid.id) == paid
    assert found(refund.id) == gateway.fetch_refund(refund.id)
