"""What people decide in the back office about what we and a provider do not agree on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.domain.payments import RefundStatus
from skillwise_commerce.errors import DecisionNotPossibleError
from skillwise_commerce.events import OrderPaid
from skillwise_commerce.gateways import get_gateway
from skillwise_commerce.models import Discrepancy, Entitlement, Invoice, LedgerEntry, Order, Payment
from skillwise_commerce.services import decisions
from skillwise_commerce.services.reconciliation import reconcile
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.settlement import Settlement, settle
from skillwise_commerce.testing import make_order, make_paid_order, paid_in_full
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from stand_in import StandIn

LIST = "admin:skillwise_commerce_discrepancy_changelist"


@pytest.fixture
def office(db: None) -> Client:
    client = Client()
    client.force_login(make_user(roles=["admin"]))
    return client


@pytest.fixture
def held(
    buyer_id: UUID, make_course: Callable[..., UUID], stripe: StandIn, receive: Callable[..., str]
) -> Discrepancy:
    """An order that is held, because ten units less than its price were paid."""
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
    receive(order_id, less=10)
    return Discrepancy.objects.get()


@pytest.fixture
def receive(stripe: StandIn) -> Callable[..., str]:
    """`receive(order_id, less=10, currency="usd")`: money arrives for an order, and we hear of it."""
    stripe.forget()

    def receive(order_id: UUID, *, less: int = 0, currency: str = "usd") -> str:
        amount = Order.objects.get(id=order_id).total_amount - less
        intent = stripe.pay_without_us(amount, currency=currency, order_id=str(order_id))
        settle(get_gateway("stripe").fetch(intent), now=now())
        return intent

    return receive


def decide(office: Client, action: str, discrepancy: Discrepancy, note: str = "asked the buyer") -> str:
    """What the back office says to it."""
    response = office.post(
        reverse(LIST),
        {"action": action, "note": note, "_selected_action": [str(discrepancy.id)]},
        follow=True,
    )
    discrepancy.refresh_from_db()
    return response.content.decode()


def refunded(stripe: StandIn, discrepancy: Discrepancy) -> list[int]:
    refunds = stripe.client.v1.refunds.list({"payment_intent": discrepancy.provider_payment_id})
    return [refund.amount for refund in refunds.data]


def balances() -> dict[str, int]:
    rows = LedgerEntry.objects.values("account").annotate(balance=Sum("amount_amount"))
    return {row["account"]: row["balance"] for row in rows}


@pytest.mark.django_db
class TestAccepting:
    def test_what_was_paid_is_accepted_as_the_price_and_the_difference_is_booked(
        self,
        held: Discrepancy,
        office: Client,
        buyer_id: UUID,
        published: Callable[..., list[OrderPaid]],
    ) -> None:
        assert "done" in decide(office, "accept_payment", held)

        order = Order.objects.get()
        assert (order.status, order.provider_payment_id) == ("paid", held.provider_payment_id)
        assert Entitlement.objects.get().user_id == buyer_id
        assert Invoice.objects.count() == len(published(OrderPaid)) == 1
        assert Payment.objects.get().amount_amount == order.total_amount - 10
        assert balances()["stripe_clearing"] == order.total_amount - 10
        assert balances()["payment_differences"] == 10
        assert sum(balances().values()) == 0
        last = order.transitions.last()
        assert last is not None
        assert last.cause == "operator"
        assert (held.note, held.settled_by is not None) == ("asked the buyer", True)

    def test_another_currency_cannot_be_accepted(
        self,
        buyer_id: UUID,
        make_course: Callable[..., UUID],
        office: Client,
        receive: Callable[..., str],
    ) -> None:
        order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
        receive(order_id, currency="eur")
        discrepancy = Discrepancy.objects.get()

        assert "currency" in decide(office, "accept_payment", discrepancy)

        assert Order.objects.get().status == "held"
        assert discrepancy.settled_at is None

    def test_it_is_accepted_once(self, held: Discrepancy, office: Client) -> None:
        decide(office, "accept_payment", held)

        assert "already" in decide(office, "accept_payment", held)
        assert Payment.objects.count() == 1

    def test_without_a_note_nothing_is_decided(self, held: Discrepancy, office: Client) -> None:
        assert "Say why" in decide(office, "accept_payment", held, note=" ")

        assert Order.objects.get().status == "held"

    def test_who_may_not_change_discrepancies_decides_nothing(self, held: Discrepancy) -> None:
        decide(Client(), "accept_payment", held)

        assert Order.objects.get().status == "held"


@pytest.mark.django_db
class TestGivingBack:
    def test_the_money_of_a_held_order_goes_back_and_the_order_is_closed(
        self, held: Discrepancy, office: Client, stripe: StandIn
    ) -> None:
        assert "done" in decide(office, "give_back", held)

        assert Order.objects.get().status == "canceled"
        assert refunded(stripe, held) == [held.received_amount]
        assert not LedgerEntry.objects.exists()
        assert held.settled_at is not None

    def test_a_second_payment_goes_back_and_the_order_stays_paid(
        self,
        buyer_id: UUID,
        make_course: Callable[..., UUID],
        office: Client,
        stripe: StandIn,
        receive: Callable[..., str],
    ) -> None:
        order_id = make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
        receive(order_id)
        twice = Discrepancy.objects.get()
        assert twice.kind == "paid_twice"

        decide(office, "give_back", twice)

        assert Order.objects.get().status == "paid"
        assert refunded(stripe, twice) == [twice.received_amount]

    def test_while_the_provider_does_not_answer_the_decision_stands_and_is_made_again(
        self, held: Discrepancy, office: Client, stripe: StandIn
    ) -> None:
        stripe.fail_calls(mode="after", method="POST", path="/v1/refunds", times=None)
        assert "does not answer" in decide(office, "give_back", held)
        assert held.settled_at is None
        assert "not held" in decide(office, "accept_payment", held)
        stripe.behave()

        assert "done" in decide(office, "give_back", held)

        assert refunded(stripe, held) == [held.received_amount], "once, however often it was asked for"

    def test_money_that_does_not_get_back_to_the_buyer_after_all_is_noted(
        self, held: Discrepancy, office: Client, stripe: StandIn
    ) -> None:
        decide(office, "give_back", held)
        (made,) = stripe.client.v1.refunds.list({"payment_intent": held.provider_payment_id}).data
        told = replace(get_gateway("stripe").fetch_refund(made.id), status=RefundStatus.FAILED)

        assert record_provider_refund(told, now=now()) is Settlement.DISCREPANCY

        noted = Discrepancy.objects.get(settled_at=None)
        assert (noted.kind, noted.order_id, noted.received_amount) == (
            "refund_mismatch",
            held.order_id,
            held.received_amount,
        )

    def test_what_is_booked_is_given_back_by_refunding_its_order(
        self,
        buyer_id: UUID,
        make_course: Callable[..., UUID],
        office: Client,
        stripe: StandIn,
        receive: Callable[..., str],
    ) -> None:
        order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
        Order.objects.update(provider_payment_id="pi_another")
        receive(order_id)
        unexpected = Discrepancy.objects.get()
        assert unexpected.kind == "unexpected_payment"

        assert "refund its order" in decide(office, "give_back", unexpected)

        assert refunded(stripe, unexpected) == []

    def test_a_payment_that_was_given_back_buys_nothing_when_it_is_heard_of_again(
        self, buyer_id: UUID, make_course: Callable[..., UUID], office: Client, stripe: StandIn
    ) -> None:
        """A risky one is as much as was asked: a later word of it must not fulfil the order."""
        stripe.forget()
        order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
        settle(replace(paid_in_full(order_id), is_risky=True), now=now())
        risky = Discrepancy.objects.get()
        decide(office, "cancel_order", risky)

        settle(paid_in_full(order_id), now=now())

        assert Order.objects.get().status == "canceled"
        assert not Payment.objects.exists()

    def test_reconciliation_knows_what_was_given_back(
        self, held: Discrepancy, office: Client, stripe: StandIn
    ) -> None:
        decide(office, "give_back", held)

        outcome = reconcile(provider="stripe", since=now() - timedelta(hours=1), now=now())

        assert {kind: row["right"] for kind, row in outcome.counts.items()} == {"payments": 1, "refunds": 1}
        assert Discrepancy.objects.count() == 1


@pytest.mark.django_db
class TestClosing:
    def test_a_held_order_is_canceled_and_no_money_moved(
        self, held: Discrepancy, office: Client, stripe: StandIn
    ) -> None:
        decide(office, "cancel_order", held)

        assert Order.objects.get().status == "canceled"
        assert refunded(stripe, held) == []

    def test_what_was_dealt_with_elsewhere_is_closed_with_a_note(
        self, stripe: StandIn, office: Client, db: None
    ) -> None:
        unknown = Discrepancy.objects.create(
            kind="unknown_refund",
            provider="stripe",
            provider_payment_id="re_1",
            received_amount=1,
            received_currency="USD",
            noticed_at=now(),
        )

        decide(office, "close", unknown, note="a test of the bank's")

        assert (unknown.note, unknown.settled_at is not None) == ("a test of the bank's", True)

    def test_what_holds_an_order_is_not_closed_without_a_decision(
        self, held: Discrepancy, office: Client
    ) -> None:
        assert "held" in decide(office, "close", held)

        assert held.settled_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_opposite_decisions_at_once_one_is_carried_out(
    make_course: Callable[..., UUID], receive: Callable[..., str], stripe: StandIn
) -> None:
    buyer_id = make_user().id
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=now())
    receive(order_id, less=10)
    held = Discrepancy.objects.get()

    def make(decision: Callable[..., None]) -> None:
        with suppress(DecisionNotPossibleError):
            decision(discrepancy_id=held.id, actor_id=new_id(), note="…", now=now())
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, [decisions.accept_payment, decisions.give_back]))

    is_paid = Order.objects.get().status == OrderStatus.PAID
    assert refunded(stripe, held) == ([] if is_paid else [held.received_amount])
    assert Entitlement.objects.count() == is_paid
