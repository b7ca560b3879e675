"""What being paid means: all of it at once, and once; and what becomes of money that came otherwise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from endpoints import ORDERS, problem
from skillwise_commerce import api as commerce
from skillwise_commerce.domain.payments import PaymentStatus
from skillwise_commerce.errors import CourseNotFreeError
from skillwise_commerce.events import OrderPaid, PaidLine, ShareOfLine
from skillwise_commerce.models import (
    Discrepancy,
    Entitlement,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    Order,
    OrderTransition,
    Payment,
)
from skillwise_commerce.services import checkout, fulfilment
from skillwise_commerce.services.receipts import mail_receipt
from skillwise_commerce.services.settlement import Settlement, settle
from skillwise_commerce.testing import make_order, make_paid_order, paid_in_full
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.models import Delivery
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

MakeCourse = Callable[..., UUID]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FREE = Money(0, "USD")


def balances() -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in LedgerEntry.objects.all():
        found[entry.account] = found.get(entry.account, 0) + entry.amount_amount
    return found


def test_a_paid_order_is_paid_in_every_respect(
    buyer_id: UUID, make_course: MakeCourse, published: Callable[..., list[Any]]
) -> None:
    ada, bob = (make_user(roles=["instructor"]).id for _ in range(2))
    first = make_course(price=Money(4999, "USD"), owner_id=ada)
    second = make_course(price=Money(1, "USD"), owner_id=bob)

    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[first, second], now=NOW)

    order = Order.objects.get(id=order_id)
    assert (order.status, order.paid_at) == ("paid", NOW)
    assert Payment.objects.get().amount == Money(5000, "USD")
    assert balances() == {
        "stripe_clearing": 5000,
        "platform_revenue": -1500,
        f"instructor_payable:{ada}": -3499,
        f"instructor_payable:{bob}": -1,
    }
    assert published(OrderPaid) == [
        OrderPaid(
            order_id=order_id,
            buyer_id=buyer_id,
            lines=(
                PaidLine(
                    course_id=first,
                    seller_id=ada,
                    paid=Money(4999, "USD"),
                    seller_share=Money(3499, "USD"),
                    tax=Money(0, "USD"),
                    shares=(ShareOfLine(seller_id=ada, amount=Money(3499, "USD")),),
                ),
                PaidLine(
                    course_id=second,
                    seller_id=bob,
                    paid=Money(1, "USD"),
                    seller_share=Money(1, "USD"),
                    tax=Money(0, "USD"),
                    shares=(ShareOfLine(seller_id=bob, amount=Money(1, "USD")),),
                ),
            ),
            total=Money(5000, "USD"),
            paid_at=NOW,
        )
    ]
    invoice = Invoice.objects.get()
    assert (invoice.order_id, invoice.number, invoice.total) == (order_id, "2026-000001", Money(5000, "USD"))
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[first, second]) == {first, second}
    moves = OrderTransition.objects.filter(order_id=order_id)
    assert [(move.to_status, move.cause) for move in moves] == [("pending", "checkout"), ("paid", "provider")]


def test_a_receipt_is_mailed_once(
    buyer_id: UUID, make_course: MakeCourse, deliver_events: Callable[..., int]
) -> None:
    course = make_course(price=Money(4999, "USD"), title="Bread & butter <baking>")
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=NOW)
    settle(paid_in_full(order_id), now=NOW)
    deliver_events()
    mail_receipt(order_id=order_id)

    (mail,) = sent_mails()

    assert mail.subject == "Your receipt 2026-000001: $49.99"
    assert "Bread & butter <baking>\n    $49.99" in mail.body
    assert "Total paid: $49.99" in mail.body
    assert "Invoice 2026-000001, issued on 23 November 2026 by SkillWise." in mail.body
    html = str(mail.alternatives[0].content)
    assert "Bread &amp; butter &lt;baking&gt;" in html
    assert str(order_id) in html


def test_a_receipt_that_cannot_be_written_keeps_nobody_out(
    buyer_id: UUID, make_course: MakeCourse, deliver_events: Callable[..., int], settings: Any
) -> None:
    course = make_course()
    order_id = make_order(buyer_id=buyer_id, course_ids=[course], now=NOW)
    engine = settings.TEMPLATES
    settings.TEMPLATES = [{"BACKEND": engine[0]["BACKEND"], "DIRS": [], "APP_DIRS": False}]

    assert settle(paid_in_full(order_id), now=NOW) is Settlement.APPLIED
    deliver_events(raising=False)

    assert Order.objects.get(id=order_id).status == "paid"
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course]) == {course}
    receipt = Delivery.objects.get(subscriber="commerce.send_receipts")
    assert "TemplateDoesNotExist" in receipt.last_error
    settings.TEMPLATES = engine
    Delivery.objects.filter(id=receipt.id).update(next_attempt_at=receipt.event.occurred_at)
    deliver_events()
    assert len(sent_mails()) == 1


def test_a_success_that_is_told_again_changes_nothing(
    buyer_id: UUID, make_course: MakeCourse, published: Callable[..., list[Any]]
) -> None:
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)

    assert settle(paid_in_full(order_id), now=NOW) is Settlement.REPEATED

    assert Payment.objects.count() == 1
    assert LedgerTransaction.objects.count() == 1
    assert Invoice.objects.count() == 1
    assert len(published(OrderPaid)) == 1


@pytest.mark.parametrize("step", ["book_sale", "publish", "issue_invoice"])
def test_a_step_that_fails_takes_all_of_them_back(
    buyer_id: UUID,
    make_course: MakeCourse,
    published: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(step)

    with monkeypatch.context() as patch:
        patch.setattr(fulfilment, step, fail)
        with pytest.raises(RuntimeError, match=step):
            settle(paid_in_full(order_id), now=NOW)

    assert Order.objects.get(id=order_id).status == "pending"
    for model in (Payment, LedgerTransaction, Invoice, Entitlement):
        assert not model.objects.exists()
    assert published(OrderPaid) == []
    assert settle(paid_in_full(order_id), now=NOW) is Settlement.APPLIED
    assert Invoice.objects.get().number == "2026-000001"


@pytest.mark.parametrize(("received", "currency"), [(4998, "USD"), (5000, "USD"), (4999, "EUR"), (0, "USD")])
def test_another_amount_or_currency_than_asked_is_held_and_never_paid(
    buyer_id: UUID, make_course: MakeCourse, received: int, currency: str
) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course(price=Money(4999, "USD"))], now=NOW)
    payment = replace(paid_in_full(order_id), received=received, currency=currency)

    outcomes = [settle(payment, now=NOW) for _ in range(2)]

    assert outcomes == [Settlement.DISCREPANCY, Settlement.DISCREPANCY]
    assert Order.objects.get(id=order_id).status == "held"
    assert not Payment.objects.exists()
    discrepancy = Discrepancy.objects.get()
    assert (discrepancy.kind, discrepancy.received_amount, discrepancy.received_currency) == (
        "amount_mismatch",
        received,
        currency,
    )


def test_an_intent_whose_amount_was_changed_at_stripe_is_held_and_blocks_a_second_charge(
    buyer: ApiClient,
    buy: Callable[..., HttpResponse],
    make_course: MakeCourse,
    stripe: StandIn,
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
) -> None:
    course = make_course(price=Money(4999, "USD"))
    ordered = buyer.json(buy(buyer, course))
    intent = ordered["payment"]["payment_intent"]
    stripe.client.v1.payment_intents.update(intent, {"amount": 50})
    stripe.pay(intent)

    post_event(stripe.last_event(intent, "payment_intent.succeeded"))
    deliver_events()

    shown = buyer.json(buyer.get(f"{ORDERS}{ordered['order']['id']}/"))
    assert shown["status"] == "held"
    again = buy(buyer, course)
    assert (again.status_code, buyer.json(again)["code"]) == (409, "commerce.order_held")


def test_an_order_that_was_held_before_its_payment_was_known_is_not_closed_by_another_purchase(
    buyer: ApiClient,
    buyer_id: UUID,
    buy: Callable[..., HttpResponse],
    make_course: MakeCourse,
    stripe: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other purchase has read the order as pending when the money of another amount is heard of."""
    course = make_course(price=Money(4999, "USD"))
    order_id = make_order(buyer_id=buyer_id, course_ids=[course, make_course()], now=NOW)
    payment = replace(paid_in_full(order_id), id="pi_held", received=50)
    close_unless_started = checkout._close_unless_started

    def hold_first(order: Order, **more: Any) -> str | None:
        settle(payment, now=NOW)
        return close_unless_started(order, **more)

    monkeypatch.setattr(checkout, "_close_unless_started", hold_first)

    refused = buy(buyer, course)

    assert problem(refused, 409, "commerce.order_held")["order_id"] == str(order_id)
    order = Order.objects.get()
    assert (order.status, order.provider_payment_id) == ("held", "pi_held")


