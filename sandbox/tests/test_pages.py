"""The pages on which a person follows, pays and refunds."""

import httpx
import pytest


def post(sandbox, path, data=None, **headers):
    return httpx.post(sandbox.url + path, data=data or {}, headers=headers, follow_redirects=True)


def test_the_first_page_says_where_everything_is(sandbox):
    page = httpx.get(sandbox.url + "/").text

    for told in (sandbox.api, "sk_test_sandbox", "pk_test_sandbox", str(sandbox.addresses["smtp_port"])):
        assert told in page
    assert httpx.get(sandbox.url + "/style.css").headers["content-type"].startswith("text/css")


def test_a_person_pays_and_refunds_by_hand(sandbox, client, webhooks, new_intent):
    intent = new_intent(description="Growing tomatoes")
    assert "Growing tomatoes" in httpx.get(f"{sandbox.url}/stripe/").text

    paid = post(sandbox, f"/stripe/intents/{intent.id}/pay", {"payment_method": "pm_card_visa"})
    part = post(sandbox, f"/stripe/intents/{intent.id}/refund", {"amount": "999"})

    assert (paid.status_code, part.status_code) == (200, 200)
    webhooks.wait_for("payment_intent.succeeded")
    assert webhooks.wait_for("charge.refunded").data.object.amount_refunded == 999
    assert "at most 4000" in part.text


def test_a_person_disputes_and_settles_by_hand(sandbox, client, new_intent):
    intent = new_intent()
    early = post(sandbox, f"/stripe/intents/{intent.id}/dispute", {"reason": "fraudulent"})
    post(sandbox, f"/stripe/intents/{intent.id}/pay", {"payment_method": "pm_card_visa"})

    disputed = post(sandbox, f"/stripe/intents/{intent.id}/dispute", {"reason": "duplicate"})
    (dispute,) = client.v1.disputes.list({"payment_intent": intent.id}).data
    won = post(sandbox, f"/stripe/disputes/{dispute.id}/resolve", {"outcome": "won"})
    late = post(sandbox, f"/stripe/disputes/{dispute.id}/resolve", {"outcome": "lost"})

    assert (early.status_code, disputed.status_code, won.status_code) == (400, 200, 200)
    assert "The shop wins" in disputed.text
    assert "The shop wins" not in won.text
    assert (late.status_code, "already closed" in late.text) == (400, True)
    assert client.v1.disputes.retrieve(dispute.id).status == "won"


def test_the_overview_shows_sessions_disputes_accounts_transfers_and_payouts(
    sandbox, client, paid, new_account
):
    charge, account = paid("pm_card_bypassPending"), new_account(email="kim@example.com")
    item = {"price_data": {"currency": "usd", "unit_amount": 4999, "product_data": {"name": "Soil"}}}
    made = [
        account,
        client.v1.transfers.create({"amount": 100, "currency": "usd", "destination": account.id}),
        client.v1.payouts.create({"amount": 100, "currency": "usd"}),
        client.v1.checkout.sessions.create(
            {"mode": "payment", "line_items": [item], "success_url": "https://shop.example"}
        ),
    ]
    sandbox.control("POST", f"/charges/{charge.id}/dispute")
    made += client.v1.disputes.list().data

    shown = httpx.get(f"{sandbox.url}/stripe/").text.partition('id="events"')[0]

    assert [one.id for one in made if f"/stripe/objects/{one.id}" not in shown] == []


def test_a_person_is_told_why_a_payment_or_refund_did_not_happen(sandbox, client, new_intent):
    intent = new_intent()

    declined = post(sandbox, f"/stripe/intents/{intent.id}/pay", {"payment_method": "pm_card_chargeDeclined"})
    early = post(sandbox, f"/stripe/intents/{intent.id}/refund")
    odd = post(sandbox, f"/stripe/intents/{intent.id}/refund", {"amount": "ten"})

    assert (declined.status_code, "Your card was declined." in declined.text) == (402, True)
    assert (early.status_code, "successful charge" in early.text) == (400, True)
    assert (odd.status_code, "whole number" in odd.text) == (400, True)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_person_passes_3d_secure_and_comes_back(sandbox, client, new_intent):
    intent = new_intent()
    waiting = post(
        sandbox, f"/stripe/intents/{intent.id}/pay", {"payment_method": "pm_card_threeDSecure2Required"}
    )
    assert f"/stripe/3ds/{intent.id}" in waiting.text

    form = {"client_secret": intent.client_secret, "outcome": "complete"}
    back = post(sandbox, f"/stripe/3ds/{intent.id}", form)

    assert back.url.path == f"/stripe/intents/{intent.id}"
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_page_never_leads_to_a_script(sandbox, client, new_intent):
    intent = new_intent()
    client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_threeDSecure2Required", "return_url": "javascript:alert(1)"}
    )

    form = {"client_secret": intent.client_secret, "outcome": "complete"}
    answer = httpx.post(f"{sandbox.url}/stripe/3ds/{intent.id}", data=form)

    assert (answer.status_code, "location" in answer.headers) == (200, False)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_another_site_can_post_nothing(sandbox, client, new_intent, headers):
    intent = new_intent()

    for path in (f"/stripe/intents/{intent.id}/pay", "/_control/reset", "/mail/clear"):
        data = {"payment_method": "pm_card_visa"}
        assert post(sandbox, path, data, **headers).status_code == 403

    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_browser_on_the_page_itself_may_post(sandbox, new_intent):
    intent = new_intent()
    headers = {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"}

    answer = post(sandbox, f"/stripe/intents/{intent.id}/cancel", **headers)

    assert (answer.status_code, "canceled" in answer.text) == (200, True)


def test_what_a_caller_wrote_is_shown_and_not_run(sandbox, client, new_intent):
    nasty = "<script>alert(1)</script>"
    client.v1.customers.create({"name": nasty})
    intent = new_intent(description=nasty, metadata={"<b>": nasty})

    pages = [httpx.get(sandbox.url + path) for path in ("/stripe/", f"/stripe/intents/{intent.id}")]
    pages.append(httpx.get(f"{sandbox.url}/stripe/objects/{intent.id}"))

    for page in pages:
        assert nasty not in page.text
        assert "&lt;script&gt;" in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path", ["/stripe/intents/pi_x", "/stripe/objects/x", "/mail/77", "/stripe/3ds/pi_x", "/x"]
)
def test_what_is_not_there_is_a_page_that_says_so(sandbox, path):
    answer = httpx.get(sandbox.url + path)

    assert answer.status_code == 404
    assert "<main" in answer.text
