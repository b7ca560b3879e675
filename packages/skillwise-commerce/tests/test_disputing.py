"""A buyer's bank takes money back, and may return it: the books, the courses and the order follow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from endpoints import ORDERS
from ledger import balances
from skillwise_commerce import api as commerce
from skillwise_commerce.domain.payments import DisputeStatus, ProviderDispute
from skillwise_commerce.errors import OrderDisputedError, RefundRefusedError
from skillwise_commerce.events import (
    DisputeClosed,
    DisputeOpened,
    EntitlementsEnded,
    EntitlementsRestored,
    EntitlementsSuspended,
)
from skillwise_commerce.models import (
    Discrepancy,
    Dispute,
    Earning,
    LedgerTransaction,
    Order,
    Payment,
    ProviderEvent,
    Refund,
)
from skillwise_commerce.services.disputes import record_provider_dispute
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.services.refunds.sending import send_refund
from skillwise_commerce.services.settlement import Settlement
from skillwise_commerce.testing import make_paid_order
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

pytestmark = pytest.mark.django_db

MakeCourse = Callable[..., UUID]
Published = Callable[..., list[Any]]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FEE = Money(1500, "USD")


@pytest.fixture
def order_id(buyer_id: UUID, make_course: MakeCourse) -> UUID:
    """A paid order of two courses, for 49.99 and 10.01 dollars."""
    courses = [make_course(price=Money(4999, "USD")), make_course(price=Money(1001, "USD"))]
    return make_paid_order(buyer_id=buyer_id, course_ids=courses, now=NOW)


def told(order_id: UUID, status: DisputeStatus, *, taken: bool, **more: Any) -> ProviderDispute:
    """What the provider says of a dispute about the whole order, or about what `more` says."""
    payment = Payment.objects.get(order_id=order_id)
    fields: dict[str, Any] = {
        "provider": payment.provider,
        "id": "du_of_a_test",
        "payment_id": payment.provider_payment_id,
        "status": status,
        "amount": payment.amount,
        "reason": "fraudulent",
        "is_withdrawn": taken,
        "created_at": NOW,
        "fee": FEE if taken else None,
    }
    return ProviderDispute(**(fields | more))


def record(order_id: UUID, status: DisputeStatus, *, taken: bool, **more: Any) -> Settlement:
    return record_provider_dispute(told(order_id, status, taken=taken, **more), now=NOW)


def status_of(order_id: UUID) -> str:
    return Order.objects.get(id=order_id).status


def entitled(order_id: UUID) -> int:
    """How many of the order's courses its buyer may take."""
    order = Order.objects.get(id=order_id)
    courses = list(order.lines.values_list("course_id", flat=True))
    return len(commerce.get_entitled_course_ids(user_id=order.buyer_id, course_ids=courses))


def test_a_dispute_created_takes_the_money_back_and_suspends_the_courses(
    order_id: UUID, published: Published
) -> None:
    assert record(order_id, DisputeStatus.OPEN, taken=True) is Settlement.APPLIED

    assert (status_of(order_id), entitled(order_id)) == ("disputed", 0)
    assert balances() == {"stripe_clearing": -1500, "fees": 1500}
    assert sum(Earning.objects.values_list("amount", flat=True)) == 0
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.fee_amount, dispute.closed_at) == (6000, 1500, None)
    (opened,) = published(DisputeOpened)
    assert (opened.amount, sum(line.refunded.amount for line in opened.lines)) == (Money(6000, "USD"), 6000)
    assert len(published(EntitlementsSuspended)) == 1


def test_a_policy_may_leave_the_courses_open_meanwhile(order_id: UUID, settings: Any) -> None:
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {"DISPUTED_ENTITLEMENT": "keep"}

    record(order_id, DisputeStatus.OPEN, taken=True)

    assert (status_of(order_id), entitled(order_id)) == ("disputed", 2)


def test_a_mere_inquiry_moves_neither_money_nor_courses(order_id: UUID, published: Published) -> None:
    before = balances()

    record(order_id, DisputeStatus.INQUIRY, taken=False)

    assert (status_of(order_id), entitled(order_id), balances()) == ("paid", 2, before)
    (opened,) = published(DisputeOpened)
    assert opened.lines == ()


def test_an_inquiry_that_becomes_a_dispute_takes_the_money_then(order_id: UUID, published: Published) -> None:
    record(order_id, DisputeStatus.INQUIRY, taken=False)

    record(order_id, DisputeStatus.OPEN, taken=True)

    assert status_of(order_id) == "disputed"
    assert [len(event.lines) for event in published(DisputeOpened)] == [0, 2]


