"""Every provider's gateway has what the port has, and says no in the port's words, whatever it is asked."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from benches import Bench
from skillwise_commerce.domain.payments import ProviderPayment, ProviderRefund
from skillwise_commerce.errors import (
    DisputeNotFoundError,
    PaymentNotFoundError,
    ProviderUnavailableError,
    RefundNotFoundError,
    RefundRefusedError,
)
from skillwise_commerce.gateways import PROVIDERS, PaymentGateway, PaymentRequest, RefundRequest
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

pytestmark = pytest.mark.django_db


def test_it_has_every_method_of_the_port_as_the_port_has_it(provider: str) -> None:
    methods = {name: method for name, method in vars(PaymentGateway).items() if inspect.isfunction(method)}
    ours = PROVIDERS[provider]

    for name, method in methods.items():
        if not name.startswith("_"):
            assert inspect.signature(getattr(ours, name)) == inspect.signature(method), name
    assert ours.provider == provider
    assert ours.webhook_form.sender


@pytest.mark.parametrize("name", ["unknown", "GAYTEMZUGU3DOOBZGAYTEMZUGU-0", "", "x" * 300])
def test_what_it_does_not_know_it_says_it_does_not_know(
    gateway: PaymentGateway, bench: Bench, name: str
) -> None:
    if not name and gateway.provider == "stripe":
        pytest.skip("Stripe's library refuses an empty id itself")
    request = RefundRequest(refund_id=new_id(), attempt=0, payment_id=name, amount=bench.total, reason="")

    for ask in (gateway.fetch, gateway.cancel, gateway.fee_of):
        with pytest.raises(PaymentNotFoundError):
            ask(name)
    with pytest.raises((PaymentNotFoundError, RefundRefusedError)):
        gateway.refund(request)
    with pytest.raises(RefundNotFoundError):
        gateway.fetch_refund(name)
    with pytest.raises(DisputeNotFoundError):
        gateway.fetch_dispute(name)


CALLS: dict[str, Callable[[PaymentGateway, Any, Any, Any], object]] = {
    "start": lambda gateway, asked, paid, refund: gateway.start(
        PaymentRequest(order_id=new_id(), attempt=0, total=asked.total, customer_id=asked.customer_id)
    ),
    "fetch": lambda gateway, asked, paid, refund: gateway.fetch(paid.id),
    "cancel": lambda gateway, asked, paid, refund: gateway.cancel(paid.id),
    "refund": lambda gateway, asked, paid, refund: gateway.refund(
        RefundRequest(
            refund_id=new_id(), attempt=0, payment_id=paid.id, amount=Money(1, paid.currency), reason=""
        )
    ),
    "fetch_refund": lambda gateway, asked, paid, refund: gateway.fetch_refund(refund.id),
    "refunds_of": lambda gateway, asked, paid, refund: gateway.refunds_of(paid.id),
    "fee_of": lambda gateway, asked, paid, refund: gateway.fee_of(paid.id),
    "list_since": lambda gateway, asked, paid, refund: list(gateway.list_since(now() - timedelta(hours=1))),
}


@pytest.mark.parametrize(
    "trouble",
    [
        {"mode": "before"},
        {"mode": "after"},
        {"mode": "status", "status": 503},
        {"mode": "status", "status": 429},
        {"mode": "slow", "seconds": 1.0},
    ],
    ids=["down", "hangs up", "fails", "too busy", "slow"],
)
def test_a_provider_in_trouble_is_unavailable_whatever_it_is_asked(
    bench: Bench,
    asked: PaymentRequest,
    paid: ProviderPayment,
    give_back: Callable[..., ProviderRefund],
    trouble: dict[str, Any],
) -> None:
    refund = give_back(1000)
    impatient = bench.impatient_gateway()
    bench.stand_in.fail_calls(**trouble, times=None)

    for call in CALLS.values():
        with pytest.raises(ProviderUnavailableError):
            call(impatient, asked, paid, refund)

    bench.behave()


def test_a_provider_that_does_not_let_us_in_is_unavailable_too(
    bench: Bench,
    asked: PaymentRequest,
    paid: ProviderPayment,
    give_back: Callable[..., ProviderRefund],
) -> None:
    refund = give_back(1000)
    stranger = bench.impatient_gateway(key="of_somebody")

    for call in CALLS.values():
        with pytest.raises(ProviderUnavailableError):
            call(stranger, asked, paid, refund)
