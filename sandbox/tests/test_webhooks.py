"""Webhooks: signed, repeated until taken, and made to go wrong."""

import pytest
import stripe
from conftest import SECRET
from sandbox_process import eventually

SALE = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"]


def test_a_sale_is_told_in_signed_events(app, webhooks, new_intent):
    intent = new_intent(metadata={"order": "7"})
    app.confirm(intent)

    event = webhooks.wait_for("payment_intent.succeeded")
    webhooks.wait_for("charge.updated")

    assert sorted(webhooks.types()) == sorted(SALE)
    assert (event.data.object.id, event.data.object.metadata.to_dict()) == (intent.id, {"order": "7"})
    headers, body = webhooks.received[0]
    assert headers["content-type"].startswith("application/json")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", headers["stripe-signature"], SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["stripe-signature"], "whsec_other")


def test_the_fee_is_known_with_the_charges_update_not_before(client, app, webhooks, new_intent):
    app.confirm(new_intent())

    assert webhooks.wait_for("charge.succeeded").data.object.balance_transaction is None
    updated = webhooks.wait_for("charge.updated")

    assert client.v1.balance_transactions.retrieve(updated.data.object.balance_transaction).fee == 175
    assert updated.data.previous_attributes.to_dict() == {"balance_transaction": None}


@pytest.mark.parametrize(
    ("card", "types"),
    [
        ("pm_card_chargeDeclined", {"charge.failed", "payment_intent.payment_failed"}),
        ("pm_card_threeDSecure2Required", {"payment_intent.requires_action"}),
        (
            "pm_usBankAccount_success",
            {"charge.pending", "payment_intent.processing", "payment_intent.succeeded"},
        ),
    ],
)
def test_each_turn_of_a_payment_has_its_event(app, webhooks, new_intent, card, types):
    app.confirm(new_intent(), card)

    for event_type in types:
        webhooks.wait_for(event_type)


def test_refunds_customers_and_cancellations_have_their_events(client, app, webhooks, new_intent):
    kim = client.v1.customers.create({"name": "Kim"})
    client.v1.customers.update(kim.id, {"name": "Kim B"})
    client.v1.payment_intents.cancel(new_intent().id)
    intent = new_intent()
    app.confirm(intent)
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    client.v1.refunds.update(refund.id, {"metadata": {"seen": "yes"}})

    for event_type in ("customer.created", "payment_intent.canceled", "refund.created", "refund.updated"):
        webhooks.wait_for(event_type)
    assert webhooks.wait_for("customer.updated").data.previous_attributes.to_dict() == {"name": "Kim"}
    assert webhooks.wait_for("charge.refunded").data.object.amount_refunded == 100


def test_an_event_names_the_call_that_caused_it(client, webhooks):
    made = client.v1.customers.create({}, {"idempotency_key": "key-1"})

    event = webhooks.wait_for("customer.created")

    assert (event.request.id, event.request.idempotency_key) == (made.last_response.request_id, "key-1")


def test_a_webhook_is_sent_again_until_it_is_taken(client, sandbox, webhooks):
    webhooks.answers[:] = [500, 302]
    client.v1.customers.create({})

    eventually(lambda: len(webhooks.received) == 3, what="the third attempt")

    assert len({event.id for event in webhooks.events()}) == 1
    (delivery,) = eventually(
        lambda: [row for row in sandbox.deliveries() if row["state"] == "delivered"], what="the delivery"
    )
    assert (delivery["attempts"], delivery["last_status"]) == (3, 200)
    assert client.v1.events.retrieve(delivery["event"]).pending_webhooks == 0


def test_an_endpoint_that_hangs_holds_no_other_webhook_up(client, sandbox, webhooks):
    webhooks.slow_for = "Sloth"
    client.v1.customers.create({"name": "Sloth"})
    webhooks.wait_for("customer.created")
    webhooks.answers[:] = [500]

    client.v1.customers.create({"name": "Hare"})
    webhooks.wait_for("customer.created", 3)

    assert [event.data.object.name for event in webhooks.events()] == ["Sloth", "Hare", "Hare"]
    (sloth,) = [row for row in sandbox.deliveries() if row["attempts"] == 0]
    assert sloth["state"] == "pending"


