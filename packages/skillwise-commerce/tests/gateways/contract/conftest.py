"""What every provider's gateway promises is asked of each in `PROVIDERS`, against its stand-in, over HTTP.

A new provider needs a bench in `benches.py` and a fixture named after it below; it is then asked all of this.
"""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from benches import Bench, SslcommerzBench, StripeBench
from skillwise_commerce.domain.payments import ProviderPayment, ProviderRefund
from skillwise_commerce.gateways import PROVIDERS, PaymentGateway, PaymentRequest, RefundRequest
from skillwise_commerce.models import Order, Refund
from skillwise_commerce.testing import make_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from sslcommerz import Sslcommerz
from stand_in import StandIn


@pytest.fixture
def stripe_bench(stripe: StandIn) -> Bench:
    return StripeBench(stripe)


@pytest.fixture
def sslcommerz_bench(sslcommerz: Sslcommerz) -> Bench:
    return SslcommerzBench(sslcommerz)


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(request: pytest.FixtureRequest, provider: str) -> Iterator[Bench]:
    """Each provider's in turn."""
    bench: Bench = request.getfixturevalue(f"{provider}_bench")
    yield bench
    bench.close()


@pytest.fixture
def gateway(bench: Bench) -> PaymentGateway:
    return bench.gateway()


@pytest.fixture
def order(bench: Bench, provider: str, buyer_id: UUID, make_course: Callable[..., UUID]) -> Order:
    """A pending order over what the bench asks."""
    course_ids = [make_course(price=bench.total)]
    order_id = make_order(buyer_id=buyer_id, course_ids=course_ids, provider=provider, now=now())
    return Order.objects.get(id=order_id)


@pytest.fixture
def asked(gateway: PaymentGateway, order: Order) -> PaymentRequest:
    customer_id = gateway.create_customer(user_id=order.buyer_id)
    return PaymentRequest(order_id=order.id, attempt=0, total=order.total, customer_id=customer_id)


@pytest.fixture
def payment(gateway: PaymentGateway, asked: PaymentRequest, order: Order) -> ProviderPayment:
    """A payment that was begun, and whose id is kept."""
    payment = gateway.start(asked)
    Order.objects.filter(id=order.id).update(provider_payment_id=payment.id)
    return payment


@pytest.fixture
def paid(gateway: PaymentGateway, bench: Bench, payment: ProviderPayment) -> ProviderPayment:
    bench.pay(payment)
    return gateway.fetch(payment.id)


@pytest.fixture
def give_back(
    gateway: PaymentGateway, provider: str, order: Order, paid: ProviderPayment
) -> Callable[..., ProviderRefund]:
    """`give_back(amount, refund_id=…)`: refunds of the paid payment; what they are called is kept."""

    def give_back(amount: int, refund_id: UUID | None = None) -> ProviderRefund:
        request = RefundRequest(
            refund_id=refund_id or new_id(),
            attempt=0,
            payment_id=paid.id,
            amount=Money(amount, paid.currency),
            reason="Asked for",
        )
        refund = gateway.refund(request)
        Refund.objects.get_or_create(
            id=request.refund_id,
            defaults={
                "order": order,
                "origin": Refund.Origin.ADMIN,
                "provider": provider,
                "provider_refund_id": refund.id,
                "amount": amount,
                "currency": paid.currency,
                "created_at": now(),
                "updated_at": now(),
            },
        )
        return refund

    return give_back
