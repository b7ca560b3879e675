"""The stand-in against Stripe's own OpenAPI document."""

import re

import httpx
import pytest
import stripe
from sandbox_process import eventually
from skillwise_sandbox.stripe.operations import OPERATIONS
from stripe_document import MISSING

# What mobile SDKs send besides; Stripe takes it and documents it nowhere.
_FROM_APPS = {"guid", "muid", "sid", "payment_user_agent", "client_attribution_metadata", "client_secret"}
_FROM_APPS |= {"use_stripe_sdk"}


@pytest.fixture
def document(contract):
    """Stripe's document; the test skips where it is missing."""
    if contract is None:
        pytest.skip(MISSING)
    return contract


@pytest.mark.parametrize(
    "operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.template}"
)
def test_an_operation_takes_nothing_that_stripe_does_not(document, operation):
    template = document.template(operation.template)

    assert template is not None
    assert set(operation.params) - _FROM_APPS <= document.parameters(operation.method, template)


def test_every_operation_answers_in_stripes_shape(document, client, app, webhooks, new_intent, new_account):
    api = client.v1
    document.seen.clear()
    customer = api.customers.create(
        {"email": "kim@example.com", "name": "Kim", "address": {"city": "Oslo"}, "preferred_locales": ["nb"]}
    )
    api.customers.update(customer.id, {"phone": "+4712345678", "metadata": {"user": "1"}})
    api.customers.retrieve(customer.id)
    api.customers.list({"email": "kim@example.com"})
    key = api.ephemeral_keys.create({"customer": customer.id}, {"stripe_version": "2024-06-20"})
    app.call("GET", "/v1/payment_methods", {"customer": customer.id, "type": "card"}, key=key.secret)
    api.ephemeral_keys.delete(key.id)
    method = api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    api.payment_methods.attach(method.id, {"customer": customer.id})
    api.payment_methods.update(method.id, {"metadata": {"nick": "blue"}, "billing_details": {"name": "K"}})
    api.payment_methods.retrieve(method.id, {"expand": ["customer"]})
    api.customers.payment_methods.list(customer.id)
    api.payment_methods.detach(method.id)
    for card in ("pm_card_visa", "pm_card_threeDSecure2Required", "pm_card_chargeDeclined"):
        intent = new_intent(customer=customer.id, shipping={"name": "Kim", "address": {"line1": "Way 1"}})
        app.confirm(intent, card)
        api.payment_intents.retrieve(intent.id, {"expand": ["customer", "payment_method", "latest_charge"]})
    debit = new_intent()
    app.confirm(debit, "pm_usBankAccount_success")
    paid = new_intent(payment_method="pm_card_refundFail")
    api.payment_intents.update(paid.id, {"description": "A course"})
    api.payment_intents.confirm(paid.id, {"return_url": "https://shop.example"})
    api.payment_intents.cancel(new_intent().id)
    api.payment_intents.list({"expand": ["data.latest_charge"]})
    (charge,) = api.charges.list({"payment_intent": paid.id}).data
    api.charges.update(charge.id, {"metadata": {"seen": "yes"}})
    refund = api.refunds.create({"charge": charge.id, "amount": 100, "reason": "duplicate"})
    api.refunds.update(refund.id, {"metadata": {"why": "test"}})
    eventually(lambda: api.refunds.retrieve(refund.id).status == "failed", what="the refund's failure")
    api.refunds.list({"expand": ["data.charge", "data.balance_transaction"]})
    api.charges.retrieve(charge.id, {"expand": ["refunds", "balance_transaction.source"]})
    transaction = api.balance_transactions.list({"type": "refund"}).data[0]
    api.balance_transactions.retrieve(transaction.id, {"expand": ["source"]})
    check_out(api, webhooks, customer)
    pay_an_instructor(api, app, new_intent(), new_account())
    lose_a_dispute(api, app, new_intent())
    webhooks.wait_for("charge.dispute.closed")
    webhooks.wait_for("payout.paid")
    webhooks.wait_for("payment_intent.succeeded", 6)
    event = api.events.list({"limit": 100}).data[0]
    api.events.retrieve(event.id)
    keep_an_endpoint(api, webhooks.url)
    api.customers.delete(customer.id)
    api.customers.retrieve(customer.id)

    for delivered in webhooks.events():
        document.check_event(delivered.to_dict())
    ours = {(operation.method, re.sub(r"\{\w+\}", "{}", operation.template)) for operation in OPERATIONS}
    assert ours == document.seen


