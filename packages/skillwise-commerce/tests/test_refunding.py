"""Money that goes back: never more than was paid, booked to the minor unit, and the course with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from skillwise_commerce import api as commerce
from skillwise_commerce.domain.payments import ProviderRefund, RefundStatus
from skillwise_commerce.errors import (
    LineAlreadyRefundedError,
    LineNotFoundError,
    OrderNotFoundError,
    OrderNotPaidError,
    RefundExceedsPaidError,
    RefundOutsidePolicyError,
    RefundRefusedError,
)
from skillwise_commerce.events import EntitlementsEnded, EntitlementsGranted, OrderRefunded, RefundFailed
from skillwise_commerce.models import (
    Discrepancy,
    Earning,
    Entitlement,
    Invoice,
    LedgerEntry,
    Order,
    OrderLine,
    Payment,
    Refund,
    RefundLine,
)
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.refunds.opening import open_refund_by_admin, open_refund_by_policy
from skillwise_commerce.services.refunds.sending import resume_refunds, send_refund
from skillwise_commerce.services.settlement import Settlement, settle
from skillwise_commerce.testing import make_order, make_paid_order, paid_in_full
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from stand_in import StandIn

MakeCourse = Callable[..., UUID]
Published = Callable[..., list[Any]]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def bread_and_jam(buyer_id: UUID, make_course: MakeCourse) -> tuple[UUID, UUID, UUID]:
    """A paid order, and its courses: 49.99 and 10.01 dollars."""
    bread, jam = make_course(price=Money(4999, "USD")), make_course(price=Money(1001, "USD"))
    return make_paid_order(buyer_id=buyer_id, course_ids=[bread, jam], now=NOW), bread, jam


def told(order_id: UUID, amount: int, **more: Any) -> ProviderRefund:
    """What the provider says of a refund of this order's payment."""
    payment = Payment.objects.get(order_id=order_id)
    fields = {
        "provider": payment.provider,
        "id": f"re_{new_id().hex}",
        "payment_id": payment.provider_payment_id,
        "status": RefundStatus.SUCCEEDED,
        "amount": Money(amount, payment.amount_currency),
        "refund_id": None,
        "created_at": NOW,
    }
    return ProviderRefund(**(fields | more))


def refund(order_id: UUID, *course_ids: UUID, amount: int | None = None) -> Refund:
    """One that an administrator made, and the provider has carried out."""
    amounts = {course_id: Money(amount, "USD") if amount else None for course_id in course_ids}
    opened = open_refund_by_admin(
        admin_id=new_id(), order_id=order_id, amounts=amounts or None, reason="asked nicely", now=NOW
    )
    record_provider_refund(told(order_id, opened.amount, refund_id=opened.id), now=NOW)
    opened.refresh_from_db()
    return opened


def balances() -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in LedgerEntry.objects.all():
        found[entry.account] = found.get(entry.account, 0) + entry.amount_amount
    return {account: balance for account, balance in found.items() if balance}


def test_a_refunded_line_ends_that_course_and_no_other(
    buyer_id: UUID, bread_and_jam: tuple[UUID, UUID, UUID], published: Published
) -> None:
    order_id, bread, jam = bread_and_jam

    refund(order_id, jam)

    order = Order.objects.get(id=order_id)
    assert order.status == "partially_refunded"
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[bread, jam]) == {bread}
    (ended,) = published(EntitlementsEnded)
    assert (ended.user_id, ended.course_ids, ended.cause) == (buyer_id, (jam,), "refund")
    (event,) = published(OrderRefunded)
    assert (event.total, [line.course_id for line in event.lines]) == (Money(1001, "USD"), [jam])
    note = Invoice.objects.get(kind="credit_note")
    assert (note.number, note.total, note.credits.order_id) == (
        "CN-2026-000001",
        Money(1001, "USD"),
        order_id,
    )
    assert [move.cause for move in order.transitions.all()] == ["checkout", "provider", "refund"]


def test_a_whole_refund_leaves_nothing_in_the_books(bread_and_jam: tuple[UUID, UUID, UUID]) -> None:
    refund(bread_and_jam[0])

    assert Order.objects.get().status == "refunded"
    assert balances() == {}
    assert sum(Earning.objects.values_list("amount", flat=True)) == 0