def test_money_for_a_canceled_order_buys_the_course_and_is_noted(
    buyer_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course()
    order_id = make_order(buyer_id=buyer_id, course_ids=[course], now=NOW)
    paid = paid_in_full(order_id)
    settle(replace(paid, status=PaymentStatus.CANCELED, received=0), now=NOW)
    assert Order.objects.get(id=order_id).status == "canceled"

    assert settle(paid, now=NOW) is Settlement.DISCREPANCY

    assert Order.objects.get(id=order_id).status == "paid"
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course]) == {course}
    assert Discrepancy.objects.get().kind == "paid_after_cancellation"


def test_money_for_a_course_that_is_owned_already_is_booked_and_noted(
    buyer_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course()
    canceled = make_order(buyer_id=buyer_id, course_ids=[course], now=NOW)
    settle(replace(paid_in_full(canceled), status=PaymentStatus.CANCELED, received=0), now=NOW)
    make_paid_order(buyer_id=buyer_id, course_ids=[course], now=NOW)

    assert settle(paid_in_full(canceled), now=NOW) is Settlement.DISCREPANCY

    assert Payment.objects.count() == 2
    assert sum(balances().values()) == 0
    kinds = set(Discrepancy.objects.values_list("kind", flat=True))
    assert kinds == {"already_owned", "paid_after_cancellation"}


def test_a_second_payment_for_a_paid_order_is_noted_and_not_booked(
    buyer_id: UUID, make_course: MakeCourse
) -> None:
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)
    second = replace(paid_in_full(order_id), id="pi_second")

    assert settle(second, now=NOW) is Settlement.DISCREPANCY

    assert Payment.objects.count() == 1
    assert Discrepancy.objects.get().kind == "paid_twice"