def keep_an_endpoint(api, url):
    endpoint = api.webhook_endpoints.create({"url": url, "enabled_events": ["refund.*"]})
    api.webhook_endpoints.update(endpoint.id, {"description": "Refunds", "disabled": True})
    api.webhook_endpoints.retrieve(endpoint.id)
    api.webhook_endpoints.list()
    api.webhook_endpoints.delete(endpoint.id)


def check_out(api, webhooks, customer):
    item = {"price_data": {"currency": "usd", "unit_amount": 4999, "product_data": {"name": "Tomatoes"}}}
    params = {"mode": "payment", "line_items": [item], "success_url": "https://shop.example/thanks"}
    paid = api.checkout.sessions.create(params | {"customer": customer.id, "expand": ["line_items"]})
    httpx.post(paid.url, data={"payment_method": "pm_card_visa"})
    api.checkout.sessions.retrieve(paid.id, {"expand": ["payment_intent.latest_charge", "customer"]})
    api.checkout.sessions.line_items.list(paid.id)
    api.checkout.sessions.expire(api.checkout.sessions.create(params).id)
    api.checkout.sessions.list({"status": "expired"})
    webhooks.wait_for("checkout.session.completed")
    webhooks.wait_for("checkout.session.expired")


def lose_a_dispute(api, app, intent):
    api.balance.retrieve()
    app.confirm(intent, "pm_card_createDispute")
    found = eventually(lambda: api.disputes.list({"payment_intent": intent.id}).data, what="the dispute")
    dispute = api.disputes.retrieve(found[0].id, {"expand": ["charge"]})
    api.disputes.update(dispute.id, {"evidence": {"product_description": "A course"}})
    api.disputes.close(dispute.id)


def pay_an_instructor(api, app, intent, account):
    app.confirm(intent, "pm_card_bypassPending")
    api.accounts.update(account.id, {"business_profile": {"name": "Kim"}, "metadata": {"user": "1"}})
    api.accounts.list()
    urls = dict.fromkeys(("refresh_url", "return_url"), "https://shop.example/payouts")
    api.account_links.create({"account": account.id, "type": "account_onboarding", **urls})
    transfer = api.transfers.create({"amount": 3000, "currency": "usd", "destination": account.id})
    api.transfers.update(transfer.id, {"metadata": {"statement": "2026-11"}})
    reversal = api.transfers.reversals.create(transfer.id, {"amount": 1000, "expand": ["transfer"]})
    api.transfers.reversals.retrieve(transfer.id, reversal.id)
    api.transfers.reversals.list(transfer.id)
    api.transfers.retrieve(transfer.id, {"expand": ["destination", "balance_transaction.source"]})
    api.transfers.list({"destination": account.id})
    payout = api.payouts.create({"amount": 500, "currency": "usd"})
    api.payouts.retrieve(payout.id, {"expand": ["balance_transaction"]})
    api.payouts.list({"status": "pending"})


def test_the_official_librarys_own_version_is_spoken_too(sandbox, connect):
    newest = stripe.StripeClient("sk_test_sandbox", base_addresses={"api": sandbox.api})

    intent = newest.v1.payment_intents.create({"amount": 4999, "currency": "usd"})

    assert newest.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    assert intent.last_response.headers["Stripe-Version"] == stripe.api_version
    assert httpx.get(sandbox.api + "/v1/events").status_code == 401