def test_several_partial_refunds_add_up_to_the_line_and_end_the_course_with_the_last(
    buyer_id: UUID, bread_and_jam: tuple[UUID, UUID, UUID]
) -> None:
    order_id, bread, jam = bread_and_jam

    for amount in (1, 1666, 1667):
        refund(order_id, bread, amount=amount)
        assert bread in commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[bread])
    last = refund(order_id, bread)

    assert last.amount == 4999 - 1 - 1666 - 1667
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[bread, jam]) == {jam}
    assert sum(balances().values()) == 0
    of_bread = Earning.objects.filter(course_id=bread).values_list("amount", flat=True)
    assert sum(of_bread) == 0
    assert balances()["stripe_clearing"] == 1001
    assert Invoice.objects.filter(kind="credit_note").count() == 4


def test_a_refund_of_a_refunded_line_is_refused(bread_and_jam: tuple[UUID, UUID, UUID]) -> None:
    order_id, _, jam = bread_and_jam
    refund(order_id, jam)

    with pytest.raises(LineAlreadyRefundedError):
        open_refund_by_admin(
            admin_id=new_id(), order_id=order_id, amounts={jam: None}, reason="again", now=NOW
        )


def test_a_refund_of_an_unpaid_order_is_refused(buyer_id: UUID, make_course: MakeCourse) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)

    with pytest.raises(OrderNotPaidError):
        open_refund_by_policy(buyer_id=buyer_id, order_id=order_id, course_ids=None, reason="", now=NOW)


def test_someone_elses_order_is_not_found(bread_and_jam: tuple[UUID, UUID, UUID]) -> None:
    with pytest.raises(OrderNotFoundError):
        open_refund_by_policy(
            buyer_id=make_user().id, order_id=bread_and_jam[0], course_ids=None, reason="", now=NOW
        )


def test_a_course_of_another_order_is_not_refunded_by_this_one(
    buyer_id: UUID, bread_and_jam: tuple[UUID, UUID, UUID], make_course: MakeCourse
) -> None:
    other = make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[other], now=NOW)

    with pytest.raises(LineNotFoundError):
        open_refund_by_policy(
            buyer_id=buyer_id, order_id=bread_and_jam[0], course_ids=[other], reason="", now=NOW
        )


def test_more_than_was_paid_is_never_given_back(bread_and_jam: tuple[UUID, UUID, UUID]) -> None:
    order_id, _, jam = bread_and_jam
    refund(order_id, jam, amount=1000)

    with pytest.raises(RefundExceedsPaidError) as refused:
        refund(order_id, jam, amount=2)

    assert refused.value.extra["left"] == {"amount": 1, "currency": "USD"}


def test_the_database_refuses_what_no_service_should_try(bread_and_jam: tuple[UUID, UUID, UUID]) -> None:
    refunded = refund(bread_and_jam[0], bread_and_jam[2])
    line = refunded.lines.get().line
    other = make_paid_order(buyer_id=make_user().id, course_ids=[line.course_id], now=NOW)
    foreign = Order.objects.get(id=other).lines.get()

    def insert(refused: OrderLine) -> None:
        again = Refund.objects.create(
            order_id=bread_and_jam[0],
            origin="admin",
            amount=1,
            currency="USD",
            created_at=NOW,
            updated_at=NOW,
        )
        RefundLine.objects.create(refund=again, line=refused, amount=1)

    for refused, why in ((line, "are given back"), (foreign, "is not of a paid order")):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            insert(refused)


@pytest.mark.django_db(transaction=True)
def test_of_ten_refunds_at_once_one_is_made(make_course: MakeCourse) -> None:
    course = make_course(price=Money(4999, "USD"))
    order_id = make_paid_order(buyer_id=make_user().id, course_ids=[course], now=NOW)

    def ask(_: int) -> bool:
        try:
            open_refund_by_admin(admin_id=new_id(), order_id=order_id, amounts=None, reason="race", now=NOW)
        except LineAlreadyRefundedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(ask, range(10)))

    assert sum(made) == Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("after", "seen", "allowed"),
    [
        (timedelta(days=14), 29, True),
        (timedelta(days=14, seconds=1), 0, False),
        (timedelta(0), 30, False),
    ],
)
def test_a_buyer_has_fourteen_days_and_under_thirty_percent(
    buyer_id: UUID,
    bread_and_jam: tuple[UUID, UUID, UUID],
    after: timedelta,
    seen: int,
    allowed: bool,
) -> None:
    order_id, bread, _ = bread_and_jam
    Entitlement.objects.filter(course_id=bread).update(seen_percent=seen)

    def ask() -> Refund:
        return open_refund_by_policy(
            buyer_id=buyer_id, order_id=order_id, course_ids=[bread], reason="", now=NOW + after
        )

    if allowed:
        assert ask().amount == 4999
    else:
        with pytest.raises(RefundOutsidePolicyError):
            ask()


