"""Checkout Sessions: made by the shop, paid on Stripe's page, expired."""

import time

import httpx
import pytest
import stripe

ITEM = {"price_data": {"currency": "usd", "unit_amount": 4999, "product_data": {"name": "Growing tomatoes"}}}
BASE = {
    "mode": "payment",
    "line_items": [ITEM],
    "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example/cart",
}


@pytest.fixture
def new_session(client):
    """Makes a session over 49.99 USD."""

    def session(**params) -> stripe.checkout.Session:
        return client.v1.checkout.sessions.create(BASE | params)

    return session


def pay(session, card="pm_card_visa"):
    return httpx.post(session.url, data={"payment_method": card})


def test_a_session_is_open_and_unpaid_at_first(new_session):
    second = {
        "price_data": {"currency": "usd", "unit_amount": 1000, "product_data": {"name": "Soil"}},
        "quantity": 2,
    }

    session = new_session(line_items=[ITEM, second], client_reference_id="order-7", expand=["line_items"])

    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.client_reference_id) == (6999, "usd", "order-7")
    assert [(item.description, item.amount_total) for item in session.line_items.data] == [
        ("Growing tomatoes", 4999),
        ("Soil", 2000),
    ]


def test_a_person_pays_and_is_led_back_to_the_shop(client, webhooks, new_session):
    session = new_session(metadata={"order": "7"}, payment_intent_data={"metadata": {"order": "7"}})
    shown = httpx.get(session.url)

    done = pay(session)

    assert "Growing tomatoes" in shown.text
    assert "https://shop.example/cart" in shown.text
    assert (done.status_code, done.headers["location"]) == (
        303,
        f"https://shop.example/thanks?session={session.id}",
    )
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.payment_intent.amount_received, paid.payment_intent.metadata["order"]) == (4999, "7")
    event = webhooks.wait_for("checkout.session.completed")
    assert (event.data.object.id, event.data.object.metadata["order"]) == (session.id, "7")


def test_a_session_is_paid_once(client, new_session):
    session = new_session()

    pay(session)
    again = pay(session)

    assert again.headers["location"].startswith("https://shop.example/thanks")
    assert len(client.v1.charges.list().data) == 1


def test_a_declined_card_may_be_followed_by_another_on_the_same_intent(client, new_session):
    session = new_session()

    declined = pay(session, "pm_card_chargeDeclined")
    first = client.v1.checkout.sessions.retrieve(session.id)
    pay(session)

    assert (declined.status_code, "Your card was declined." in declined.text) == (402, True)
    assert first.status == "open"
    assert client.v1.payment_intents.retrieve(first.payment_intent).status == "succeeded"
    assert client.v1.checkout.sessions.retrieve(session.id).payment_intent == first.payment_intent


def test_a_session_is_complete_only_once_the_bank_has_asked(client, new_session):
    session = new_session()

    bank = pay(session, "pm_card_threeDSecure2Required").headers["location"]
    meanwhile = client.v1.checkout.sessions.retrieve(session.id)
    secret = httpx.URL(bank).params["client_secret"]
    back = httpx.post(bank, data={"client_secret": secret, "outcome": "complete"}, follow_redirects=False)
    shop = httpx.get(back.headers["location"])

    assert (meanwhile.status, meanwhile.payment_status) == ("open", "unpaid")
    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert shop.headers["location"].startswith("https://shop.example/thanks")


def test_an_expired_session_cannot_be_paid_and_its_intent_is_canceled(client, webhooks, new_session):
    session = new_session()
    pay(session, "pm_card_chargeDeclined")

    expired = client.v1.checkout.sessions.expire(session.id)
    late = pay(session)

    assert (expired.status, expired.url) == ("expired", None)
    assert (late.status_code, "expired" in late.text) == (400, True)
    assert client.v1.payment_intents.retrieve(expired.payment_intent).status == "canceled"
    assert webhooks.wait_for("checkout.session.expired").data.object.id == session.id
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        client.v1.checkout.sessions.expire(session.id)


def test_a_session_expires_by_itself_when_its_time_is_up(sandbox, client, webhooks, new_session):
    session, paid = new_session(), new_session()
    pay(paid)

    for one in (paid, session):
        sandbox.control("POST", f"/checkout/sessions/{one.id}/expire")

    assert webhooks.wait_for("checkout.session.expired").data.object.id == session.id
    assert client.v1.checkout.sessions.retrieve(paid.id).status == "complete"


def test_a_paid_session_does_not_expire(client, new_session):
    session = new_session()
    pay(session)

    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        client.v1.checkout.sessions.expire(session.id)


def test_a_session_of_a_customer_charges_that_customer(client, new_session):
    customer = client.v1.customers.create({"email": "kim@example.com"})
    session = new_session(customer=customer.id)

    pay(session)

    assert session.customer_details.email == "kim@example.com"
    assert client.v1.charges.list().data[0].customer == customer.id
    assert [one.id for one in client.v1.checkout.sessions.list({"customer": customer.id}).data] == [
        session.id
    ]


def test_the_session_of_a_payment_is_found(client, new_session):
    other, session = new_session(), new_session()
    pay(session)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent

    assert [one.id for one in client.v1.checkout.sessions.list({"payment_intent": intent}).data] == [
        session.id
    ]
    assert [one.id for one in client.v1.checkout.sessions.list({"status": "open"}).data] == [other.id]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"expires_at": 10}, "expires_at"),
        ({"expires_at": int(time.time()) + 90_000}, "expires_at"),
        ({"line_items": [ITEM, {"price_data": ITEM["price_data"] | {"currency": "eur"}}]}, "line_items"),
        ({"line_items": [ITEM | {"quantity": 0}]}, "line_items"),
        ({"line_items": [{"price_data": ITEM["price_data"] | {"unit_amount": 1}}]}, "amount"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"success_url": ""}, "success_url"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(new_session, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        new_session(**params)

    assert refusal.value.param == param


def test_the_page_never_leads_to_a_script(client, new_session):
    session = new_session(success_url="javascript:alert(1)", cancel_url="javascript:alert(2)")

    shown, paid = httpx.get(session.url), pay(session)

    assert "javascript:" not in shown.text + paid.text
    assert "location" not in paid.headers


def test_no_other_site_can_pay(client, new_session):
    session = new_session()

    answer = httpx.post(
        session.url, data={"payment_method": "pm_card_visa"}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
