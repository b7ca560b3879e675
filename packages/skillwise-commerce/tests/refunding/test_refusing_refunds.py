"""Never more than was paid is given back, nor to another, nor too late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from refunds import NOW, refund
from skillwise_commerce.errors import (
    LineAlreadyRefundedError,
    LineNotFoundError,
    OrderNotFoundError,
    OrderNotPaidError,
    RefundExceedsPaidError,
    RefundOutsidePolicyError,
)
from skillwise_commerce.models import Entitlement, Order, OrderLine, Refund, RefundLine
from skillwise_commerce.services.refunds.opening import open_refund_by_admin, open_refund_by_policy
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

MakeCourse = Callable[..., UUID]


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
