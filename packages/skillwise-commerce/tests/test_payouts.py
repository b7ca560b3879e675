"""How what instructors earned gets to them: once, on time, and booked as it was sent."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.core.management import call_command
from django.db import connection
from earnings import LATER, NOW, balance, payable, sell, take_back
from endpoints import problem
from skillwise_commerce.domain.payments import ProviderTransfer, TransferStatus
from skillwise_commerce.events import PayoutPaid
from skillwise_commerce.models import Discrepancy, Earning, Payout, SellerAccount
from skillwise_commerce.services.payouts.accounts import refresh_account
from skillwise_commerce.services.payouts.paying import open_payout, pay_instructors, record_transfer
from skillwise_commerce.services.payouts.statements import statement_of
from skillwise_commerce.services.settlement import Settlement
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

MakeCourse = Callable[..., UUID]
PAYOUTS = "/api/v1/instructors/payouts/"


@pytest.fixture
def account(seller_id: UUID, stripe: StandIn, seller: ApiClient) -> SellerAccount:
    """The seller's, onboarded; the platform's balance at the stand-in is full."""
    link = ApiClient.json(seller.post(f"{PAYOUTS}onboarding/"))["url"]
    assert httpx.post(link, data={"outcome": "complete"}).status_code == 303
    known = SellerAccount.objects.get(seller_id=seller_id)
    assert refresh_account(provider="stripe", provider_account_id=known.provider_account_id, now=NOW)
    fill(stripe)
    known.refresh_from_db()
    return known


def fill(stripe: StandIn) -> None:
    stripe.client.v1.payment_intents.create(
        {
            "amount": 10_000_000,
            "currency": "usd",
            "payment_method": "pm_card_bypassPending",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )


def test_an_instructor_is_paid_what_is_available_and_the_books_say_so(
    account: SellerAccount,
    seller: ApiClient,
    seller_id: UUID,
    make_course: MakeCourse,
    stripe: StandIn,
    published: Callable[..., list[Any]],
) -> None:
    sell(seller_id, make_course)
    sell(seller_id, make_course, at=LATER)  # still held

    (payout,) = pay_instructors(now=LATER)

    assert (payout.status, payout.amount) == ("paid", 7000)
    transfer = stripe.client.v1.transfers.retrieve(payout.provider_transfer_id)
    assert (transfer.amount, transfer.destination) == (7000, account.provider_account_id)
    assert payable(seller_id) == 7000
    assert [event.amount for event in published(PayoutPaid)] == [Money(7000, "USD")]
    assert pay_instructors(now=LATER) == []
    assert balance(seller)["paid"] == 7000


def test_what_is_earned_less_what_was_paid_is_what_the_ledger_owes(
    account: SellerAccount, seller_id: UUID, make_course: MakeCourse
) -> None:
    orders = [sell(seller_id, make_course, amount) for amount in (3333, 10_000, 4999)]
    take_back(orders[0], at=NOW)
    pay_instructors(now=LATER)
    take_back(orders[1], at=LATER)

    earned = sum(Earning.objects.filter(seller_id=seller_id).values_list("amount", flat=True))
    paid = sum(Payout.objects.filter(status="paid").values_list("amount", flat=True))
    assert earned - paid == payable(seller_id)


def test_a_late_refund_makes_the_balance_negative_and_the_next_payout_smaller(
    account: SellerAccount, seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    order = sell(seller_id, make_course)
    pay_instructors(now=LATER)
    take_back(order, at=LATER + timedelta(days=1))

    assert balance(seller)["available"] == -7000
    assert pay_instructors(now=LATER + timedelta(days=2)) == []
    sell(seller_id, make_course, 20_000, at=LATER)
    (second,) = pay_instructors(now=LATER + timedelta(days=20))

    assert second.amount == 14_000 - 7_000
    statement = statement_of(second)
    assert [line.amount.amount for line in statement.lines] == [-7000, 14_000]
    assert statement.carried_over == Money(0, "USD")


@pytest.mark.django_db(transaction=True)
def test_ten_runs_at_once_pay_once(
    account: SellerAccount, seller_id: UUID, make_course: MakeCourse, stripe: StandIn
) -> None:
    sell(seller_id, make_course)

    def run(_: int) -> None:
        try:
            pay_instructors(now=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(run, range(10)))

    assert Payout.objects.get().amount == 7000
    assert payable(seller_id) == 0
    sent = stripe.client.v1.transfers.list({"destination": account.provider_account_id}).data
    assert [transfer.amount for transfer in sent] == [7000]


@pytest.mark.parametrize("mode", ["before", "after"])
def test_a_provider_that_is_down_leaves_the_payout_pending_and_the_next_run_sends_it_once(
    account: SellerAccount, seller_id: UUID, make_course: MakeCourse, stripe: StandIn, mode: str
) -> None:
    sell(seller_id, make_course)
    stripe.fail_calls(mode=mode, method="POST", path="/v1/transfers", times=3)

    (waiting,) = pay_instructors(now=LATER)
    assert (waiting.status, payable(seller_id)) == ("pending", 7000)
    (sent,) = pay_instructors(now=LATER)

    assert (sent.id, sent.status, payable(seller_id)) == (waiting.id, "paid", 0)
    made = stripe.client.v1.transfers.list({"destination": account.provider_account_id}).data
    assert len(made) == 1


def test_a_payout_that_is_refused_leaves_the_money_available(
    account: SellerAccount, seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    sell(seller_id, make_course)
    SellerAccount.objects.update(provider_account_id="acct_closed")

    (refused,) = pay_instructors(now=LATER)

    assert (refused.status, bool(refused.failure_code)) == ("failed", True)
    assert (payable(seller_id), balance(seller)["available"]) == (7000, 7000)


def test_a_payout_that_comes_back_is_available_again(
    account: SellerAccount, seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    sell(seller_id, make_course)
    (payout,) = pay_instructors(now=LATER)
    back = ProviderTransfer(
        provider="stripe",
        id=payout.provider_transfer_id or "",
        account_id=account.provider_account_id,
        status=TransferStatus.REVERSED,
        amount=payout.total,
        payout_id=payout.id,
        created_at=LATER,
    )

    outcomes = [record_transfer(back, now=LATER) for _ in range(2)]

    assert outcomes == [Settlement.APPLIED, Settlement.REPEATED]
    assert (payable(seller_id), balance(seller)["available"]) == (7000, 7000)


def test_a_transfer_that_is_no_payout_of_ours_is_noted(db: None) -> None:
    foreign = ProviderTransfer(
        provider="stripe",
        id="tr_foreign",
        account_id="acct_foreign",
        status=TransferStatus.PAID,
        amount=Money(1, "USD"),
        payout_id=None,
        created_at=NOW,
    )

    assert record_transfer(foreign, now=NOW) is Settlement.DISCREPANCY
    assert Discrepancy.objects.get().kind == "unknown_transfer"


def test_less_than_the_minimum_waits(
    account: SellerAccount, seller_id: UUID, make_course: MakeCourse
) -> None:
    sell(seller_id, make_course, 1427)  # of which 999 are theirs

    assert open_payout(account=account, currency="USD", now=LATER) is None


def test_who_has_no_account_waits(seller_id: UUID, make_course: MakeCourse) -> None:
    sell(seller_id, make_course)

    assert pay_instructors(now=LATER) == []


def test_onboarding_twice_makes_one_account(seller: ApiClient, stripe: StandIn) -> None:
    links = {ApiClient.json(seller.post(f"{PAYOUTS}onboarding/"))["url"] for _ in range(2)}

    assert len(links) == 2
    assert len(stripe.calls("POST", "/v1/accounts")) == SellerAccount.objects.count() == 1


def test_a_payout_and_its_statement_are_for_its_instructor_alone(
    api: ApiClient, account: SellerAccount, seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    sell(seller_id, make_course)
    call_command("pay_instructors", stdout=io.StringIO())
    payout = Payout.objects.get()
    stranger = api.as_actor(make_user(roles=["instructor"]).id, roles=["instructor"])

    listed = ApiClient.json(seller.get(PAYOUTS))["results"]
    document = seller.get(f"{PAYOUTS}{payout.id}/statement/")

    assert [one["id"] for one in listed] == [str(payout.id)]
    assert ApiClient.json(seller.get(f"{PAYOUTS}{payout.id}/"))["amount"] == {
        "amount": 7000,
        "currency": "USD",
    }
    assert (document["Content-Type"], document.content[:5]) == ("application/pdf", b"%PDF-")
    assert ApiClient.json(stranger.get(PAYOUTS))["results"] == []
    for path in (f"{PAYOUTS}{payout.id}/", f"{PAYOUTS}{payout.id}/statement/"):
        problem(stranger.get(path), 404, "commerce.payout_not_found")


def test_who_is_paid_out_is_told_once(
    account: SellerAccount,
    seller_id: UUID,
    make_course: MakeCourse,
    deliver_events: Callable[..., int],
) -> None:
    sell(seller_id, make_course)
    pay_instructors(now=LATER)
    deliver_events()

    told = [mail for mail in sent_mails() if "earnings" in mail.subject]

    assert [mail.subject for mail in told] == ["Your earnings are on their way: $70.00"]


def test_a_webhook_about_a_transfer_or_an_account_is_believed_after_asking_stripe(
    account: SellerAccount,
    seller_id: UUID,
    make_course: MakeCourse,
    stripe: StandIn,
    post_event: Callable[..., Any],
    deliver_events: Callable[..., int],
) -> None:
    sell(seller_id, make_course)
    (payout,) = pay_instructors(now=LATER)
    stripe.client.v1.transfers.reversals.create(payout.provider_transfer_id or "")
    SellerAccount.objects.update(can_be_paid=False)

    for kind, subject, subject_id in (
        ("transfer.reversed", "transfer", payout.provider_transfer_id),
        ("account.updated", "account", account.provider_account_id),
    ):
        event = {
            "id": f"evt_{new_id().hex}",
            "object": "event",
            "type": kind,
            "data": {"object": {"object": subject, "id": subject_id}},
        }
        assert post_event(event).status_code == 200
    deliver_events()

    payout.refresh_from_db()
    assert (payout.status, payable(seller_id)) == ("reversed", 7000)
    assert SellerAccount.objects.get().can_be_paid
