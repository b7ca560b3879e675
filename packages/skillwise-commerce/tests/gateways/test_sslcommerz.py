"""What is SSLCOMMERZ's own: its page, its IPN, its currencies, and what is done about what it lacks."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st
from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment
from skillwise_commerce.errors import (
    PaymentNotAcceptedError,
    PaymentNotFoundError,
    ProviderNotOfferedError,
    ProviderUnavailableError,
    RefundRefusedError,
    WebhookInvalidError,
)
from skillwise_commerce.gateways import PaymentRequest, RefundRequest, get_gateway, offered_providers
from skillwise_commerce.gateways.sslcommerz.amounts import share_of
from skillwise_commerce.gateways.sslcommerz.calls import Calls
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from skillwise_commerce.gateways.sslcommerz.names import name_of, owner_of
from skillwise_commerce.gateways.sslcommerz.signatures import is_genuine
from skillwise_commerce.models import Order
from skillwise_commerce.testing import make_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_sandbox.sslcommerz.signatures import signed
from sslcommerz import SESSION, TRANSACTION, VALIDATION, Sslcommerz, fields_of, signed_ipn
from structlog.testing import capture_logs

VECTOR = Path(
    os.environ.get(
        "SSLCOMMERZ_VECTOR",
        Path(__file__).parents[4].parent / "shared" / "data" / "sslcommerz" / "ipn-vendor-vector.json",
    )
)
PRICE = Money(499900, "BDT")
PASSWORD = "sandbox@ssl"

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(sslcommerz: Sslcommerz) -> SslcommerzGateway:
    gateway = get_gateway("sslcommerz")
    assert isinstance(gateway, SslcommerzGateway)
    return gateway


@pytest.fixture
def quick(sslcommerz: Sslcommerz) -> Iterator[SslcommerzGateway]:
    """One that repeats no call by itself."""
    with httpx.Client(base_url=sslcommerz.base) as client:
        yield SslcommerzGateway(
            Calls(client, store_id="sandbox", store_password=PASSWORD, pauses=()),
            store_password=PASSWORD,
            public_url="https://api.skillwise.example",
            shop_email="hello@skillwise.example",
        )


def ask(total: Money = PRICE, **more: Any) -> PaymentRequest:
    return PaymentRequest(order_id=new_id(), attempt=0, total=total, customer_id="", **more)


def refund_of(payment: ProviderPayment, amount: Money) -> RefundRequest:
    return RefundRequest(refund_id=new_id(), attempt=0, payment_id=payment.id, amount=amount, reason="Why")


# The page


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


# What is believed


def test_only_a_validated_payment_is_one(quick: SslcommerzGateway, sslcommerz: Sslcommerz) -> None:
    payment = quick.start(ask())
    sslcommerz.pay(payment.id)
    sslcommerz.stand_in.fail_calls(mode="status", status=200, path=VALIDATION[1])

    with pytest.raises(ProviderUnavailableError):
        quick.fetch(payment.id)
    assert quick.fetch(payment.id).received == PRICE.amount
    assert len(sslcommerz.stand_in.calls(*VALIDATION)) == 2


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


@pytest.mark.parametrize("path", [SESSION[1], VALIDATION[1], TRANSACTION[1]])
def test_nonsense_tells_nothing(quick: SslcommerzGateway, sslcommerz: Sslcommerz, path: str) -> None:
    payment = quick.start(ask())
    sslcommerz.pay(payment.id)
    sslcommerz.stand_in.fail_calls(mode="status", status=200, path=path, times=None)

    with pytest.raises(ProviderUnavailableError):
        (quick.start(ask()), quick.fetch(payment.id))


ANSWERS = [
    {},
    {"APIConnect": "DONE"},
    {"APIConnect": "DONE", "element": ["?"]},
    {"APIConnect": "DONE", "element": {}},
    {"APIConnect": "FAILED", "element": []},
    {"APIConnect": "INACTIVE", "element": []},
    {"element": []},
    [],
    "DONE",
    None,
]


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_of_another_form_tells_nothing_either(answer: object) -> None:
    """These no stand-in gives: the transport answers in its place."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))

    with httpx.Client(transport=transport, base_url="https://sslcommerz.example") as client:
        calls = Calls(client, store_id="s", store_password="p", pauses=())
        with pytest.raises(ProviderUnavailableError):
            calls.transactions("T")
        with pytest.raises(ProviderUnavailableError):
            calls.open_page({})
        with pytest.raises(ProviderUnavailableError):
            calls.refund({})


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


