"""Transfers to connected accounts, their reversals, and payouts to the bank."""

import pytest
import stripe


@pytest.fixture
def funds(paid):
    """Has 48.24 USD available."""
    return paid("pm_card_bypassPending")


@pytest.fixture
def transfer(client, funds, new_account):
    """Transfers 40.00 USD, or what is asked, to a new account."""

    def transferred(**params) -> stripe.Transfer:
        base = {"amount": 4000, "currency": "usd", "destination": new_account().id}
        return client.v1.transfers.create(base | params)

    return transferred


def available(client):
    return client.v1.balance.retrieve().available[0].amount


def test_a_transfer_leaves_the_balance(client, webhooks, transfer):
    made = transfer(transfer_group="statement-7", metadata={"payout": "7"}, description="November")

    moved = client.v1.balance_transactions.retrieve(made.balance_transaction)
    assert (moved.type, moved.net, moved.source) == ("transfer", -4000, made.id)
    assert available(client) == 824
    assert (made.reversed, made.transfer_group, made.metadata["payout"]) == (False, "statement-7", "7")
    assert webhooks.wait_for("transfer.created").data.object.id == made.id


def test_more_than_is_available_is_not_transferred(client, paid, new_account):
    paid()

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.transfers.create({"amount": 1, "currency": "usd", "destination": new_account().id})

    assert refusal.value.code == "balance_insufficient"
    assert client.v1.transfers.list().data == []


def test_an_account_that_cannot_receive_gets_nothing(client, funds, new_account):
    account = new_account(onboarded=False)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.transfers.create({"amount": 100, "currency": "usd", "destination": account.id})

    assert refusal.value.code == "insufficient_capabilities_for_transfer"
    assert available(client) == 4824


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"destination": "acct_nobody"}, "destination"),
        ({"amount": 0}, "amount"),
        ({"currency": "x"}, "currency"),
    ],
)
def test_a_transfer_that_makes_no_sense_is_refused(client, transfer, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        transfer(**params)

    assert refusal.value.param == param


def test_a_repeated_key_transfers_once(client, funds, new_account):
    params = {"amount": 2000, "currency": "usd", "destination": new_account().id}

    first, again = (client.v1.transfers.create(params, {"idempotency_key": "statement-7"}) for _ in range(2))

    assert first.id == again.id
    assert available(client) == 2824


def test_a_lost_answer_makes_no_second_transfer(sandbox, connect, client, funds, new_account):
    sandbox.control("POST", "/calls", {"mode": "after", "path": "/v1/transfers"})
    params = {"amount": 2000, "currency": "usd", "destination": new_account().id}

    made = connect(sandbox, retries=2).v1.transfers.create(params)

    assert [one.id for one in client.v1.transfers.list().data] == [made.id]


def test_a_charge_pays_out_what_it_holds_before_it_is_available(client, paid, new_account):
    charge, account = paid(), new_account()
    params = {"currency": "usd", "destination": account.id, "source_transaction": charge.id}

    first = client.v1.transfers.create(params | {"amount": 4000})

    assert (first.source_transaction, first.transfer_group) == (charge.id, f"group_{charge.id}")
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed the source amount"):
        client.v1.transfers.create(params | {"amount": 1000})


def test_a_transfer_is_reversed_in_parts_until_nothing_is_left(client, webhooks, transfer):
    made, reversals = transfer(), client.v1.transfers.reversals

    part = reversals.create(made.id, {"amount": 1500})
    half = client.v1.transfers.retrieve(made.id)
    rest = reversals.create(made.id)

    whole = client.v1.transfers.retrieve(made.id)
    assert (half.amount_reversed, half.reversed) == (1500, False)
    assert (rest.amount, whole.amount_reversed, whole.reversed) == (2500, 4000, True)
    assert [one.id for one in whole.reversals.data] == [rest.id, part.id]
    assert client.v1.balance_transactions.retrieve(part.balance_transaction).type == "transfer_refund"
    assert available(client) == 4824
    assert webhooks.wait_for("transfer.reversed", 2)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be reversed"):
        reversals.create(made.id)


def test_transfers_are_listed_by_time_group_and_destination(client, transfer):
    first, second = transfer(amount=100, transfer_group="a"), transfer(amount=200, transfer_group="b")

    def listed(**asked):
        return [made.id for made in client.v1.transfers.list(asked).data]

    assert listed(created={"gte": first.created}) == [second.id, first.id]
    assert listed(created={"gt": second.created}) == []
    assert listed(transfer_group="a") == [first.id]
    assert listed(destination=second.destination) == [second.id]
    assert listed(limit=1, starting_after=second.id) == [first.id]


def test_a_payout_leaves_the_balance_and_arrives(client, webhooks, funds):
    payout = client.v1.payouts.create({"amount": 4000, "currency": "usd"})

    assert (payout.status, available(client)) == ("pending", 824)
    assert client.v1.balance_transactions.retrieve(payout.balance_transaction).type == "payout"
    assert webhooks.wait_for("payout.paid").data.object.id == payout.id
    assert [paid.id for paid in client.v1.payouts.list({"status": "paid"}).data] == [payout.id]
    assert client.v1.payouts.list({"arrival_date": {"lt": payout.created}}).data == []


def test_more_than_is_available_is_not_paid_out(client, funds):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payouts.create({"amount": 4825, "currency": "usd"})

    assert (refusal.value.code, available(client)) == ("balance_insufficient", 4824)
