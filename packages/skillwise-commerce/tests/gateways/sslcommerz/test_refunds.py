"""Refunds at SSLCOMMERZ, which are made in taka whatever was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skillwise_commerce.domain.payments import ProviderPayment
from skillwise_commerce.errors import RefundRefusedError
from skillwise_commerce.gateways import RefundRequest
from skillwise_commerce.gateways.sslcommerz.amounts import share_of
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from sslcommerz import Sslcommerz, ask

pytestmark = pytest.mark.django_db


def refund_of(payment: ProviderPayment, amount: Money) -> RefundRequest:
    return RefundRequest(refund_id=new_id(), attempt=0, payment_id=payment.id, amount=amount, reason="Why")


def test_a_refund_of_another_currency_is_its_share_of_the_taka(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    payment = gateway.start(ask(Money(4999, "USD")))
    sslcommerz.pay(payment.id)

    gateway.refund(refund_of(payment, Money(1000, "USD")))
    rest = gateway.refund(refund_of(payment, Money(3999, "USD")))

    assert rest.amount == Money(3999, "USD")
    with pytest.raises(RefundRefusedError):
        gateway.refund(refund_of(payment, Money(1, "USD")))


def test_a_refund_in_another_currency_than_the_payments_is_refused(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    payment = gateway.start(ask())
    sslcommerz.pay(payment.id)

    with pytest.raises(RefundRefusedError):
        gateway.refund(refund_of(payment, Money(1000, "USD")))


@given(
    taka=st.integers(1000, 50_000_000),
    parts=st.lists(st.integers(1, 10_000), min_size=1, max_size=6),
)
def test_the_shares_of_all_parts_are_never_more_than_was_charged(taka: int, parts: list[int]) -> None:
    whole = Money(sum(parts), "USD")

    shares = [share_of(f"{taka / 100:.2f}", part=Money(part, "USD"), whole=whole) for part in parts]

    assert sum(round(float(share) * 100) for share in shares) <= taka
    assert share_of(f"{taka / 100:.2f}", part=whole, whole=whole) == f"{taka / 100:.2f}"
