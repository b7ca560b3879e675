"""Sessions of SSLCOMMERZ's stand-in: opened, refused, paid, found again, expired."""

import sqlite3
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sandbox_process import eventually
from sslcommerz_shop import Shop


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


def test_a_session_is_paid_once_but_nothing_stops_a_second_session_from_being_paid(shop):
    first, second = shop.open({})["sessionkey"], shop.open({})["sessionkey"]
    shop.end(first)

    again = httpx.post(f"{shop.sandbox.url}/_control/sslcommerz/sessions/{first}", json={"outcome": "pay"})
    shop.end(second)

    assert (again.status_code, again.json()["error"]) == (400, "This session has ended: VALID.")
    assert [one["status"] for one in shop.ask(tran_id="order-1")["element"]] == ["VALID", "VALID"]


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
