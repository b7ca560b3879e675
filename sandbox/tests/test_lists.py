"""What reconciliation reads: everything since a moment, newest first, page by page, and calls that fail."""

import pytest
import stripe
from sandbox_process import eventually

LISTS = (
    "payment_intents",
    "charges",
    "refunds",
    "disputes",
    "transfers",
    "payouts",
    "balance_transactions",
    "events",
)


@pytest.fixture
def history(sandbox, client, paid, new_account):
    """Two of everything."""
    account = new_account()
    for _ in range(2):
        charge = paid("pm_card_bypassPending")
        client.v1.refunds.create({"charge": charge.id, "amount": 100})
        sandbox.control("POST", f"/charges/{charge.id}/dispute", {"amount": 100})
        client.v1.transfers.create({"amount": 100, "currency": "usd", "destination": account.id})
        client.v1.payouts.create({"amount": 100, "currency": "usd"})
    eventually(lambda: len(client.v1.payouts.list({"status": "paid"}).data) == 2, what="the payouts' arrival")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_paged_newest_first_and_cut_by_time(client, history, name):
    service = getattr(client.v1, name)
    everything = service.list({"limit": 100}).data
    newest, second = everything[:2]

    assert [one.created for one in everything] == sorted((one.created for one in everything), reverse=True)
    assert [one.id for one in service.list({"limit": 1}).auto_paging_iter()] == [one.id for one in everything]
    assert service.list({"limit": 1, "starting_after": newest.id}).data[0].id == second.id
    assert service.list({"limit": 1, "ending_before": second.id}).data[0].id == newest.id
    assert len(service.list({"limit": 100, "created": {"gte": everything[-1].created}}).data) == len(
        everything
    )
    assert service.list({"created": {"gt": newest.created}}).data == []
    assert service.list({"created": {"lt": everything[-1].created}}).data == []


def test_events_are_listed_by_several_types(client, history):
    types = ["transfer.created", "charge.dispute.created"]

    found = client.v1.events.list({"types": types, "limit": 100}).data

    assert sorted(event.type for event in found) == sorted(types * 2)


@pytest.mark.parametrize("name", ["disputes", "transfers", "payouts", "balance_transactions", "accounts"])
def test_any_list_can_be_made_to_fail(sandbox, client, name):
    sandbox.control("POST", "/calls", {"mode": "status", "status": 503, "path": f"/v1/{name}"})
    sandbox.control("POST", "/calls", {"mode": "before", "path": f"/v1/{name}"})

    with pytest.raises(stripe.APIError):
        getattr(client.v1, name).list()
    with pytest.raises(stripe.APIConnectionError):
        getattr(client.v1, name).list()

    assert getattr(client.v1, name).list().data == []
