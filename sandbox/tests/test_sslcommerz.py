"""SSLCOMMERZ's stand-in, spoken to over HTTP as a shop, a buyer and SSLCOMMERZ itself speak."""

import html
import json
import re
import sqlite3
import time
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from sandbox_process import eventually
from skillwise_sandbox.sslcommerz.signatures import md5_sign, sha2_sign

VECTOR = Path(__file__).parents[2] / "../shared/data/sslcommerz/ipn-vendor-vector.json"
ORDER = {
    "total_amount": "4999.00",
    "currency": "BDT",
    "tran_id": "order-1",
    "success_url": "http://shop.example/success",
    "fail_url": "http://shop.example/fail",
    "cancel_url": "http://shop.example/cancel",
    "cus_name": "Rahim",
    "cus_email": "rahim@shop.example",
    "cus_add1": "Dhaka",
    "cus_city": "Dhaka",
    "cus_postcode": "1000",
    "cus_country": "Bangladesh",
    "cus_phone": "01700000000",
    "shipping_method": "NO",
    "product_name": "Growing tomatoes",
    "product_category": "Education",
    "product_profile": "non-physical-goods",
    "value_a": "kept & returned",
}


class Shop:
    """A store at SSLCOMMERZ."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.base = sandbox.addresses["sslcommerz_api_base"]
        self.credentials = {
            "store_id": sandbox.addresses["sslcommerz_store_id"],
            "store_passwd": sandbox.addresses["sslcommerz_store_password"],
        }

    def open(self, params):
        url = f"{self.base}/gwprocess/v4/api.php"
        return httpx.post(url, data=ORDER | self.credentials | params).json()

    def validate(self, val_id, **params):
        url = f"{self.base}/validator/api/validationserverAPI.php"
        return httpx.get(url, params=self.credentials | {"val_id": val_id, "format": "json"} | params).json()

    def ask(self, **params):
        url = f"{self.base}/validator/api/merchantTransIDvalidationAPI.php"
        return httpx.get(url, params=self.credentials | {"format": "json"} | params).json()

    def refund(self, payment, amount, name="refund-1", **params):
        given = {"bank_tran_id": payment["bank_tran_id"], "refund_trans_id": name, "refund_amount": amount}
        return self.ask(**(given | {"refund_remarks": "Asked for", "refe_id": name} | params))

    def end(self, session, outcome="pay", **more):
        return self.sandbox.control("POST", f"/sslcommerz/sessions/{session}", {"outcome": outcome, **more})

    def paid(self, **params):
        session = self.open(params)["sessionkey"]
        return self.end(session)


@pytest.fixture
def shop(sandbox):
    return Shop(sandbox)


def ipns(receiver):
    return [dict(parse_qsl(body.decode(), keep_blank_values=True)) for _, body in list(receiver.received)]


def is_signed(fields, password):
    names = fields["verify_key"].split(",")
    return (md5_sign(fields, names, password), sha2_sign(fields, names, password)) == (
        fields["verify_sign"],
        fields["verify_sign_sha2"],
    )


def test_signatures_are_those_that_the_vendor_published():
    if not VECTOR.exists():
        pytest.skip(f"the vendor's vector is not at {VECTOR}")
    fields = json.loads(VECTOR.read_text())

    assert is_signed(fields, "test_testemi@ssl")
    assert not is_signed(fields, "test_testemi@ssx")
    assert not is_signed(fields | {"amount": "10.01"}, "test_testemi@ssl")


def test_a_session_has_a_key_and_a_page(shop):
    answer = shop.open({})

    assert (answer["status"], answer["failedreason"]) == ("SUCCESS", "")
    page = httpx.get(answer["GatewayPageURL"])
    assert (page.status_code, "4999.00 BDT" in page.text, "Growing tomatoes" in page.text) == (
        200,
        True,
        True,
    )
    assert parse_qs(urlsplit(answer["GatewayPageURL"]).query)["SESSIONKEY"] == [answer["sessionkey"]]
    assert shop.ask(sessionkey=answer["sessionkey"])["status"] == "PENDING"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"store_passwd": "wrong"}, "Store Credential Error Or Store is De-active"),
        ({"store_id": "another"}, "Store Credential Error Or Store is De-active"),
        ({"cus_phone": ""}, "'cus_phone' is missing or empty"),
        ({"tran_id": "x" * 31}, "'tran_id' is longer than 30"),
        ({"total_amount": "9.99"}, "from 10.00 BDT to 500000.00 BDT"),
        ({"total_amount": "500000.01"}, "from 10.00 BDT to 500000.00 BDT"),
        ({"total_amount": "10.005"}, "'total_amount' is not a valid amount"),
        ({"total_amount": "NaN"}, "'total_amount' is not a valid amount"),
        ({"total_amount": "-20"}, "'total_amount' is not a valid amount"),
        ({"currency": "XTS"}, "'currency' is not supported"),
        ({"success_url": "javascript:alert(1)"}, "'success_url' is not a valid URL"),
    ],
)
def test_a_session_that_cannot_be_is_refused_and_not_kept(shop, params, said):
    answer = shop.open(params)

    assert (answer["status"], answer["sessionkey"], answer["GatewayPageURL"]) == ("FAILED", "", "")
    assert said in answer["failedreason"]
    assert shop.sandbox.control("GET", "/sslcommerz/sessions") == {"sessions": []}


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


def test_a_payment_is_valid_once_and_validated_ever_after(shop):
    payment = shop.paid()

    first, second = shop.validate(payment["val_id"]), shop.validate(payment["val_id"])

    assert (first["status"], second["status"]) == ("VALID", "VALIDATED")
    assert (second["amount"], second["currency_type"], second["currency_amount"]) == (
        "4999.00",
        "BDT",
        "4999.00",
    )
    assert (second["tran_id"], second["risk_level"]) == ("order-1", "0")
    assert second["bank_tran_id"] == payment["bank_tran_id"]


def test_an_unknown_validation_and_a_stranger_are_told_nothing(shop):
    payment = shop.paid()

    assert shop.validate("nothing")["status"] == "INVALID_TRANSACTION"
    assert shop.validate("")["status"] == "INVALID_TRANSACTION"
    stranger = shop.validate(payment["val_id"], store_passwd="guessed")
    assert stranger == {"APIConnect": "INVALID_REQUEST", "status": "INVALID_TRANSACTION"}
    assert shop.validate(payment["val_id"])["status"] == "VALID"


def test_another_currency_is_charged_in_taka_and_told_in_both(shop):
    payment = shop.paid(currency="USD", total_amount="10.01")

    answer = shop.validate(payment["val_id"])

    assert (answer["amount"], answer["currency"]) == ("1216.22", "BDT")
    assert (answer["currency_amount"], answer["currency_type"]) == ("10.01", "USD")
    assert answer["currency_rate"] == "121.5000"


def test_a_transaction_is_found_by_its_id_with_every_session_it_had(shop):
    first = shop.open({})["sessionkey"]
    shop.end(first, "fail")
    second = shop.open({})["sessionkey"]
    shop.open({"tran_id": "order-2"})

    asked = shop.ask(tran_id="order-1")

    assert (asked["APIConnect"], asked["no_of_trans_found"]) == ("DONE", 2)
    assert [one["status"] for one in asked["element"]] == ["FAILED", "PENDING"]
    assert first != second
    assert shop.ask(tran_id="unheard-of") == {"APIConnect": "DONE", "no_of_trans_found": 0, "element": []}
    assert shop.ask(sessionkey="unheard-of")["status"] == "INVALID_TRANSACTION"
    assert shop.ask() == {"APIConnect": "INVALID_REQUEST"}


def test_a_session_is_paid_once_but_nothing_stops_a_second_session_from_being_paid(shop):
    first, second = shop.open({})["sessionkey"], shop.open({})["sessionkey"]
    shop.end(first)

    again = httpx.post(f"{shop.sandbox.url}/_control/sslcommerz/sessions/{first}", json={"outcome": "pay"})
    shop.end(second)

    assert (again.status_code, again.json()["error"]) == (400, "This session has ended: VALID.")
    assert [one["status"] for one in shop.ask(tran_id="order-1")["element"]] == ["VALID", "VALID"]


def test_a_refund_is_processed_and_then_done(shop):
    payment = shop.paid()

    refund = shop.refund(payment, "1000.00")

    assert (refund["APIConnect"], refund["status"], refund["trans_id"]) == ("DONE", "success", "order-1")
    asked = shop.ask(refund_ref_id=refund["refund_ref_id"])
    assert (asked["status"], asked["refunded_on"]) == ("processing", "")
    done = eventually(
        lambda: (one := shop.ask(refund_ref_id=refund["refund_ref_id"]))["status"] == "refunded" and one,
        what="the refund",
    )
    assert (done["tran_id"], done["bank_tran_id"]) == ("order-1", payment["bank_tran_id"])


def test_a_refund_asked_for_twice_is_one(shop):
    payment = shop.paid()
    first = shop.refund(payment, "1000.00")

    again = shop.refund(payment, "1000.00")
    rest = shop.refund(payment, "3999.00", "refund-2")

    assert (again["status"], again["refund_ref_id"]) == ("processing", first["refund_ref_id"])
    assert rest["status"] == "success"


def test_more_than_was_paid_is_never_refunded(shop):
    payment = shop.paid()
    shop.refund(payment, "4000.00")

    more = shop.refund(payment, "999.01", "refund-2")
    canceled = shop.refund(payment, "999.00", "refund-3")
    shop.sandbox.control("POST", f"/sslcommerz/refunds/{canceled['refund_ref_id']}", {"status": "cancelled"})
    once_more = shop.refund(payment, "999.00", "refund-4")

    assert (more["status"], "999.00 BDT" in more["errorReason"]) == ("failed", True)
    assert shop.ask(refund_ref_id=canceled["refund_ref_id"])["status"] == "cancelled"
    assert once_more["status"] == "success"


@pytest.mark.parametrize(
    "params",
    [
        {"bank_tran_id": "nothing"},
        {"refund_trans_id": ""},
        {"refund_trans_id": "x" * 31},
        {"refund_amount": "0"},
        {"refund_amount": "1e3000"},
        {"refund_amount": "1.001"},
        {"refund_remarks": ""},
    ],
)
def test_a_refund_that_cannot_be_fails_and_says_why(shop, params):
    payment = shop.paid()

    answer = shop.refund(payment, "10.00", **params)

    assert (answer["APIConnect"], answer["status"], bool(answer["errorReason"])) == ("DONE", "failed", True)
    assert shop.refund(payment, "4999.00", "all-of-it")["status"] == "success"


def test_what_was_not_paid_cannot_be_refunded(shop):
    session = shop.open({})["sessionkey"]

    answer = shop.refund(shop.end(session, "fail"), "10.00")

    assert (answer["status"], answer["errorReason"]) == ("failed", "The bank_tran_id is not found.")


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


def test_a_payment_can_be_risky_or_tampered_with(shop):
    risky = shop.end(shop.open({})["sessionkey"], risk_level=1)
    cheap = shop.end(shop.open({"tran_id": "order-2"})["sessionkey"], charged="10.00")

    assert (shop.validate(risky["val_id"])["risk_level"], risky["risk_title"]) == ("1", "Not Safe")
    assert shop.validate(cheap["val_id"])["amount"] == "10.00"


@pytest.mark.parametrize(
    "body", [{}, {"outcome": "steal"}, {"outcome": "pay", "risk_level": 2}, {"outcome": "pay", "speed": 1}]
)
def test_a_control_that_does_not_exist_is_refused(shop, body):
    session = shop.open({})["sessionkey"]

    answer = httpx.post(f"{shop.sandbox.url}/_control/sslcommerz/sessions/{session}", json=body)

    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)
    assert shop.ask(sessionkey=session)["status"] == "PENDING"


def test_calls_fail_as_asked(shop):
    shop.sandbox.control("POST", "/calls", {"mode": "status", "status": 503, "path": "/gwprocess/*"})
    shop.sandbox.control("POST", "/calls", {"mode": "before", "path": "/gwprocess/v4/api.php"})
    shop.sandbox.control("POST", "/calls", {"mode": "after", "path": "/gwprocess/v4/api.php"})
    shop.sandbox.control("POST", "/calls", {"mode": "slow", "path": "/validator/*", "seconds": 0.5})
    url, form = f"{shop.base}/gwprocess/v4/api.php", ORDER | shop.credentials

    assert httpx.post(url, data=form).status_code == 503
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(url, data=form)
    begin = time.monotonic()
    asked = shop.ask(tran_id="order-1")

    assert (time.monotonic() - begin > 0.4, asked["no_of_trans_found"]) == (True, 1)
    seen = [(call["path"], call["status"]) for call in shop.sandbox.control("GET", "/")["seen"]]
    assert seen == [
        ("/gwprocess/v4/api.php", 503),
        ("/gwprocess/v4/api.php", 200),
        ("/validator/api/merchantTransIDvalidationAPI.php", 200),
    ]


def test_a_person_pays_on_the_page_and_goes_back_to_the_shop(shop, receiver):
    answer = shop.open({"ipn_url": receiver.url, "success_url": receiver.url})

    paid = httpx.post(
        f"{shop.sandbox.url}/sslcommerz/sessions/{answer['sessionkey']}/end",
        data={"outcome": "pay", "risky": "1"},
        headers={"Origin": shop.sandbox.url, "Sec-Fetch-Site": "same-origin"},
        follow_redirects=True,
    )

    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', paid.text))
    form = {name: html.unescape(value) for name, value in form.items()}
    assert f'action="{receiver.url}"' in paid.text
    assert is_signed(form, shop.credentials["store_passwd"])
    assert (form["status"], form["risk_level"]) == ("VALID", "1")
    eventually(lambda: receiver.received, what="the IPN")
    assert ipns(receiver) == [form]


@pytest.mark.parametrize(("outcome", "address"), [("fail", "fail"), ("cancel", "cancel"), ("expire", "fail")])
def test_who_did_not_pay_goes_back_to_where_that_is_said(shop, outcome, address):
    answer = shop.open({})
    shop.end(answer["sessionkey"], outcome)

    page = httpx.get(answer["GatewayPageURL"]).text

    assert f'action="http://shop.example/{address}"' in page
    assert "Pay</button>" not in page


def test_the_page_of_a_session_that_has_ended_pays_nothing(shop):
    answer = shop.open({})
    shop.end(answer["sessionkey"], "cancel")

    late = httpx.post(
        f"{shop.sandbox.url}/sslcommerz/sessions/{answer['sessionkey']}/end", data={"outcome": "pay"}
    )
    odd = httpx.post(f"{shop.sandbox.url}/sslcommerz/sessions/x/end", data={"outcome": "pay"})

    assert (late.status_code, odd.status_code) == (409, 404)
    assert [one["status"] for one in shop.ask(tran_id="order-1")["element"]] == ["CANCELLED"]


def test_another_site_cannot_pay_and_what_a_shop_wrote_is_not_run(shop):
    nasty = "<script>alert(1)</script>"
    answer = shop.open({"product_name": nasty})
    url = f"{shop.sandbox.url}/sslcommerz/sessions/{answer['sessionkey']}/end"

    refused = httpx.post(url, data={"outcome": "pay"}, headers={"Origin": "https://evil.example"})

    assert refused.status_code == 403
    assert shop.ask(sessionkey=answer["sessionkey"])["status"] == "PENDING"
    for page in (httpx.get(answer["GatewayPageURL"]), httpx.get(f"{shop.sandbox.url}/sslcommerz/")):
        assert (nasty in page.text, "&lt;script&gt;" in page.text) == (False, True)
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert httpx.get(f"{shop.sandbox.url}/sslcommerz/gwprocess/v4/gw.php?SESSIONKEY=x").status_code == 404


def test_the_overview_shows_sessions_and_refunds(shop):
    shop.refund(shop.paid(), "1000.00")

    page = httpx.get(f"{shop.sandbox.url}/sslcommerz/").text

    for shown in ("order-1", "4999.00 BDT", "1000.00 BDT", "Asked for"):
        assert shown in page
    assert shop.base in httpx.get(shop.sandbox.url).text


def test_what_it_was_told_survives_a_kill_under_the_credentials_of_the_command_line(new_sandbox):
    credentials = ("--store-id", "skill64", "--store-password", "skill64@ssl")
    new_sandbox.start(*credentials)
    payment = Shop(new_sandbox).paid()
    new_sandbox.kill()

    new_sandbox.start(*credentials)
    shop = Shop(new_sandbox)

    assert shop.credentials == {"store_id": "skill64", "store_passwd": "skill64@ssl"}
    assert shop.validate(payment["val_id"])["status"] == "VALID"


def test_a_session_expires_by_itself_after_a_kill_too(new_sandbox):
    new_sandbox.start()
    session = Shop(new_sandbox).open({})["sessionkey"]
    new_sandbox.kill()
    with sqlite3.connect(new_sandbox.folder / "sandbox.sqlite3") as half_an_hour_later:
        half_an_hour_later.execute("UPDATE objects SET body = json_set(body, '$.expires', 0)")
    half_an_hour_later.close()

    new_sandbox.start()
    shop = Shop(new_sandbox)

    eventually(lambda: shop.ask(sessionkey=session)["status"] == "EXPIRED", what="the end of the session")
