"""What every provider's gateway promises: each in `PROVIDERS`, against its stand-in, over HTTP.

A new provider needs a bench in `benches.py` and a fixture named after it below; it is then asked all of this.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from benches import Bench, SslcommerzBench, StripeBench
from skillwise_commerce.domain.payments import (
    PaymentStatus,
    ProviderPayment,
    ProviderRefund,
    RefundStatus,
)
from skillwise_commerce.errors import (
    DisputeNotFoundError,
    PaymentNotFoundError,
    ProviderUnavailableError,
    RefundNotFoundError,
    RefundRefusedError,
    WebhookSignatureInvalidError,
)
from skillwise_commerce.gateways import PROVIDERS, PaymentGateway, PaymentRequest, RefundRequest
from skillwise_commerce.models import Order, Refund
from skillwise_commerce.testing import make_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from sslcommerz import Sslcommerz
from stand_in import StandIn

pytestmark = pytest.mark.django_db


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


def test_it_has_every_method_of_the_port_as_the_port_has_it(provider: str) -> None:
    methods = {name: method for name, method in vars(PaymentGateway).items() if inspect.isfunction(method)}
    ours = PROVIDERS[provider]

    for name, method in methods.items():
        if not name.startswith("_"):
            assert inspect.signature(getattr(ours, name)) == inspect.signature(method), name
    assert ours.provider == provider
    assert ours.webhook_form.sender


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


def test_a_refund_asked_for_twice_is_one(
    gateway: PaymentGateway, bench: Bench, give_back: Callable[..., ProviderRefund], paid: ProviderPayment
) -> None:
    refund_id = new_id()

    first, second = give_back(1000, refund_id), give_back(1000, refund_id)
    rest = give_back(bench.total.amount - 1000)

    assert (first.id, first.refund_id, first.payment_id) == (second.id, refund_id, paid.id)
    assert (first.amount, rest.amount.amount) == (
        Money(1000, bench.total.currency),
        bench.total.amount - 1000,
    )
    assert {one.id for one in gateway.refunds_of(paid.id)} == {first.id, rest.id}
    assert gateway.fetch(paid.id) == paid, "what arrived has arrived, whatever went back"


def test_more_than_was_paid_is_never_given_back(
    bench: Bench, give_back: Callable[..., ProviderRefund]
) -> None:
    with pytest.raises(RefundRefusedError):
        give_back(bench.total.amount + 1)
    give_back(bench.total.amount - 1000)
    with pytest.raises(RefundRefusedError):
        give_back(1001)

    assert give_back(1000).amount.amount == 1000


def test_what_was_not_paid_is_not_given_back(
    gateway: PaymentGateway, payment: ProviderPayment, asked: PaymentRequest
) -> None:
    request = RefundRequest(
        refund_id=new_id(), attempt=0, payment_id=payment.id, amount=asked.total, reason=""
    )

    with pytest.raises(RefundRefusedError):
        gateway.refund(request)


def test_a_refund_is_told_as_it_is_now(
    gateway: PaymentGateway, give_back: Callable[..., ProviderRefund]
) -> None:
    refund = give_back(1000)

    told = gateway.fetch_refund(refund.id)

    assert told.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED)
    assert (told.id, told.amount, told.refund_id) == (refund.id, refund.amount, refund.refund_id)
    assert abs(told.created_at - now()) < timedelta(minutes=1)


def test_what_the_provider_keeps_is_known_once_it_is_paid(
    gateway: PaymentGateway, bench: Bench, payment: ProviderPayment
) -> None:
    before = gateway.fee_of(payment.id)
    bench.pay(payment)
    fee = gateway.fee_of(payment.id)

    assert before is None
    assert fee is not None
    assert (fee.fee, fee.payment_id, bool(fee.reference)) == (bench.fee, payment.id, True)


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


def test_a_genuine_webhook_names_its_payment_and_itself(
    gateway: PaymentGateway, bench: Bench, paid: ProviderPayment
) -> None:
    body, headers = bench.notice(paid)

    notice = gateway.parse_webhook(body=body, headers=headers)

    assert (notice.subject, notice.subject_id) == ("payment", paid.id)
    assert notice.kind
    assert notice.event_id
    assert gateway.parse_webhook(body=body, headers=headers) == notice, "told twice, it is one event"


def test_a_forged_stale_or_changed_webhook_is_refused(
    gateway: PaymentGateway, bench: Bench, paid: ProviderPayment
) -> None:
    webhooks = bench.tampered(bench.notice(paid))

    for body, headers in webhooks:
        with pytest.raises(WebhookSignatureInvalidError):
            gateway.parse_webhook(body=body, headers=headers)
    assert len(webhooks) > 5


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


def test_list_since_finds_what_was_paid_and_given_back(
    gateway: PaymentGateway, paid: ProviderPayment, give_back: Callable[..., ProviderRefund]
) -> None:
    refund = give_back(1000)

    def found(identifier: str) -> object:
        return next(one for one in gateway.list_since(now() - timedelta(hours=1)) if one.id == identifier)

    assert found(paid.id) == paid
    assert found(refund.id) == gateway.fetch_refund(refund.id)
