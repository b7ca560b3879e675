"""The pages of SSLCOMMERZ's stand-in, as a person sees them and another site abuses them."""

import html
import re

import httpx
import pytest
from sandbox_process import eventually
from sslcommerz_shop import ipns, is_signed


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
