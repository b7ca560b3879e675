"""Refunds: in part or whole, never more than was charged."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from sandbox_process import eventually


def test_a_charge_is_refunded_in_parts_until_nothing_is_left(client, paid):
    charge = paid()
    refunds = client.v1.refunds

    first = refunds.create({"payment_intent": charge.payment_intent, "amount": 1000, "reason": "duplicate"})
    half = client.v1.charges.retrieve(charge.id)
    rest = refunds.create({"charge": charge.id})
    whole = client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})

    assert (first.status, first.amount, half.amount_refunded, half.refunded) == (
        "succeeded",
        1000,
        1000,
        False,
    )
    assert (rest.amount, whole.amount_refunded, whole.refunded) == (3999, 4999, True)
    assert {refund.id for refund in whole.refunds.data} == {first.id, rest.id}
    booked = client.v1.balance_transactions.retrieve(first.balance_transaction)
    assert (booked.amount, booked.fee, booked.net, booked.source) == (-1000, 0, -1000, first.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refunds.create({"charge": charge.id})
    assert refusal.value.code == "charge_already_refunded"


def test_a_refund_is_never_above_what_is_left(client, paid):
    charge = paid()
    client.v1.refunds.create({"charge": charge.id, "amount": 4000})

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"charge": charge.id, "amount": 1000})

    assert client.v1.charges.retrieve(charge.id).amount_refunded == 4000


def test_refunds_at_the_same_moment_do_not_add_up_to_more_than_was_paid(connect, sandbox, client, paid):
    charge = paid()

    def refund(_: int) -> int:
        try:
            return connect(sandbox).v1.refunds.create({"charge": charge.id, "amount": 1000}).amount
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        refunded = list(pool.map(refund, range(8)))

    assert sum(refunded) == 4000
    assert client.v1.charges.retrieve(charge.id).amount_refunded == 4000


def test_an_unpaid_intent_cannot_be_refunded(client, new_intent):
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": new_intent().id})


def test_a_refund_names_what_it_refunds(client):
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        client.v1.refunds.create({"amount": 100})


def test_a_pending_refund_succeeds_a_moment_later(client, paid):
    refund = client.v1.refunds.create({"charge": paid("pm_card_pendingRefund").id})

    assert refund.status == "pending"
    eventually(lambda: client.v1.refunds.retrieve(refund.id).status == "succeeded", what="the refund")


def test_a_refund_that_fails_gives_the_money_back_to_the_charge(client, paid):
    charge = paid("pm_card_refundFail")
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 1000})

    eventually(lambda: client.v1.refunds.retrieve(refund.id).status == "failed", what="the failure")

    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert failed.failure_balance_transaction.amount == 1000
    assert client.v1.charges.retrieve(charge.id).amount_refunded == 0