def test_a_refund_made_outside_our_api_is_recorded_once(
    buyer_id: UUID, bread_and_jam: tuple[UUID, UUID, UUID], published: Published
) -> None:
    order_id, bread, jam = bread_and_jam
    outside = told(order_id, 1001)

    outcomes = [record_provider_refund(outside, now=NOW) for _ in range(2)]

    assert outcomes == [Settlement.APPLIED, Settlement.REPEATED]
    made = Refund.objects.get()
    assert (made.origin, made.amount, made.provider_refund_id) == ("provider", 1001, outside.id)
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[bread, jam]) == {bread}
    assert len(published(OrderRefunded)) == 1


def test_a_refund_of_another_amount_outside_our_api_is_spread_over_the_lines(
    bread_and_jam: tuple[UUID, UUID, UUID],
) -> None:
    record_provider_refund(told(bread_and_jam[0], 600), now=NOW)

    assert sorted(RefundLine.objects.values_list("amount", flat=True)) == [100, 500]
    assert Order.objects.get().status == "partially_refunded"
    assert sum(balances().values()) == 0


def test_a_refund_of_anothers_payment_is_noted_and_books_nothing(
    bread_and_jam: tuple[UUID, UUID, UUID],
) -> None:
    foreign = replace(told(bread_and_jam[0], 1001), payment_id="pi_of_somebody_else")

    assert record_provider_refund(foreign, now=NOW) is Settlement.DISCREPANCY

    assert Discrepancy.objects.get().kind == "unknown_refund"
    assert not Refund.objects.exists()


def test_more_given_back_outside_than_was_paid_is_noted(bread_and_jam: tuple[UUID, UUID, UUID]) -> None:
    assert record_provider_refund(told(bread_and_jam[0], 6001), now=NOW) is Settlement.DISCREPANCY

    assert Discrepancy.objects.get().kind == "refund_mismatch"
    assert Order.objects.get().status == "paid"


def test_a_refund_that_fails_later_gives_the_course_back(
    buyer_id: UUID, bread_and_jam: tuple[UUID, UUID, UUID], published: Published
) -> None:
    order_id, bread, jam = bread_and_jam
    before = balances()
    made = refund(order_id)

    failed = told(order_id, 6000, id=made.provider_refund_id, refund_id=made.id, status=RefundStatus.FAILED)
    record_provider_refund(failed, now=NOW)
    record_provider_refund(replace(failed, status=RefundStatus.SUCCEEDED), now=NOW)

    assert Order.objects.get().status == "paid"
    assert balances() == before
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[bread, jam]) == {bread, jam}
    assert len(published(RefundFailed)) == 1
    assert {course for event in published(EntitlementsGranted) for course in event.course_ids} == {bread, jam}


def test_who_paid_twice_for_a_course_keeps_it_until_both_are_refunded(
    buyer_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course()
    first = make_order(buyer_id=buyer_id, course_ids=[course], now=NOW)
    from skillwise_commerce.domain.payments import PaymentStatus

    settle(replace(paid_in_full(first), status=PaymentStatus.CANCELED, received=0), now=NOW)
    second = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=NOW)
    settle(paid_in_full(first), now=NOW)

    refund(second)
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course]) == {course}

    refund(first)
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course]) == frozenset()


def test_what_was_free_goes_back_as_nothing(buyer_id: UUID, make_course: MakeCourse) -> None:
    course = make_course(price=Money(0, "USD"))
    order_id = commerce.take_free_course(user_id=buyer_id, course_id=course, now=NOW)
    opened = open_refund_by_policy(buyer_id=buyer_id, order_id=order_id, course_ids=None, reason="", now=NOW)

    done = send_refund(refund_id=opened.id, now=NOW)

    assert (done.status, Order.objects.get().status) == ("succeeded", "refunded")
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course]) == frozenset()


