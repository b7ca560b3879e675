"""What a test makes go wrong at SSLCOMMERZ's stand-in."""

import time

import httpx
import pytest
from sslcommerz_shop import ORDER


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
