"""Connected accounts: made, onboarded on Stripe's page, restricted."""

import httpx
import pytest
import stripe


@pytest.fixture
def link(client):
    """The address of an account's onboarding page."""

    def address(account: stripe.Account) -> str:
        return client.v1.account_links.create(
            {
                "account": account.id,
                "type": "account_onboarding",
                "return_url": "https://shop.example/back",
                "refresh_url": "https://shop.example/again",
            }
        ).url

    return address


def test_a_new_account_can_do_nothing_yet(new_account):
    account = new_account(onboarded=False, email="kim@example.com", metadata={"user": "7"})

    assert (account.charges_enabled, account.payouts_enabled, account.details_submitted) == (
        False,
        False,
        False,
    )
    assert (account.capabilities.transfers, account.metadata["user"]) == ("inactive", "7")
    assert "external_account" in account.requirements.currently_due


def test_onboarding_lets_an_account_be_paid(client, webhooks, new_account, link):
    account = new_account(onboarded=False, email="kim@example.com")
    page = link(account)

    shown = httpx.get(page)
    done = httpx.post(page, data={"outcome": "complete"})

    assert "kim@example.com" in shown.text
    assert (done.status_code, done.headers["location"]) == (303, "https://shop.example/back")
    after = client.v1.accounts.retrieve(account.id)
    assert (after.payouts_enabled, after.details_submitted, after.charges_enabled) == (True, True, False)
    assert (after.capabilities.transfers, after.requirements.currently_due) == ("active", [])
    event = webhooks.wait_for("account.updated")
    assert (event.account, event.data.object.payouts_enabled) == (account.id, True)


def test_an_onboarding_link_is_good_once_and_leaving_it_changes_nothing(client, new_account, link):
    account = new_account(onboarded=False)
    page = link(account)

    left = httpx.post(page, data={"outcome": "leave"})
    again = [httpx.get(page), httpx.post(page, data={"outcome": "complete"})]

    assert left.headers["location"] == "https://shop.example/back"
    assert [answer.headers["location"] for answer in again] == ["https://shop.example/again"] * 2
    assert not client.v1.accounts.retrieve(account.id).details_submitted


def test_the_page_of_another_accounts_link_is_not_there(new_account, link):
    mine, other = new_account(onboarded=False), new_account(onboarded=False)

    page = link(mine).replace(mine.id, other.id)

    assert httpx.get(page).status_code == 404
    assert httpx.post(page, data={"outcome": "complete"}).status_code == 404


def test_an_account_may_be_restricted_later(sandbox, client, webhooks, new_account):
    account = new_account(capabilities={name: {"requested": True} for name in ("card_payments", "transfers")})
    assert account.charges_enabled

    sandbox.control("POST", f"/accounts/{account.id}", {"state": "restricted"})

    after = client.v1.accounts.retrieve(account.id)
    assert (after.payouts_enabled, after.charges_enabled, after.details_submitted) == (False, False, True)
    assert (after.capabilities.transfers, after.requirements.disabled_reason) == (
        "inactive",
        "requirements.past_due",
    )
    assert webhooks.wait_for("account.updated", 2).data.previous_attributes["payouts_enabled"] is True


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"account": "acct_nobody"}, "account"),
        ({"return_url": "skillwise://back"}, "return_url"),
        ({"refresh_url": "nowhere"}, "refresh_url"),
        ({"type": "account_update"}, "type"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(client, new_account, params, param):
    base = {
        "account": new_account(onboarded=False).id,
        "type": "account_onboarding",
        "return_url": "https://shop.example/back",
        "refresh_url": "https://shop.example/again",
    }

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.account_links.create(base | params)

    assert (refusal.value.http_status, refusal.value.param) == (400, param)


def test_accounts_are_listed_newest_first(client, new_account):
    first, second = new_account(), new_account()

    assert [account.id for account in client.v1.accounts.list().data] == [second.id, first.id]