class TestAtTheProvider:
    """With Stripe's stand-in."""

    @pytest.fixture
    def bought(
        self, buyer: Any, buy: Callable[..., Any], make_course: MakeCourse, stripe: StandIn, buyer_id: UUID
    ) -> UUID:
        """An order that was paid at the stand-in."""
        from skillwise_commerce.gateways import get_gateway

        answer = buyer.json(buy(buyer, make_course(price=Money(4999, "USD"))))
        intent = answer["payment"]["payment_intent"]
        stripe.pay(intent)
        settle(get_gateway("stripe").fetch(intent), now=NOW)
        return UUID(answer["order"]["id"])

    def opened(self, order_id: UUID) -> Refund:
        return open_refund_by_admin(
            admin_id=new_id(), order_id=order_id, amounts=None, reason="asked nicely", now=NOW
        )

    def test_a_refund_is_made_there_once_however_often_it_is_sent(
        self, bought: UUID, stripe: StandIn
    ) -> None:
        opened = self.opened(bought)

        for _ in range(2):
            done = send_refund(refund_id=opened.id, now=NOW)

        assert (done.status, Order.objects.get().status) == ("succeeded", "refunded")
        assert len(stripe.calls("POST", "/v1/refunds")) == 1

    @pytest.mark.parametrize("mode", ["before", "after"])
    def test_a_provider_that_is_down_leaves_it_pending_and_it_is_resumed_once(
        self, bought: UUID, stripe: StandIn, mode: str
    ) -> None:
        opened = self.opened(bought)
        stripe.fail_calls(mode=mode, method="POST", path="/v1/refunds", times=3)

        assert send_refund(refund_id=opened.id, now=NOW).status == "pending"
        assert Order.objects.get().status == "paid"
        later = NOW + timedelta(minutes=10)
        assert resume_refunds(older_than=timedelta(minutes=5), now=later) == 1

        assert Order.objects.get().status == "refunded"
        payment = Payment.objects.get()
        made = stripe.client.v1.refunds.list({"payment_intent": payment.provider_payment_id}).data
        assert [one.amount for one in made] == [4999]

    def test_an_attempt_that_failed_there_is_not_made_twice(self, bought: UUID, stripe: StandIn) -> None:
        opened = self.opened(bought)
        stripe.fail_calls(mode="status", status=500, method="POST", path="/v1/refunds", times=3)
        assert send_refund(refund_id=opened.id, now=NOW).status == "pending"
        payment = Payment.objects.get()
        stripe.client.v1.refunds.create(
            {"payment_intent": payment.provider_payment_id, "metadata": {"refund_id": str(opened.id)}}
        )

        done = send_refund(refund_id=opened.id, now=NOW)

        assert done.status == "succeeded"
        made = stripe.client.v1.refunds.list({"payment_intent": payment.provider_payment_id}).data
        assert len(made) == 1

    def test_a_refund_that_waited_until_its_key_was_forgotten_is_not_made_twice(
        self, bought: UUID, stripe: StandIn
    ) -> None:
        opened = self.opened(bought)
        payment = Payment.objects.get()
        stripe.client.v1.refunds.create(
            {"payment_intent": payment.provider_payment_id, "metadata": {"refund_id": str(opened.id)}}
        )

        resume_refunds(older_than=timedelta(minutes=5), now=NOW + timedelta(days=2))

        made = stripe.client.v1.refunds.list({"payment_intent": payment.provider_payment_id}).data
        assert len(made) == 1
        assert Order.objects.get().status == "refunded"

    def test_a_provider_that_refuses_leaves_the_books_as_they_were(
        self, bought: UUID, stripe: StandIn
    ) -> None:
        before = balances()
        payment = Payment.objects.get()
        stripe.client.v1.refunds.create({"payment_intent": payment.provider_payment_id})
        opened = self.opened(bought)

        with pytest.raises(RefundRefusedError) as refused:
            send_refund(refund_id=opened.id, now=NOW)

        assert refused.value.extra["provider_code"] == "charge_already_refunded"
        opened.refresh_from_db()
        assert (opened.status, opened.failure_code) == ("failed", "charge_already_refunded")
        assert (balances(), Order.objects.get().status) == (before, "paid")
