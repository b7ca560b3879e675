"""SSLCOMMERZ's IPNs: which are genuine, and what they say."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from skillwise_commerce.errors import ProviderNotOfferedError, WebhookInvalidError
from skillwise_commerce.gateways import get_gateway, offered_providers
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from skillwise_commerce.gateways.sslcommerz.signatures import is_genuine
from skillwise_sandbox.sslcommerz.signatures import signed
from sslcommerz import PASSWORD, Sslcommerz, ask, fields_of, signed_ipn

VECTOR = Path(
    os.environ.get(
        "SSLCOMMERZ_VECTOR",
        Path(__file__).parents[5].parent / "shared" / "data" / "sslcommerz" / "ipn-vendor-vector.json",
    )
)

pytestmark = pytest.mark.django_db


def test_the_signatures_that_the_vendor_published_are_genuine() -> None:
    if not VECTOR.exists():
        pytest.skip(f"the vendor's known answer is not at {VECTOR}")
    fields: dict[str, str] = json.loads(VECTOR.read_text())

    assert is_genuine(fields, password="test_testemi@ssl")
    assert not is_genuine(fields, password="test_testemi@SSL")
    for name in fields["verify_key"].split(","):
        assert not is_genuine(fields | {name: fields[name] + "0"}, password="test_testemi@ssl"), name


def test_what_the_stand_in_sends_is_what_the_vendor_documents(
    gateway: SslcommerzGateway, sslcommerz: Sslcommerz
) -> None:
    if not VECTOR.exists():
        pytest.skip(f"the vendor's known answer is not at {VECTOR}")
    payment = gateway.start(ask())
    sslcommerz.pay(payment.id)

    sent = fields_of(sslcommerz.ipns(payment.id)[0])

    assert set(json.loads(VECTOR.read_text())) == set(sent)


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