@pytest.mark.parametrize(
    ("status", "outcome"), [(DisputeStatus.WON, "won"), (DisputeStatus.WITHDRAWN, "withdrawn")]
)
def test_a_dispute_that_is_won_or_withdrawn_leaves_all_as_it_was_but_the_fee(
    order_id: UUID, published: Published, status: DisputeStatus, outcome: str
) -> None:
    before = balances()
    record(order_id, DisputeStatus.OPEN, taken=True)

    record(order_id, status, taken=False, fee=FEE)

    assert (status_of(order_id), entitled(order_id)) == ("paid", 2)
    after = balances()
    assert after.pop("fees") == 1500
    assert after == before | {"stripe_clearing": before["stripe_clearing"] - 1500}
    (closed,) = published(DisputeClosed)
    assert (closed.outcome, sum(line.refunded.amount for line in closed.lines)) == (outcome, 6000)
    assert len(published(EntitlementsRestored)) == 1
    moves = Order.objects.get(id=order_id).transitions.values_list("to_status", "cause")
    assert list(moves)[2:] == [("disputed", "dispute"), ("paid", "dispute")]


def test_money_that_is_withdrawn_and_reinstated_again_and_again_is_booked_each_time(order_id: UUID) -> None:
    before = balances()

    for _ in range(2):
        record(order_id, DisputeStatus.OPEN, taken=True)
        assert status_of(order_id) == "disputed"
        record(order_id, DisputeStatus.OPEN, taken=False, fee=FEE)
        assert (status_of(order_id), entitled(order_id)) == ("paid", 2)

    after = balances()
    assert after.pop("fees") == 1500
    assert after == before | {"stripe_clearing": before["stripe_clearing"] - 1500}


def test_a_dispute_that_is_lost_ends_the_courses_for_good(order_id: UUID, published: Published) -> None:
    record(order_id, DisputeStatus.OPEN, taken=True)

    record(order_id, DisputeStatus.LOST, taken=True)

    assert (status_of(order_id), entitled(order_id)) == ("charged_back", 0)
    assert balances() == {"stripe_clearing": -1500, "fees": 1500}
    (ended,) = published(EntitlementsEnded)
    assert (ended.cause, len(ended.course_ids)) == ("chargeback", 2)
    (closed,) = published(DisputeClosed)
    assert (closed.outcome, closed.lines) == ("lost", ())


def test_a_dispute_of_which_we_hear_only_the_end_is_booked_whole(order_id: UUID) -> None:
    record(order_id, DisputeStatus.LOST, taken=True)

    order = Order.objects.get(id=order_id)
    assert (order.status, entitled(order_id)) == ("charged_back", 0)
    assert [move.to_status for move in order.transitions.all()] == [
        "pending",
        "paid",
        "disputed",
        "charged_back",
    ]


def test_a_bank_that_changes_its_mind_after_all_gives_the_courses_back(order_id: UUID) -> None:
    before = balances()
    record(order_id, DisputeStatus.LOST, taken=True, fee=None)

    record(order_id, DisputeStatus.WON, taken=False)

    assert (status_of(order_id), entitled(order_id), balances()) == ("paid", 2, before)


def test_repeats_and_old_news_change_nothing(order_id: UUID, published: Published) -> None:
    stages = [
        told(order_id, DisputeStatus.INQUIRY, taken=False),
        told(order_id, DisputeStatus.OPEN, taken=True),
        told(order_id, DisputeStatus.WON, taken=False, fee=FEE),
    ]
    for stage in stages:
        record_provider_dispute(stage, now=NOW)
    books, order = balances(), status_of(order_id)

    again = [record_provider_dispute(stage, now=NOW) for stage in [*reversed(stages), *stages]]

    assert set(again) == {Settlement.REPEATED}
    assert (balances(), status_of(order_id)) == (books, order)
    assert len(published(DisputeClosed)) == 1


def test_a_dispute_about_a_part_is_booked_for_that_part(order_id: UUID) -> None:
    """It is exactly what one of the courses cost: that one is suspended, and the other is not."""
    record(order_id, DisputeStatus.OPEN, taken=True, amount=Money(1001, "USD"))

    assert (status_of(order_id), entitled(order_id)) == ("disputed", 1)
    assert sum(balances().values()) == 0
    assert balances()["stripe_clearing"] == 4999 - 1500


def test_after_a_partial_refund_a_dispute_takes_what_is_left_and_leads_back_there(
    order_id: UUID,
) -> None:
    jam = Order.objects.get(id=order_id).lines.get(total_amount=1001)
    refund = open_refund_by_admin(
        admin_id=new_id(), order_id=order_id, amounts={jam.course_id: None}, reason="jam", now=NOW
    )
    Refund.objects.filter(id=refund.id).update(status="succeeded", succeeded_at=NOW)
    left = Money(4999, "USD")

    record(order_id, DisputeStatus.OPEN, taken=True, amount=left)
    assert status_of(order_id) == "disputed"
    record(order_id, DisputeStatus.WON, taken=False, amount=left, fee=FEE)

    assert status_of(order_id) == "partially_refunded"


def test_a_dispute_over_more_than_is_left_takes_that_and_is_noted(order_id: UUID) -> None:
    outcome = record(order_id, DisputeStatus.OPEN, taken=True, amount=Money(7000, "USD"), fee=None)

    assert outcome is Settlement.DISCREPANCY
    assert Discrepancy.objects.get().kind == "dispute_mismatch"
    assert balances() == {}


