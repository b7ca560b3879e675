"""Refunds of which the provider tells: made without us, fitting nothing, or failed after all."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from ledger import balances
from refunds import NOW, refund, told
from skillwise_commerce import api as commerce
from skillwise_commerce.domain.payments import RefundStatus
from skillwise_commerce.events import EntitlementsGranted, OrderRefunded, RefundFailed
from skillwise_commerce.models import Discrepancy, Order, Refund, RefundLine
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.settlement import Settlement

Published = Callable[..., list[Any]]


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