def test_an_endpoint_made_over_the_api_gets_what_it_asked_for(client, receiver):
    endpoint = client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.updated"], "api_version": "2024-06-20"}
    )
    kim = client.v1.customers.create({})
    client.v1.customers.update(kim.id, {"name": "Kim"})

    eventually(lambda: receiver.received, what="the event")
    (event,) = receiver.events(endpoint.secret)

    assert (event.type, event.api_version) == ("customer.updated", "2024-06-20")
    assert "secret" not in client.v1.webhook_endpoints.retrieve(endpoint.id).to_dict()


def test_a_disabled_endpoint_gets_nothing(client, receiver, webhooks):
    endpoint = client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.created"]}
    )
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})

    client.v1.customers.create({})

    webhooks.wait_for("customer.created")
    assert len(receiver.received) == 1


def test_an_endpoint_needs_an_address_that_can_be_called(client):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.webhook_endpoints.create({"url": "file:///etc/passwd", "enabled_events": ["*"]})

    assert refusal.value.code == "url_invalid"


def test_a_dropped_webhook_never_comes_but_can_be_sent_again(client, sandbox, webhooks):
    sandbox.control("POST", "/webhooks", {"mode": "drop", "events": ["customer.created"], "times": 1})
    client.v1.customers.create({"name": "First"})
    client.v1.customers.create({"name": "Second"})

    assert webhooks.wait_for("customer.created").data.object.name == "Second"
    (dropped,) = [row for row in sandbox.deliveries() if row["state"] == "dropped"]
    assert sandbox.control("POST", f"/events/{dropped['event']}/resend") == {"endpoints": 1}
    assert webhooks.wait_for("customer.created", 2).data.object.name == "First"


def test_a_delayed_webhook_comes_later(client, sandbox, webhooks):
    sandbox.control("POST", "/webhooks", {"mode": "delay", "times": 1, "seconds": 60})
    client.v1.customers.create({"name": "Late"})
    client.v1.customers.create({"name": "In time"})
    webhooks.wait_for("customer.created")

    assert len(webhooks.received) == 1
    sandbox.control("POST", "/deliveries/retry")
    assert webhooks.wait_for("customer.created", 2).data.object.name == "Late"


def test_a_doubled_webhook_comes_as_often_as_asked(client, sandbox, webhooks):
    sandbox.control("POST", "/webhooks", {"mode": "double", "copies": 5})
    client.v1.customers.create({})

    webhooks.wait_for("customer.created", 5)

    assert len({event.id for event in webhooks.events()}) == 1


def test_reordered_webhooks_come_last_first(app, sandbox, webhooks, new_intent):
    sandbox.control("POST", "/webhooks", {"mode": "reorder", "count": 4, "seconds": 60})
    app.confirm(new_intent())

    eventually(lambda: len(webhooks.received) == 4, what="all four")

    assert webhooks.types() == SALE[::-1]


def test_webhooks_held_for_others_that_never_come_are_let_go(client, sandbox, webhooks):
    sandbox.control("POST", "/webhooks", {"mode": "reorder", "count": 9, "seconds": 0.5})
    for name in ("First", "Second"):
        client.v1.customers.create({"name": name})

    webhooks.wait_for("customer.created", 2)

    assert [event.data.object.name for event in webhooks.events()] == ["Second", "First"]


def test_a_drifted_webhook_is_written_as_an_older_version_of_stripe_writes_it(
    app, sandbox, webhooks, new_intent
):
    sandbox.control("POST", "/webhooks", {"mode": "drift", "events": ["payment_intent.succeeded"]})
    app.confirm(new_intent())

    event = webhooks.wait_for("payment_intent.succeeded").to_dict()

    assert event["api_version"] == "2020-08-27"
    assert "latest_charge" not in event["data"]["object"]
    assert event["data"]["object"]["charges"]["data"][0]["paid"] is True


def test_a_webhook_survives_a_kill_and_a_dead_endpoint(new_sandbox, connect, receiver):
    new_sandbox.start("--webhook", "http://127.0.0.1:9/", "--webhook-secret", SECRET)
    connect(new_sandbox).v1.customers.create({"name": "Kim"})
    eventually(lambda: new_sandbox.deliveries()[0]["attempts"], what="a failed attempt")
    new_sandbox.kill()

    new_sandbox.start("--webhook", receiver.url, "--webhook-secret", SECRET, "--webhook-events", "customer.*")

    assert receiver.wait_for("customer.created").data.object.name == "Kim"
