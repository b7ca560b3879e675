"""Customers, and the ephemeral keys with which an app sees its own."""

import time

import pytest
import stripe
from sandbox_process import eventually


def test_a_customer_is_kept_changed_and_deleted(client):
    customers = client.v1.customers
    kim = customers.create({"email": "kim@example.com", "metadata": {"user": "1", "old": "x"}})

    changed = customers.update(kim.id, {"name": "Kim Żółć", "metadata": {"old": "", "plan": "pro"}})
    gone = customers.delete(kim.id)

    assert (changed.email, changed.name) == ("kim@example.com", "Kim Żółć")
    assert changed.metadata.to_dict() == {"user": "1", "plan": "pro"}
    assert gone.deleted is True
    assert customers.retrieve(kim.id).deleted is True
    assert kim.id not in [customer.id for customer in customers.list().data]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        customers.update(kim.id, {"name": "Nobody"})
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_metadata_can_be_cleared_whole(client):
    kim = client.v1.customers.create({"metadata": {"user": "1"}})

    assert client.v1.customers.update(kim.id, {"metadata": ""}).metadata.to_dict() == {}


def test_an_ephemeral_key_opens_its_own_customer_alone(client, app):
    kim, lee = (client.v1.customers.create({"name": name}) for name in ("Kim", "Lee"))
    key = client.v1.ephemeral_keys.create({"customer": kim.id}, {"stripe_version": "2024-06-20"})
    own = client.v1.payment_methods.attach("pm_card_visa", {"customer": kim.id})

    methods = app.call(
        "GET", "/v1/payment_methods", {"customer": kim.id, "type": "card"}, key=key.secret
    ).json()

    assert key.secret.startswith("ek_test_")
    assert [method["id"] for method in methods["data"]] == [own.id]
    assert app.call("GET", f"/v1/customers/{kim.id}", key=key.secret).json()["id"] == kim.id
    assert app.call("GET", f"/v1/customers/{lee.id}", key=key.secret).status_code == 404
    assert app.call("GET", "/v1/payment_intents", key=key.secret).status_code == 403
    client.v1.ephemeral_keys.delete(key.id)
    assert app.call("GET", f"/v1/customers/{kim.id}", key=key.secret).status_code == 401


def test_an_ephemeral_key_needs_the_version_that_the_app_speaks(client, app):
    kim = client.v1.customers.create({})

    answer = app.call("POST", "/v1/ephemeral_keys", {"customer": kim.id}, key="sk_test_sandbox")

    assert answer.status_code == 400
    assert "Stripe-Version" in answer.json()["error"]["message"]


def test_a_list_goes_back_in_time_page_by_page(client):
    made = [client.v1.customers.create({"name": f"Customer {number}"}).id for number in range(5)]

    first = client.v1.customers.list({"limit": 2})
    second = client.v1.customers.list({"limit": 2, "starting_after": first.data[-1].id})
    back = client.v1.customers.list({"limit": 2, "ending_before": second.data[0].id})
    every = [customer.id for customer in client.v1.customers.list({"limit": 2}).auto_paging_iter()]

    assert ([customer.id for customer in first.data], first.has_more) == ([made[4], made[3]], True)
    assert [customer.id for customer in second.data] == [made[2], made[1]]
    assert [customer.id for customer in back.data] == [made[4], made[3]]
    assert every == made[::-1]


def test_a_list_can_be_narrowed_to_a_time(client):
    old = client.v1.customers.create({"name": "Old"})
    eventually(lambda: time.time() >= old.created + 1, what="the next second")
    new = client.v1.customers.create({"name": "New"})

    since = client.v1.customers.list({"created": {"gte": new.created}})
    until = client.v1.customers.list({"created": {"lt": new.created}})
    assert [customer.id for customer in since.data] == [new.id]
    assert [customer.id for customer in until.data] == [old.id]


@pytest.mark.parametrize(
    ("params", "param"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"starting_after": "cus_x"}, "starting_after")],
)
def test_a_list_refuses_a_page_that_cannot_be(client, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.customers.list(params)

    assert refusal.value.param == param


def test_a_property_that_is_no_object_cannot_be_expanded(client):
    kim = client.v1.customers.create({})

    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.customers.retrieve(kim.id, {"expand": ["email"]})
