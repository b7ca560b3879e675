"""What is believed of a payment at SSLCOMMERZ: what was validated, in the currency that was asked."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from skillwise_commerce.errors import PaymentNotAcceptedError, ProviderUnavailableError
from skillwise_commerce.gateways import PaymentRequest
from skillwise_commerce.gateways.sslcommerz.calls import Calls
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from skillwise_commerce.gateways.sslcommerz.names import name_of
from skillwise_commerce.models import Order
from skillwise_commerce.testing import make_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from sslcommerz import PRICE, VALIDATION, Sslcommerz, ask

pytestmark = pytest.mark.django_db


def test_only_a_validated_payment_is_one(quick: SslcommerzGateway, sslcommerz: Sslcommerz) -> None:
    payment = quick.start(ask())
    sslcommerz.pay(payment.id)
    sslcommerz.stand_in.fail_calls(mode="status", status=200, path=VALIDATION[1])

    with pytest.raises(ProviderUnavailableError):
        quick.fetch(payment.id)
    assert quick.fetch(payment.id).received == PRICE.amount
    assert len(sslcommerz.stand_in.calls(*VALIDATION)) == 2


def test_a_validation_of_somebody_elses_payment_is_none_of_ours() -> None:
    tran_id = name_of(new_id(), 0)
    money = {"amount": "4999.00", "currency_type": "BDT", "currency_amount": "4999.00"}
    paid = {"APIConnect": "DONE", "status": "VALID", "val_id": "V", "tran_id": tran_id, **money}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == VALIDATION[1]:
            return httpx.Response(200, json=paid | {"tran_id": name_of(new_id(), 0)})
        return httpx.Response(200, json={"APIConnect": "DONE", "element": [paid]})

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="https://sslcommerz.example") as client:
        calls = Calls(client, store_id="s", store_password="p", pauses=())
        gateway = SslcommerzGateway(calls, store_password="p", public_url="", shop_email="")
        with pytest.raises(ProviderUnavailableError):
            gateway.fetch(tran_id)


def test_a_risky_payment_says_so(gateway: SslcommerzGateway, sslcommerz: Sslcommerz) -> None:
    payment = gateway.start(ask())
    sslcommerz.pay(payment.id, risk_level=1)

    assert gateway.fetch(payment.id).is_risky


def test_another_amount_than_asked_is_told_as_it_is(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    payment = gateway.start(ask())
    sslcommerz.pay(payment.id, charged="10.00")

    paid = gateway.fetch(payment.id)

    assert (paid.received, paid.currency, paid.pays(PRICE)) == (1000, "BDT", False)


def test_another_currency_is_compared_in_that_currency(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    dollars, yen = ask(Money(4999, "USD")), ask(Money(5000, "JPY"))
    for asked in (dollars, yen):
        sslcommerz.pay(gateway.start(asked).id)

    for asked in (dollars, yen):
        assert gateway.fetch(name_of(asked.order_id, 0)).pays(asked.total)
    fee = gateway.fee_of(name_of(dollars.order_id, 0))
    assert fee is not None
    assert fee.fee == Money(607379 - 592195, "BDT")


@pytest.mark.parametrize(
    ("total", "reason"),
    [
        (Money(999, "BDT"), "10.00 BDT"),
        (Money(50_000_001, "BDT"), "500000.00 BDT"),
        (Money(1_005, "KWD"), "too_many_decimals"),
        (Money(1_000, "KWD"), "currency"),
    ],
)
def test_a_payment_that_sslcommerz_does_not_take_is_refused_with_its_reason(
    gateway: SslcommerzGateway, total: Money, reason: str
) -> None:
    with pytest.raises(PaymentNotAcceptedError) as refusal:
        gateway.start(ask(total))

    assert reason in refusal.value.extra["provider_code"]


def test_a_listing_goes_on_after_what_sslcommerz_does_not_know(
    gateway: SslcommerzGateway, buyer_id: UUID, make_course: Callable[..., UUID]
) -> None:
    payments = []
    for _ in range(2):
        order_id = make_order(
            buyer_id=buyer_id, course_ids=[make_course(price=PRICE)], provider="sslcommerz", now=now()
        )
        payments.append(name_of(order_id, 0))
        Order.objects.filter(id=order_id).update(provider_payment_id=payments[-1])
    gateway.start(PaymentRequest(order_id=order_id, attempt=0, total=PRICE, customer_id=""))

    listed = list(gateway.list_since(now() + timedelta(days=1)))

    assert [one.id for one in listed] == payments[1:]
