"""IPNs of SSLCOMMERZ's stand-in: signed as the vendor signs, sent as the vendor sends."""

import json
import time
from pathlib import Path

import pytest
from sandbox_process import eventually
from sslcommerz_shop import ipns, is_signed

VECTOR = Path(__file__).parents[3] / "../shared/data/sslcommerz/ipn-vendor-vector.json"


def test_signatures_are_those_that_the_vendor_published():
    if not VECTOR.exists():
        pytest.skip(f"the vendor's vector is not at {VECTOR}")
    fields = json.loads(VECTOR.read_text())

    assert is_signed(fields, "test_testemi@ssl")
    assert not is_signed(fields, "test_testemi@ssx")
    assert not is_signed(fields | {"amount": "10.01"}, "test_testemi@ssl")


def test_a_payment_is_told_in_an_ipn_that_is_signed_twice(shop, receiver):
    session = shop.open({"ipn_url": receiver.url})["sessionkey"]
    payment = shop.end(session)

    eventually(lambda: receiver.received, what="the IPN")
    (told,) = ipns(receiver)

    headers, _ = receiver.received[0]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert is_signed(told, shop.credentials["store_passwd"])
    assert shop.credentials["store_passwd"] not in told.values()
    assert (told["status"], told["tran_id"], told["val_id"]) == ("VALID", "order-1", payment["val_id"])
    assert (told["amount"], told["currency"], told["store_amount"]) == ("4999.00", "BDT", "4874.03")
    assert (told["risk_level"], told["value_a"]) == ("0", "kept & returned")
    assert {"tran_id", "val_id", "amount", "status", "risk_level"} <= set(told["verify_key"].split(","))


@pytest.mark.parametrize(
    ("outcome", "status"), [("fail", "FAILED"), ("cancel", "CANCELLED"), ("expire", "EXPIRED")]
)
def test_what_was_not_paid_is_told_as_well_and_is_not_valid(shop, receiver, outcome, status):
    session = shop.open({"ipn_url": receiver.url})["sessionkey"]
    shop.end(session, outcome)

    eventually(lambda: receiver.received, what="the IPN")
    (told,) = ipns(receiver)

    assert is_signed(told, shop.credentials["store_passwd"])
    assert (told["status"], "val_id" in told, bool(told["error"])) == (status, False, True)
    assert [one["status"] for one in shop.ask(tran_id="order-1")["element"]] == [status]
    assert shop.ask(sessionkey=session)["val_id"] == ""


def test_an_ipn_is_dropped_doubled_or_late_as_asked(shop, receiver):
    for mode in ("drop", "double"):
        shop.sandbox.control("POST", "/webhooks", {"mode": mode, "events": ["sslcommerz.ipn.*"], "times": 1})
        shop.end(shop.open({"ipn_url": receiver.url, "tran_id": mode})["sessionkey"])
    late = {"mode": "delay", "events": ["sslcommerz.ipn.valid"], "seconds": 0.6}
    shop.sandbox.control("POST", "/webhooks", late)
    begin = time.monotonic()
    shop.end(shop.open({"ipn_url": receiver.url, "tran_id": "delay"})["sessionkey"])

    eventually(lambda: len(receiver.received) == 3, what="three IPNs")

    assert time.monotonic() - begin > 0.5
    first, second, third = ipns(receiver)
    assert (first, third["tran_id"]) == (second, "delay")
    assert first["tran_id"] == "double"


def test_an_ipn_is_sent_until_it_is_taken_and_again_when_asked(shop, receiver):
    receiver.answers[:] = [500]
    shop.end(shop.open({"ipn_url": receiver.url})["sessionkey"])
    eventually(lambda: len(receiver.received) == 2, what="the second attempt")

    (ipn,) = shop.sandbox.control("GET", "/sslcommerz/ipns?tran_id=order-1")["ipns"]
    shop.sandbox.control("POST", f"/sslcommerz/ipns/{ipn['id']}/resend")
    eventually(lambda: len(receiver.received) == 3, what="one more")

    assert {body for _, body in receiver.received} == {ipn["body"].encode()}
