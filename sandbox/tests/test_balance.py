"""The balance: what each payment, refund and dispute moves, and when it can be used."""

import pytest
import stripe


def amounts(entries):
    return {entry.currency: entry.amount for entry in entries}


def test_a_charge_brings_its_amount_less_the_fee(client, paid):
    charge = paid()

    transaction = client.v1.balance_transactions.retrieve(charge.balance_transaction)

    assert (transaction.type, transaction.source, transaction.status) == ("charge", charge.id, "pending")
    assert (transaction.amount, transaction.fee, transaction.net) == (4999, 175, 4824)
    assert [(fee.type, fee.amount) for fee in transaction.fee_details] == [("stripe_fee", 175)]


def test_the_transaction_is_found_from_its_intent(client, app, new_intent):
    intent = new_intent()
    app.confirm(intent)

    seen = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})

    assert seen.latest_charge.balance_transaction.net == 4824


def test_money_is_pending_until_it_is_available(sandbox, client, paid):
    paid()
    before = client.v1.balance.retrieve()

    released = sandbox.control("POST", "/balance/release")

    after = client.v1.balance.retrieve()
    assert (amounts(before.pending), amounts(before.available)) == ({"usd": 4824}, {"usd": 0})
    assert released == {"released": 1}
    assert (amounts(after.pending), amounts(after.available)) == ({"usd": 0}, {"usd": 4824})


def test_the_card_that_bypasses_pending_pays_into_what_is_available(client, paid):
    paid("pm_card_bypassPending")

    assert amounts(client.v1.balance.retrieve().available) == {"usd": 4824}


def test_the_balance_is_the_sum_of_its_transactions(sandbox, client, paid):
    refunded, disputed = paid("pm_card_bypassPending"), paid()
    client.v1.refunds.create({"charge": refunded.id, "amount": 999})
    sandbox.control("POST", f"/charges/{disputed.id}/dispute", {"amount": 2000})

    moved = client.v1.balance_transactions.list().data

    assert [entry.net for entry in moved] == [-3500, -999, 4824, 4824]
    balance = client.v1.balance.retrieve()
    assert balance.pending[0].amount + balance.available[0].amount == sum(entry.net for entry in moved)


def test_transactions_are_listed_by_kind_source_and_time(client, paid):
    charge = paid()
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 999})
    transactions = client.v1.balance_transactions

    def sources(**asked):
        return [entry.source for entry in transactions.list(asked).data]

    assert sources(type="refund") == [refund.id]
    assert sources(source=charge.id) == [charge.id]
    assert sources(created={"gte": charge.created}) == [refund.id, charge.id]
    assert sources(created={"lt": charge.created}) == []
    assert sources(limit=1, starting_after=refund.balance_transaction) == [charge.id]
    assert sources(limit=1, ending_before=charge.balance_transaction) == [refund.id]


@pytest.mark.parametrize(("currency", "amount", "fee"), [("jpy", 5000, 175), ("kwd", 15500, 480)])
def test_currencies_without_cents_and_with_thousandths_are_counted_in_their_own_units(
    client, app, new_intent, currency, amount, fee
):
    intent = new_intent(amount=amount, currency=currency)
    app.confirm(intent)

    seen = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})

    moved = seen.latest_charge.balance_transaction
    assert (moved.amount, moved.fee, moved.currency) == (amount, fee, currency)


@pytest.mark.parametrize(("currency", "amount"), [("kwd", 15505), ("bhd", 1001), ("isk", 5050)])
def test_a_part_too_small_for_the_currencys_cards_is_refused(client, currency, amount):
    with pytest.raises(stripe.InvalidRequestError, match="evenly divisible") as refusal:
        client.v1.payment_intents.create({"amount": amount, "currency": currency})

    assert refusal.value.param == "amount"