def test_a_second_dispute_takes_only_what_the_first_has_left(order_id: UUID) -> None:
    """The first took all of one course; so all of the second is of the other."""
    record(order_id, DisputeStatus.OPEN, taken=True, amount=Money(1001, "USD"), fee=None)

    second = told(order_id, DisputeStatus.OPEN, taken=True, id="du_2", amount=Money(3000, "USD"), fee=None)
    record_provider_dispute(second, now=NOW + timedelta(days=1))

    order = Order.objects.get(id=order_id)
    jam = Earning.objects.filter(course_id=order.lines.get(total_amount=1001).course_id)
    assert sum(jam.values_list("amount", flat=True)) == 0
    assert balances()["stripe_clearing"] == 6000 - 1001 - 3000
    record(order_id, DisputeStatus.WON, taken=False, amount=Money(1001, "USD"))
    assert (status_of(order_id), entitled(order_id)) == ("disputed", 1)


def test_a_dispute_of_anothers_payment_is_noted_and_books_nothing(order_id: UUID) -> None:
    outcome = record(order_id, DisputeStatus.OPEN, taken=True, payment_id="pi_of_somebody_else")

    assert outcome is Settlement.DISCREPANCY
    assert Discrepancy.objects.get().kind == "unknown_dispute"
    assert (status_of(order_id), Dispute.objects.count()) == ("paid", 0)


def test_what_is_disputed_is_not_refunded_as_well(order_id: UUID) -> None:
    record(order_id, DisputeStatus.OPEN, taken=True)

    with pytest.raises(OrderDisputedError):
        open_refund_by_admin(admin_id=new_id(), order_id=order_id, amounts=None, reason="too late", now=NOW)


class TestByWebhook:
    """With Stripe's stand-in."""

    @pytest.fixture
    def bought(
        self,
        buyer: ApiClient,
        buy: Callable[..., HttpResponse],
        make_course: MakeCourse,
        stripe: StandIn,
    ) -> tuple[UUID, str]:
        """An order and its intent, paid at the stand-in, which we have not heard of."""
        answer = buyer.json(buy(buyer, make_course(price=Money(4999, "USD"))))
        intent = answer["payment"]["payment_intent"]
        stripe.pay(intent)
        return UUID(answer["order"]["id"]), intent

    def test_a_buyer_is_shown_that_their_order_is_disputed(
        self,
        bought: tuple[UUID, str],
        buyer: ApiClient,
        stripe: StandIn,
        post_event: Any,
        deliver_events: Any,
    ) -> None:
        order_id, intent = bought
        stripe.dispute(intent)
        for event in stripe.events_about(intent, "charge.dispute.created"):
            post_event(event)
        deliver_events()

        shown = buyer.json(buyer.get(f"{ORDERS}{order_id}/"))

        assert (shown["status"], shown["dispute_status"]) == ("disputed", "open")

    @pytest.mark.parametrize(
        ("outcome", "status", "courses"),
        [("won", "paid", 1), ("withdrawn", "paid", 1), ("lost", "charged_back", 0)],
    )
    def test_every_event_of_a_dispute_in_any_order_twice_is_booked_once(
        self,
        bought: tuple[UUID, str],
        stripe: StandIn,
        post_event: Callable[..., HttpResponse],
        deliver_events: Callable[..., int],
        outcome: str,
        status: str,
        courses: int,
    ) -> None:
        order_id, intent = bought
        kinds = [
            "payment_intent.succeeded",
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed",
        ]
        dispute = stripe.dispute(intent)
        for event in stripe.events_about(intent, "charge.dispute.created"):
            post_event(event)
        deliver_events()
        assert status_of(order_id) == "disputed"

        stripe.resolve(dispute, outcome)
        events = stripe.events_about(intent, *kinds)
        for event in [*reversed(events), *events]:
            assert post_event(event).status_code == 200
            deliver_events()

        assert (status_of(order_id), entitled(order_id)) == (status, courses)
        assert LedgerTransaction.objects.filter(kind="dispute").count() == 1
        assert LedgerTransaction.objects.filter(kind="dispute_fee").count() == 1
        assert not ProviderEvent.objects.filter(outcome="discrepancy").exists()

    def test_a_dispute_that_comes_before_a_waiting_refund_takes_the_money_and_the_refund_is_refused(
        self, bought: tuple[UUID, str], stripe: StandIn, post_event: Any, deliver_events: Any
    ) -> None:
        order_id, intent = bought
        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        deliver_events()
        refund = open_refund_by_admin(
            admin_id=new_id(), order_id=order_id, amounts=None, reason="race", now=NOW
        )
        stripe.fail_calls(mode="before", method="POST", path="/v1/refunds", times=3)
        assert send_refund(refund_id=refund.id, now=NOW).status == "pending"
        stripe.dispute(intent)
        for event in stripe.events_about(intent, "charge.dispute.created"):
            post_event(event)
        deliver_events()

        assert (status_of(order_id), balances().keys()) == ("disputed", {"stripe_clearing", "fees"})
        with pytest.raises(RefundRefusedError):
            send_refund(refund_id=refund.id, now=NOW)

        refund.refresh_from_db()
        assert (refund.status, balances().keys()) == ("failed", {"stripe_clearing", "fees"})
