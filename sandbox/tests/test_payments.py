"""What becomes of a payment: by which card, in which state, for whose eyes."""

import httpx
import pytest
import stripe
from sandbox_process import eventually

SHOP = "https://shop.example/return"


def test_a_customer_pays_in_the_app_with_a_test_card(client, app, new_intent):
    customer = client.v1.customers.create({"email": "kim@example.com"})
    intent = new_intent(customer=customer.id, metadata={"order": "7"}, receipt_email="kim@example.com")

    answer = app.confirm(intent)

    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    paid = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    assert (paid.amount_received, paid.metadata.to_dict()) == (4999, {"order": "7"})
    charge = paid.latest_charge
    assert (charge.paid, charge.captured, charge.status) == (True, True, "succeeded")
    assert charge.payment_method_details.card.last4 == "4242"
    booked = charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net) == (4999, 175, 4824)  # 2.9 % of 49.99 is 1.45, and 0.30


def test_a_new_intent_waits_for_a_payment_method_and_one_with_it_for_confirmation(new_intent):
    assert new_intent().status == "requires_payment_method"
    assert new_intent(payment_method="pm_card_visa").status == "requires_confirmation"


@pytest.mark.parametrize(
    ("card", "refused_with"),
    [
        ("pm_card_chargeDeclined", ("card_declined", "generic_decline")),
        ("pm_card_chargeDeclinedInsufficientFunds", ("card_declined", "insufficient_funds")),
        ("pm_card_visa_chargeDeclinedLostCard", ("card_declined", "lost_card")),
        ("pm_card_chargeDeclinedExpiredCard", ("expired_card", "expired_card")),
        ("pm_card_chargeDeclinedIncorrectCvc", ("incorrect_cvc", "incorrect_cvc")),
        ("pm_card_chargeDeclinedProcessingError", ("processing_error", "processing_error")),
    ],
)
def test_a_refused_card_answers_402_and_the_intent_can_be_tried_again(
    client, app, new_intent, card, refused_with
):
    intent = new_intent()

    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_intents.confirm(intent.id, {"payment_method": card, "return_url": SHOP})

    error = refusal.value.error
    assert refusal.value.http_status == 402
    assert (error.code, error.decline_code) == refused_with
    assert error.payment_intent.status == "requires_payment_method"
    refused = client.v1.payment_intents.retrieve(intent.id)
    assert refused.last_payment_error.decline_code == refused_with[1]
    assert client.v1.charges.retrieve(refused.latest_charge).status == "failed"
    again = app.confirm(intent)
    assert again.json()["status"] == "succeeded"
    assert client.v1.payment_intents.retrieve(intent.id).last_payment_error is None


@pytest.mark.parametrize(
    ("outcome", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")]
)
def test_3d_secure_asks_the_cardholder_on_a_page_that_leads_back_to_the_shop(
    client, sandbox, new_intent, outcome, status
):
    intent = new_intent()
    waiting = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_threeDSecure2Required", "return_url": SHOP}
    )
    assert (waiting.status, waiting.next_action.type) == ("requires_action", "redirect_to_url")
    page = httpx.get(waiting.next_action.redirect_to_url.url)
    assert "49.99 USD" in page.text

    form = {"client_secret": intent.client_secret, "outcome": outcome}
    answer = httpx.post(f"{sandbox.url}/stripe/3ds/{intent.id}", data=form)

    assert answer.status_code == 303
    told = httpx.URL(answer.headers["location"])
    assert (told.host, told.params["payment_intent"]) == ("shop.example", intent.id)
    assert told.params["redirect_status"] == ("succeeded" if outcome == "complete" else "failed")
    after = client.v1.payment_intents.retrieve(intent.id)
    assert after.status == status
    if outcome == "fail":
        assert after.last_payment_error.code == "payment_intent_authentication_failure"


def test_3d_secure_in_the_app_is_left_to_its_sdk(client, app, sandbox, new_intent):
    intent = new_intent()

    answer = app.confirm(intent, "pm_card_authenticationRequired", use_stripe_sdk="true").json()

    assert (answer["status"], answer["next_action"]["type"]) == ("requires_action", "use_stripe_sdk")
    sandbox.control("POST", f"/payment_intents/{intent.id}/authenticate", {"succeeds": True})
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_the_3d_secure_page_opens_only_with_the_client_secret(client, sandbox, new_intent):
    intent = new_intent()
    client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_threeDSecure2Required", "return_url": SHOP}
    )

    form = {"client_secret": "guessed", "outcome": "complete"}
    answer = httpx.post(f"{sandbox.url}/stripe/3ds/{intent.id}", data=form)

    assert answer.status_code == 404
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_action"


def test_a_card_that_wants_authentication_is_refused_when_nobody_is_there(client, new_intent):
    with pytest.raises(stripe.CardError) as refusal:
        new_intent(
            payment_method="pm_card_authenticationRequired", confirm=True, off_session=True, return_url=SHOP
        )

    assert refusal.value.code == "authentication_required"


