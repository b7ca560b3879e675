"""Disputes: opened by a cardholder, answered with evidence, won or lost, and what they move."""

import pytest
import stripe
from sandbox_process import eventually


@pytest.fixture
def disputed(sandbox, client, paid):
    """Pays 49.99 USD, has the cardholder dispute it, and answers the dispute."""

    def dispute(**asked) -> stripe.Dispute:
        made = sandbox.control("POST", f"/charges/{paid().id}/dispute", asked)
        return client.v1.disputes.retrieve(made["id"])

    return dispute


def resolve(sandbox, dispute, outcome):
    return sandbox.control("POST", f"/disputes/{dispute.id}/resolve", {"outcome": outcome})


def test_a_dispute_takes_its_amount_and_a_fee_from_the_balance(client, webhooks, disputed):
    dispute = disputed(reason="product_not_received")

    (moved,) = dispute.balance_transactions
    assert (dispute.amount, dispute.status, dispute.reason) == (
        4999,
        "needs_response",
        "product_not_received",
    )
    assert (moved.type, moved.reporting_category) == ("adjustment", "dispute")
    assert (moved.amount, moved.fee, moved.net, moved.source) == (-4999, 1500, -6499, dispute.id)
    assert client.v1.charges.retrieve(dispute.charge).disputed
    assert webhooks.wait_for("charge.dispute.created").data.object.id == dispute.id
    assert webhooks.wait_for("charge.dispute.funds_withdrawn").data.object.id == dispute.id


@pytest.mark.parametrize(
    ("card", "reason", "status"),
    [
        ("pm_card_createDispute", "fraudulent", "needs_response"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response"),
        ("pm_card_createDisputeInquiry", "fraudulent", "warning_needs_response"),
    ],
)
def test_the_charge_of_a_dispute_card_is_disputed_a_moment_later(client, paid, card, reason, status):
    charge = paid(card)

    found = eventually(lambda: client.v1.disputes.list({"charge": charge.id}).data, what="the dispute")

    assert [(dispute.reason, dispute.status) for dispute in found] == [(reason, status)]


@pytest.mark.parametrize("outcome", ["won", "withdrawn"])
def test_a_dispute_that_is_won_brings_the_money_back_but_not_the_fee(
    sandbox, client, webhooks, disputed, outcome
):
    dispute = disputed()

    resolve(sandbox, dispute, outcome)

    won = client.v1.disputes.retrieve(dispute.id)
    assert won.status == "won"
    assert [moved.net for moved in won.balance_transactions] == [-6499, 4999]
    assert won.balance_transactions[1].reporting_category == "dispute_reversal"
    webhooks.wait_for("charge.dispute.funds_reinstated")
    assert webhooks.wait_for("charge.dispute.closed").data.object.status == "won"


def test_a_dispute_that_is_given_up_is_lost_for_good(client, webhooks, disputed):
    dispute = disputed()

    lost = client.v1.disputes.close(dispute.id)

    assert (lost.status, len(lost.balance_transactions)) == ("lost", 1)
    assert webhooks.wait_for("charge.dispute.closed").data.object.status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        client.v1.disputes.close(dispute.id)
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "too late"}})


@pytest.mark.parametrize(("text", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_evidence_is_staged_then_submitted_and_judged(client, webhooks, disputed, text, status):
    dispute = disputed()

    staged = client.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": text}, "submit": False}
    )
    sent = client.v1.disputes.update(dispute.id, {"submit": True})

    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    webhooks.wait_for("charge.dispute.updated", 2)
    eventually(lambda: client.v1.disputes.retrieve(dispute.id).status == status, what="the verdict")


def test_an_inquiry_moves_money_only_once_it_becomes_a_dispute(sandbox, client, disputed):
    inquiry = disputed(inquiry=True)
    assert (inquiry.status, inquiry.balance_transactions) == ("warning_needs_response", [])

    resolve(sandbox, inquiry, "funds_withdrawn")

    dispute = client.v1.disputes.retrieve(inquiry.id)
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)
    assert [moved.net for moved in dispute.balance_transactions] == [-6499]


def test_money_may_come_back_before_the_end_and_leave_again(sandbox, client, webhooks, disputed):
    dispute = disputed()

    resolve(sandbox, dispute, "funds_reinstated")
    lent = client.v1.disputes.retrieve(dispute.id)
    resolve(sandbox, dispute, "lost")

    assert lent.status == "needs_response"
    moves = [moved.amount for moved in client.v1.disputes.retrieve(dispute.id).balance_transactions]
    assert moves == [-4999, 4999, -4999]
    webhooks.wait_for("charge.dispute.funds_withdrawn", 2)


def test_a_disputed_charge_cannot_be_refunded_and_one_that_is_won_can(sandbox, client, disputed):
    dispute = disputed(amount=1000)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"charge": dispute.charge})
    resolve(sandbox, dispute, "won")

    assert refusal.value.code == "charge_disputed"
    assert client.v1.refunds.create({"charge": dispute.charge}).status == "succeeded"


@pytest.mark.parametrize("asked", [{"amount": 5000}, {"amount": 0}, {"amount": "10"}, {"reason": "mood"}])
def test_a_dispute_that_cannot_be_is_refused(sandbox, client, paid, asked):
    charge = paid()

    with pytest.raises(AssertionError, match="error"):
        sandbox.control("POST", f"/charges/{charge.id}/dispute", asked)

    assert client.v1.disputes.list().data == []


def test_disputes_are_listed_by_payment_and_time(client, disputed):
    first, second = disputed(), disputed()
    disputes = client.v1.disputes

    newest = disputes.list({"limit": 1, "expand": ["data.charge"]})

    assert ([one.id for one in newest.data], newest.has_more) == ([second.id], True)
    assert newest.data[0].charge.id == second.charge
    assert [one.id for one in disputes.list({"starting_after": second.id}).data] == [first.id]
    assert [one.id for one in disputes.list({"payment_intent": first.payment_intent}).data] == [first.id]
    assert disputes.list({"created": {"gt": second.created}}).data == []
