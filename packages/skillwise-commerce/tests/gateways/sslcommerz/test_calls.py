"""Calls to SSLCOMMERZ: nonsense tells nothing, nothing is done twice, and no password is written down."""

import logging

import httpx
import pytest
from skillwise_commerce.domain.payments import PaymentStatus
from skillwise_commerce.errors import ProviderUnavailableError
from skillwise_commerce.gateways.sslcommerz.calls import Calls
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from sslcommerz import PASSWORD, SESSION, TRANSACTION, VALIDATION, Sslcommerz, ask
from structlog.testing import capture_logs

pytestmark = pytest.mark.django_db


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
