"""Money that goes back is booked to the minor unit, and the course goes with it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from ledger import balances
from refunds import NOW, refund
from skillwise_commerce import api as commerce
from skillwise_commerce.events import EntitlementsEnded, OrderRefunded
from skillwise_commerce.models import Earning, Invoice, Order
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import make_order, make_paid_order, paid_in_full
from skillwise_kernel.money import Money

MakeCourse = Callable[..., UUID]
Published = Callable[..., list[Any]]


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
