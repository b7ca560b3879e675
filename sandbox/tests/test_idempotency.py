"""Idempotency keys, by Stripe's rules."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

KEY = {"idempotency_key": "order-7"}
PARAMS = {"amount": 4999, "currency": "usd"}


def test_the_same_call_gets_the_same_answer_and_does_nothing_twice(client):
    first = client.v1.payment_intents.create(PARAMS, KEY)
    second = client.v1.payment_intents.create(PARAMS, KEY)

    assert second.last_response.body == first.last_response.body
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Original-Request"] == first.last_response.request_id
    assert len(client.v1.payment_intents.list().data) == 1


def test_another_call_with_the_key_is_refused(client):
    client.v1.payment_intents.create(PARAMS, KEY)

    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refusal:
        client.v1.payment_intents.create(PARAMS | {"amount": 5000}, KEY)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.customers.create({}, KEY)

    assert refusal.value.http_status == 400
    assert len(client.v1.payment_intents.list().data) == 1


def test_a_call_is_refused_while_the_first_is_under_way(sandbox, connect):
    first, second = connect(sandbox), connect(sandbox)
    sandbox.control("POST", "/calls", {"mode": "slow", "path": "/v1/payment_intents", "seconds": 4.0})

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(first.v1.payment_intents.create, PARAMS, KEY)
        time.sleep(1)  # the first is under way: it takes four seconds
        with pytest.raises(stripe.StripeError) as refused:
            second.v1.payment_intents.create(PARAMS, KEY)

    assert refused.value.http_status == 409
    assert refused.value.json_body["error"]["code"] == "idempotency_key_in_use"
    assert second.v1.payment_intents.create(PARAMS, KEY).id == slow.result().id


def test_a_refused_payment_is_replayed_and_not_tried_again(client, new_intent):
    intent = new_intent()
    params = {"payment_method": "pm_card_chargeDeclined", "return_url": "https://shop.example"}

    refusals = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            client.v1.payment_intents.confirm(intent.id, params, KEY)
        refusals.append(refusal.value)

    assert refusals[0].http_body == refusals[1].http_body
    assert refusals[1].headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_failure_of_the_servers_is_replayed_too(sandbox, client):
    sandbox.control("POST", "/calls", {"mode": "status", "status": 500, "path": "/v1/payment_intents"})

    refusals = []
    for _ in range(2):
        with pytest.raises(stripe.APIError) as refusal:
            client.v1.payment_intents.create(PARAMS, KEY)
        refusals.append(refusal.value)

    assert [refusal.http_status for refusal in refusals] == [500, 500]
    assert refusals[0].http_body == refusals[1].http_body
    assert refusals[1].headers["Idempotent-Replayed"] == "true"
    assert client.v1.payment_intents.list().data == []
    assert client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-8"}).amount == 4999


@pytest.mark.parametrize("status", [409, 429, 503])
def test_a_call_that_was_turned_away_leaves_the_key_unused(sandbox, client, status):
    sandbox.control("POST", "/calls", {"mode": "status", "status": status})

    with pytest.raises(stripe.StripeError):
        client.v1.payment_intents.create(PARAMS, KEY)

    assert client.v1.payment_intents.create(PARAMS, KEY).amount == 4999


def test_a_call_with_bad_parameters_leaves_the_key_unused(client):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({"amount": "much", "currency": "usd"}, KEY)

    assert client.v1.payment_intents.create(PARAMS, KEY).amount == 4999


def test_a_key_is_forgotten_after_24_hours(sandbox, client):
    first = client.v1.payment_intents.create(PARAMS, KEY)
    with sqlite3.connect(sandbox.folder / "sandbox.sqlite3") as database:
        database.execute("UPDATE idempotency SET created = created - 24 * 3600")
    database.close()

    assert client.v1.payment_intents.create(PARAMS, KEY).id != first.id


def test_a_key_may_have_255_characters_and_no_more(client):
    client.v1.customers.create({}, {"idempotency_key": "k" * 255})

    with pytest.raises(stripe.InvalidRequestError, match="255"):
        client.v1.customers.create({}, {"idempotency_key": "k" * 256})
