"""What instructors earn, when they can have it, and how it gets to them."""

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from endpoints import problem
from skillwise_commerce.domain.payments import ProviderRefund, ProviderTransfer, RefundStatus, TransferStatus
from skillwise_commerce.events import PayoutPaid
from skillwise_commerce.models import (
    Discrepancy,
    Earning,
    LedgerEntry,
    Payout,
    SellerAccount,
    SellerShare,
)
from skillwise_commerce.services.payouts.accounts import refresh_account
from skillwise_commerce.services.payouts.paying import open_payout, pay_instructors, record_transfer
from skillwise_commerce.services.payouts.statements import statement_of
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.services.settlement import Settlement
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

MakeCourse = Callable[..., UUID]
EARNINGS = "/api/v1/instructors/earnings/"
PAYOUTS = "/api/v1/instructors/payouts/"
NOW = datetime(2026, 9, 23, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=14)


@pytest.fixture
def seller_id(db: None) -> UUID:
    return make_user(roles=["instructor"]).id


@pytest.fixture
def seller(api: ApiClient, seller_id: UUID) -> ApiClient:
    return api.as_actor(seller_id, roles=["instructor"])


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


def sell(seller_id: UUID, make_course: MakeCourse, amount: int = 10_000, at: datetime = NOW) -> UUID:
    """The order of a course of theirs, of which 70 percent are theirs."""
    course = make_course(price=Money(amount, "USD"), owner_id=seller_id)
    return make_paid_order(buyer_id=make_user().id, course_ids=[course], now=at)


def take_back(order_id: UUID, at: datetime) -> None:
    opened = open_refund_by_admin(admin_id=new_id(), order_id=order_id, amounts=None, reason="late", now=at)
    payment = opened.order.payments.get()
    done = ProviderRefund(
        provider=opened.provider,
        id=f"re_{opened.id.hex}",
        payment_id=payment.provider_payment_id,
        status=RefundStatus.SUCCEEDED,
        amount=opened.total,
        refund_id=opened.id,
        created_at=at,
    )
    record_provider_refund(done, now=at)


def payable(seller_id: UUID) -> int:
    """What the ledger says is owed to them, and not sent."""
    entries = LedgerEntry.objects.filter(account=f"instructor_payable:{seller_id}")
    return -sum(entries.values_list("amount_amount", flat=True))


def balance(seller: ApiClient) -> dict[str, int]:
    (of_dollars,) = ApiClient.json(seller.get(EARNINGS))["balances"]
    return {name: of_dollars[name]["amount"] for name in ("available", "held", "on_its_way", "paid")}


def test_what_is_earned_is_held_until_the_refund_window_closes(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skillwise_commerce.rest.views import earnings

    sell(seller_id, make_course)

    monkeypatch.setattr(earnings, "now", lambda: LATER - timedelta(seconds=1))
    assert balance(seller) == {"available": 0, "held": 7000, "on_its_way": 0, "paid": 0}
    monkeypatch.setattr(earnings, "now", lambda: LATER)
    assert balance(seller) == {"available": 7000, "held": 0, "on_its_way": 0, "paid": 0}


def test_co_instructors_each_see_their_own(
    api: ApiClient, seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    partner = make_user(roles=["instructor"]).id
    course = make_course(price=Money(10_001, "USD"), owner_id=seller_id, editor_ids=[partner])
    SellerShare.objects.create(course_id=course, seller_id=seller_id, percent=50)
    SellerShare.objects.create(course_id=course, seller_id=partner, percent=25)

    make_paid_order(buyer_id=make_user().id, course_ids=[course], now=NOW)

    assert balance(seller)["available"] == 5001
    assert balance(api.as_actor(partner, roles=["instructor"]))["available"] == 2500


def test_shares_above_the_whole_are_refused_by_the_database(make_course: MakeCourse) -> None:
    course = make_course()
    SellerShare.objects.create(course_id=course, seller_id=new_id(), percent=60)

    SellerShare.objects.create(course_id=course, seller_id=new_id(), percent=41)

    with pytest.raises(IntegrityError, match="exceed its price"), transaction.atomic():
        connection.check_constraints()
    transaction.set_rollback(True)


def test_a_refund_within_the_window_takes_back_what_is_held(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    take_back(sell(seller_id, make_course), at=NOW + timedelta(days=3))

    assert balance(seller) == {"available": 0, "held": 0, "on_its_way": 0, "paid": 0}


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


def test_the_file_has_a_row_for_every_earning_and_begins_no_formula(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course(price=Money(10_000, "USD"), owner_id=seller_id, title="=HYPERLINK(1)")
    order = make_paid_order(buyer_id=make_user().id, course_ids=[course], now=NOW)
    take_back(order, at=NOW)

    response = seller.get(f"{EARNINGS}file/")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))

    assert [(row["kind"], row["amount"], row["course"]) for row in rows] == [
        ("refund", "-7000", "'=HYPERLINK(1)"),
        ("sale", "7000", "'=HYPERLINK(1)"),
    ]


def test_more_sales_take_no_more_queries(
    seller: ApiClient,
    seller_id: UUID,
    make_course: MakeCourse,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for _ in range(2):
        sell(seller_id, make_course)
        with django_assert_num_queries(6):
            seller.get(EARNINGS)


def test_the_months_and_courses_add_up_to_what_was_earned(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    sell(seller_id, make_course, 10_000)
    sell(seller_id, make_course, 20_000, at=NOW - timedelta(days=40))

    earnings = ApiClient.json(seller.get(EARNINGS))

    assert [(one["month"], one["earned"]["amount"]) for one in earnings["by_month"]] == [
        ("2026-09-01", 7000),
        ("2026-08-01", 14_000),
    ]
    assert [one["earned"]["amount"] for one in earnings["by_course"]] == [14_000, 7000]


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