def test_a_payment_that_was_not_ours_to_start_still_buys_the_course_and_is_noted(
    buyer_id: UUID, make_course: MakeCourse
) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)
    Order.objects.filter(id=order_id).update(provider_payment_id="pi_ours")
    other = replace(paid_in_full(order_id), id="pi_other")

    assert settle(replace(other, status=PaymentStatus.CANCELED), now=NOW) is Settlement.REPEATED
    assert settle(other, now=NOW) is Settlement.DISCREPANCY

    assert Order.objects.get(id=order_id).status == "paid"
    assert Discrepancy.objects.get().kind == "unexpected_payment"


def test_who_is_entitled_is_answered_in_one_query(
    buyer_id: UUID, make_course: MakeCourse, django_assert_num_queries: Callable[..., Any]
) -> None:
    mine, unpaid, foreign = make_course(), make_course(), make_course()
    make_paid_order(buyer_id=buyer_id, course_ids=[mine], now=NOW)
    make_order(buyer_id=buyer_id, course_ids=[unpaid], now=NOW)
    make_paid_order(buyer_id=make_user().id, course_ids=[foreign], now=NOW)

    with django_assert_num_queries(1):
        entitled = commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[mine, unpaid, foreign])

    assert entitled == {mine}


def test_a_course_that_was_taken_while_it_was_free_is_never_sold_to_the_same_person(
    buyer: ApiClient,
    buyer_id: UUID,
    buy: Callable[..., HttpResponse],
    make_course: MakeCourse,
    change_price: Callable[[UUID, Money], None],
) -> None:
    course, other = make_course(price=FREE), make_course()
    free_order = commerce.take_free_course(user_id=buyer_id, course_id=course, now=NOW)
    change_price(course, Money(4999, "USD"))

    response = buy(buyer, other, course)

    refusal = problem(response, 409, "commerce.already_owned")
    assert [error["pointer"] for error in refusal["errors"]] == ["/course_ids/1"]
    assert Order.objects.get().id == free_order


def test_a_free_course_leaves_the_same_trail_as_a_paid_one_but_for_the_money(
    buyer_id: UUID, make_course: MakeCourse, published: Callable[..., list[Any]]
) -> None:
    course = make_course(price=FREE)

    order_id = commerce.take_free_course(user_id=buyer_id, course_id=course, now=NOW)

    order = Order.objects.get()
    assert (order.id, order.status, order.provider, order.paid_at) == (order_id, "paid", "", NOW)
    moves = OrderTransition.objects.filter(order_id=order_id)
    assert [(move.to_status, move.cause) for move in moves] == [("pending", "checkout"), ("paid", "free")]
    assert Entitlement.objects.get().line.order_id == order_id
    assert Invoice.objects.get().total == FREE
    assert [event.order_id for event in published(OrderPaid)] == [order_id]
    assert not Payment.objects.exists()
    assert not LedgerTransaction.objects.exists()


def test_a_course_with_a_price_is_not_taken_for_nothing(buyer_id: UUID, make_course: MakeCourse) -> None:
    with pytest.raises(CourseNotFreeError):
        commerce.take_free_course(user_id=buyer_id, course_id=make_course(), now=NOW)

    assert not Order.objects.exists()


def test_money_for_a_course_that_became_free_meanwhile_is_booked_and_noted(
    buyer_id: UUID, make_course: MakeCourse, change_price: Callable[[UUID, Money], None]
) -> None:
    course = make_course()
    order_id = make_order(buyer_id=buyer_id, course_ids=[course], now=NOW)
    change_price(course, FREE)
    commerce.take_free_course(user_id=buyer_id, course_id=course, now=NOW)

    assert settle(paid_in_full(order_id), now=NOW) is Settlement.DISCREPANCY

    assert Payment.objects.count() == 1
    assert Discrepancy.objects.get().kind == "already_owned"
