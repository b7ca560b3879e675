"""Calls that fail, are slow or lose their connection, as a test asks; and calls that were wrong."""

import time

import httpx
import pytest
import stripe

PARAMS = {"amount": 4999, "currency": "usd"}


def test_a_call_fails_as_often_as_asked_and_the_library_gets_over_it(sandbox, connect):
    sandbox.control("POST", "/calls", {"mode": "status", "status": 503, "method": "POST", "times": 2})

    intent = connect(sandbox, retries=2).v1.payment_intents.create(PARAMS)

    assert intent.status == "requires_payment_method"
    assert [call["status"] for call in sandbox.control("GET", "/")["seen"]] == [503, 503, 200]


def test_a_lost_answer_does_not_make_a_second_intent(sandbox, connect, client):
    sandbox.control("POST", "/calls", {"mode": "after", "path": "/v1/payment_intents"})

    intent = connect(sandbox, retries=2).v1.payment_intents.create(PARAMS)

    assert [made.id for made in client.v1.payment_intents.list().data] == [intent.id]
    assert intent.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_lost_call_does_nothing(sandbox, client):
    sandbox.control("POST", "/calls", {"mode": "before", "path": "/v1/payment_intents"})

    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.create(PARAMS)

    assert client.v1.payment_intents.list().data == []


def test_a_slow_call_holds_nobody_else_up(sandbox, client):
    sandbox.control("POST", "/calls", {"mode": "slow", "path": "/v1/customers", "seconds": 0.6})
    begin = time.monotonic()

    client.v1.customers.create({})
    slow = time.monotonic() - begin
    client.v1.customers.create({})

    assert slow >= 0.6
    assert time.monotonic() - begin - slow < 0.5


def test_too_many_calls_are_told_so(sandbox, client):
    sandbox.control("POST", "/calls", {"mode": "status", "status": 429})

    with pytest.raises(stripe.RateLimitError) as refusal:
        client.v1.customers.list()

    assert refusal.value.json_body["error"]["code"] == "rate_limit"


@pytest.mark.parametrize(
    "switch",
    [
        {},
        {"mode": "explode"},
        {"mode": "slow", "seconds": "long"},
        {"mode": "slow", "speed": 1},
        {"mode": "slow", "times": 0},
    ],
)
def test_a_switch_that_does_not_exist_is_refused(sandbox, switch):
    answer = httpx.post(f"{sandbox.url}/_control/calls", json=switch)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.control("GET", "/")["calls"] == []


def test_clearing_makes_everything_behave(sandbox, client, webhooks):
    sandbox.control("POST", "/calls", {"mode": "status", "times": None})
    sandbox.control("POST", "/webhooks", {"mode": "drop"})

    sandbox.control("POST", "/clear")
    client.v1.customers.create({})

    webhooks.wait_for("customer.created")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "did not provide an API key"),
        ({"Authorization": "Bearer sk_test_of_another"}, "Invalid API Key provided: sk_test_****"),
        ({"Authorization": "Basic !"}, "Invalid API Key provided"),
        ({"Authorization": "Bearer pk_test_sandbox"}, "publishable API key"),
        ({"Authorization": "Bearer ek_test_forged"}, "Invalid API Key provided"),
    ],
)
def test_a_call_without_the_right_key_is_401(sandbox, contract, headers, said):
    answer = httpx.get(f"{sandbox.api}/v1/customers", headers=headers)

    assert answer.status_code == 401
    assert said in answer.json()["error"]["message"]
    assert answer.headers["Request-Id"].startswith("req_")
    assert "sk_test_of_another" not in answer.text
    if contract is not None:
        contract.check_answer("GET", "/v1/customers", 401, answer.json())


def test_the_key_may_come_as_a_user_name(sandbox):
    assert httpx.get(f"{sandbox.api}/v1/customers", auth=("sk_test_sandbox", "")).status_code == 200


def test_what_does_not_exist_is_404(client, app):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.retrieve("pi_nothing")
    unknown = app.call("GET", "/v1/no_such_thing", key="sk_test_sandbox")

    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    assert "No such payment_intent: 'pi_nothing'" in str(refusal.value)
    assert unknown.status_code == 404
    assert "Unrecognized request URL" in unknown.json()["error"]["message"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"name=%ff", "application/x-www-form-urlencoded"),
        (b"name=\xff", "application/x-www-form-urlencoded"),
        (b"name=a\x00", "application/x-www-form-urlencoded"),
        (b"name[x=1", "application/x-www-form-urlencoded"),
        (b"name=1&name[x]=1", "application/x-www-form-urlencoded"),
        (b'{"name": "Kim"}', "application/json"),
        (b"name=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_400(sandbox, content, content_type):
    headers = {"Authorization": "Bearer sk_test_sandbox", "Content-Type": content_type}

    answer = httpx.post(f"{sandbox.api}/v1/customers", content=content, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