@pytest.mark.parametrize(
    ("account", "outcome"),
    [
        ("pm_usBankAccount_success", "succeeded"),
        ("pm_usBankAccount_insufficientFunds", "requires_payment_method"),
    ],
)
def test_a_debit_is_in_processing_until_the_bank_has_answered(client, app, new_intent, account, outcome):
    intent = new_intent()

    assert app.confirm(intent, account).json()["status"] == "processing"

    def settled():
        now = client.v1.payment_intents.retrieve(intent.id)
        return now if now.status != "processing" else None

    after = eventually(settled, what="the bank's answer")
    assert after.status == outcome
    charge = client.v1.charges.retrieve(after.latest_charge)
    assert charge.status == ("succeeded" if outcome == "succeeded" else "failed")


def test_the_app_pays_with_a_typed_card_number(app, new_intent):
    intent = new_intent()
    card = {
        "client_secret": intent.client_secret,
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "4242 4242 4242 4242",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "44",
        "payment_method_data[card][cvc]": "123",
        "payment_method_data[billing_details][name]": "Kim Żółć",
        "use_stripe_sdk": "true",
    }

    answer = app.call("POST", f"/v1/payment_intents/{intent.id}/confirm", card)

    assert answer.json()["status"] == "succeeded"


@pytest.mark.parametrize(
    ("number", "month", "year", "code"),
    [
        ("4242424242424241", "12", "44", "incorrect_number"),
        ("4242424242424242", "13", "44", "invalid_expiry_month"),
        ("4242424242424242", "1", "2020", "invalid_expiry_year"),
        ("4111111111111111", "12", "44", "card_declined"),
    ],
)
def test_a_card_that_cannot_be_is_refused_before_it_is_charged(app, number, month, year, code):
    card = {"type": "card", "card[number]": number, "card[exp_month]": month, "card[exp_year]": year}

    answer = app.call("POST", "/v1/payment_methods", card)

    assert (answer.status_code, answer.json()["error"]["code"]) == (402, code)


def test_the_app_must_show_the_client_secret_and_sees_less_than_the_server(client, app, new_intent):
    customer = client.v1.customers.create({"email": "kim@example.com"})
    intent = new_intent(customer=customer.id, metadata={"order": "7"})
    path = f"/v1/payment_intents/{intent.id}"

    assert app.call("GET", path).status_code == 400
    assert app.call("GET", path, {"client_secret": intent.id + "_secret_guessed"}).status_code == 400
    seen = app.call("GET", path, {"client_secret": intent.client_secret}).json()

    assert seen["status"] == "requires_payment_method"
    assert not {"customer", "metadata", "latest_charge"} & set(seen)


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 29, "currency": "gbp"}, "amount_too_small", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": "zzz"}, None, "currency"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"payment_method": "pm_nothing"}, "resource_missing", "payment_method"),
        ({"receipt_email": "nowhere"}, "email_invalid", "receipt_email"),
        ({"metadata": {"key": "x" * 501}}, None, "metadata"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"payment_method_types": ["card"]}, None, "automatic_payment_methods"),
        ({"return_url": SHOP}, None, "return_url"),
    ],
)
def test_an_intent_that_makes_no_sense_is_refused_by_name(new_intent, params, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        new_intent(**params)

    assert (refusal.value.http_status, refusal.value.code, refusal.value.param) == (400, code, param)


def test_confirming_on_the_server_needs_an_address_to_return_to(client, new_intent):
    intent = new_intent()

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert refusal.value.param == "return_url"
    stays = new_intent(automatic_payment_methods={"enabled": True, "allow_redirects": "never"})
    paid = client.v1.payment_intents.confirm(stays.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"


def test_a_paid_intent_can_be_neither_confirmed_nor_cancelled_nor_made_dearer(client, app, new_intent):
    intent = new_intent()
    app.confirm(intent)

    for attempt in (
        lambda: client.v1.payment_intents.confirm(
            intent.id, {"payment_method": "pm_card_visa", "return_url": SHOP}
        ),
        lambda: client.v1.payment_intents.cancel(intent.id),
        lambda: client.v1.payment_intents.update(intent.id, {"amount": 9999}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            attempt()
        assert refusal.value.code == "payment_intent_unexpected_state"
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_an_open_intent_can_be_changed_and_cancelled(client, app, new_intent):
    intent = new_intent(metadata={"order": "7", "note": "x"})

    changed = client.v1.payment_intents.update(
        intent.id, {"amount": 2500, "metadata": {"note": "", "seat": "2"}, "description": "Two seats"}
    )
    cancelled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (changed.amount, changed.metadata.to_dict()) == (2500, {"order": "7", "seat": "2"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    assert app.confirm(intent).json()["error"]["code"] == "payment_intent_unexpected_state"


def test_a_card_kept_for_later_is_its_customers_own(client, app, new_intent):
    owner, other = (client.v1.customers.create({"name": name}) for name in ("Owner", "Other"))
    app.confirm(new_intent(customer=owner.id, setup_future_usage="off_session"))
    (card,) = client.v1.customers.payment_methods.list(owner.id).data

    again = new_intent(customer=owner.id, payment_method=card.id, confirm=True, return_url=SHOP)
    with pytest.raises(stripe.InvalidRequestError):
        new_intent(customer=other.id, payment_method=card.id)

    assert again.status == "succeeded"