def test_a_call_that_changes_nothing_is_repeated_and_one_that_does_is_not(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    payment = gateway.start(ask())
    for method, path in (SESSION, TRANSACTION):
        sslcommerz.stand_in.fail_calls(mode="status", status=502, method=method, path=path)

    with pytest.raises(ProviderUnavailableError):
        gateway.start(ask())
    fetched = gateway.fetch(payment.id)

    assert fetched.status is PaymentStatus.OPEN
    assert [call["status"] for call in sslcommerz.stand_in.calls(*SESSION)] == [200, 502]
    assert [call["status"] for call in sslcommerz.stand_in.calls(*TRANSACTION)] == [502, 200, 200]


def test_the_password_is_in_no_log(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    payment = gateway.start(ask())
    gateway.fetch(payment.id)
    sslcommerz.stand_in.fail_calls(mode="before", path=TRANSACTION[1], times=None)

    with capture_logs() as logged, pytest.raises(ProviderUnavailableError) as failure:
        gateway.fetch(payment.id)

    assert "sslcommerz_unreachable" in str(logged)
    assert "sandbox%40ssl" not in caplog.text
    for told in (caplog.text, str(logged)):
        assert PASSWORD not in told
        assert "store_passwd" not in told
    assert failure.value.__cause__ is None


# Refunds


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


# Names


@given(order_id=st.uuids(), attempt=st.integers(0, 99))
def test_a_name_is_short_and_leads_back_to_its_owner(order_id: UUID, attempt: int) -> None:
    name = name_of(order_id, attempt)

    assert len(name) <= 30
    assert owner_of(name) == order_id
    assert owner_of(name.lower()) is owner_of(f"{name}0x") is owner_of(f" {name}") is None


@given(st.text())
def test_any_other_name_has_no_owner(name: str) -> None:
    assert owner_of(name) is None


def test_a_payment_that_we_never_began_is_not_found(gateway: SslcommerzGateway) -> None:
    with pytest.raises(PaymentNotFoundError):
        gateway.fetch(name_of(new_id(), 0))


# IPNs


def test_the_signatures_that_the_vendor_published_are_genuine() -> None:
    if not VECTOR.exists():
        pytest.skip(f"the vendor's known answer is not at {VECTOR}")
    fields: dict[str, str] = json.loads(VECTOR.read_text())

    assert is_genuine(fields, password="test_testemi@ssl")
    assert not is_genuine(fields, password="test_testemi@SSL")
    for name in fields["verify_key"].split(","):
        assert not is_genuine(fields | {name: fields[name] + "0"}, password="test_testemi@ssl"), name


def test_an_ipn_that_signs_nothing_that_counts_is_refused(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    fields = {"amount": "10.00", "tran_id": "T", "status": "VALID"}

    for covered in (["amount"], ["amount", "tran_id"], ["amount", "status"]):
        partly = fields | signed({name: fields[name] for name in covered}, PASSWORD)
        assert not is_genuine(partly, password=PASSWORD), covered
    assert is_genuine(signed(fields, PASSWORD), password=PASSWORD)


def test_a_genuine_ipn_about_nothing_is_invalid(gateway: SslcommerzGateway) -> None:
    for fields in ({"tran_id": "", "status": "VALID"}, {"tran_id": "x" * 300, "status": "VALID"}):
        with pytest.raises(WebhookInvalidError):
            gateway.parse_webhook(body=signed_ipn(fields).encode(), headers={})


def test_an_ipn_of_a_failure_is_heard_as_well(gateway: SslcommerzGateway, sslcommerz: Sslcommerz) -> None:
    payment = gateway.start(ask())
    sslcommerz.pay(payment.id, "fail")

    notice = gateway.parse_webhook(body=sslcommerz.ipns(payment.id)[0].encode(), headers={})

    assert (notice.kind, notice.subject_id) == ("ipn.failed", payment.id)


def test_without_a_store_sslcommerz_is_not_offered_and_nobody_can_sign_with_nothing(settings: Any) -> None:
    configured = settings.SKILLWISE_COMMERCE
    assert offered_providers() == ["sslcommerz", "stripe"]

    for missing in ("SSLCOMMERZ_STORE_ID", "SSLCOMMERZ_STORE_PASSWORD"):
        settings.SKILLWISE_COMMERCE = configured | {missing: ""}
        with pytest.raises(ProviderNotOfferedError):
            get_gateway("sslcommerz")
        assert offered_providers() == ["stripe"]


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


def test_what_the_stand_in_sends_is_what_the_vendor_documents(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    if not VECTOR.exists():
        pytest.skip(f"the vendor's known answer is not at {VECTOR}")
    payment = gateway.start(ask())
    sslcommerz.pay(payment.id)

    sent = fields_of(sslcommerz.ipns(payment.id)[0])

    assert set(json.loads(VECTOR.read_text())) == set(sent)
