"""Writing a refund down, before any provider hears of it. That no more goes back than was paid, the database
holds (trigger `refund_within_paid`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from skillwise_kernel.errors import FieldProblem, SkillWiseError
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.domain.returns import is_within_policy
from skillwise_commerce.domain.sales import LinePart, part_of_line
from skillwise_commerce.errors import (
    LineAlreadyRefundedError,
    LineNotFoundError,
    OrderDisputedError,
    OrderNotFoundError,
    OrderNotPaidError,
    RefundExceedsPaidError,
    RefundOutsidePolicyError,
)
from skillwise_commerce.models import Entitlement, Order, OrderLine, Refund, RefundLine, RefundLineShare
from skillwise_commerce.selectors.returns import left_of_lines
from skillwise_commerce.services.constraints import violated_constraint

__all__ = ["insert_refund", "open_refund_by_admin", "open_refund_by_policy"]

_IN_DISPUTE = frozenset({OrderStatus.DISPUTED, OrderStatus.CHARGED_BACK})


def open_refund_by_policy(
    *,
    buyer_id: UUID,
    order_id: UUID,
    course_ids: Sequence[UUID] | None,
    reason: str,
    refund_id: UUID | None = None,
    now: datetime,
) -> Refund:
    """A buyer wants all that is left of these courses back, or of the whole order. One that was opened with
    this `refund_id` before is answered again.

    Raises `OrderNotFoundError` for another's order too, `OrderNotPaidError`, `OrderDisputedError`,
    `LineNotFoundError`, `LineAlreadyRefundedError`, `RefundOutsidePolicyError`.
    """
    with transaction.atomic(durable=True):
        order = _lock(Order.objects.filter(buyer_id=buyer_id), order_id)
        if (opened := _opened_before(order, refund_id)) is not None:
            return opened
        _refuse_without_claim(order)
        chosen = _whole_lines(order, course_ids)
        _refuse_outside_policy(order, chosen, now=now)
        return insert_refund(
            order,
            chosen,
            refund_id=refund_id,
            origin=Refund.Origin.POLICY,
            reason=reason,
            requested_by=buyer_id,
            now=now,
        )


def open_refund_by_admin(
    *,
    admin_id: UUID,
    order_id: UUID,
    amounts: Mapping[UUID, Money | None] | None,
    reason: str,
    refund_id: UUID | None = None,
    now: datetime,
) -> Refund:
    """An administrator gives back, of each of these courses, an amount or (None) all that is left; without
    `amounts`, all that is left of the order. One that was opened with this `refund_id` before is answered
    again.

    Raises `OrderNotFoundError`, `OrderNotPaidError`, `OrderDisputedError`, `LineNotFoundError`,
    `LineAlreadyRefundedError`, `RefundExceedsPaidError`.
    """
    with transaction.atomic(durable=True):
        order = _lock(Order.objects.all(), order_id)
        if (opened := _opened_before(order, refund_id)) is not None:
            return opened
        _refuse_without_claim(order)
        chosen = _whole_lines(order, list(amounts) if amounts is not None else None)
        for line, left in chosen.items():
            amount = (amounts or {}).get(line.course_id)
            if amount is not None:
                chosen[line] = _part(line, left, amount)
        return insert_refund(
            order,
            chosen,
            refund_id=refund_id,
            origin=Refund.Origin.ADMIN,
            reason=reason,
            requested_by=admin_id,
            now=now,
        )


def insert_refund(
    order: Order,
    parts: Mapping[OrderLine, LinePart],
    *,
    refund_id: UUID | None = None,
    origin: Refund.Origin,
    reason: str = "",
    requested_by: UUID | None = None,
    provider_refund_id: str | None = None,
    now: datetime,
) -> Refund:
    """A pending refund of these parts, in the caller's transaction. Raises `RefundExceedsPaidError`."""
    refund = Refund.objects.create(
        id=refund_id or new_id(),
        order=order,
        origin=origin,
        reason=reason,
        requested_by=requested_by,
        provider=order.provider,
        provider_refund_id=provider_refund_id,
        amount=sum(part.total.amount for part in parts.values()),
        currency=order.total_currency,
        created_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            for line, part in parts.items():
                _insert_line(refund, line, part)
    except IntegrityError as error:
        if violated_constraint(error) == "refund_within_paid":
            raise RefundExceedsPaidError from error
        raise
    return refund


def _insert_line(refund: Refund, line: OrderLine, part: LinePart) -> None:
    row = RefundLine.objects.create(
        refund=refund,
        line=line,
        amount=part.total.amount,
        tax_amount=part.tax.amount,
        seller_share_amount=part.seller_share.amount,
    )
    RefundLineShare.objects.bulk_create(
        RefundLineShare(refund_line=row, seller_id=seller_id, amount=share.amount)
        for seller_id, share in part.shares.items()
    )


def _lock(orders: QuerySet[Order], order_id: UUID) -> Order:
    order = orders.select_for_update().filter(id=order_id).first()
    if order is None:
        raise OrderNotFoundError
    return order


def _opened_before(order: Order, refund_id: UUID | None) -> Refund | None:
    return order.refunds.filter(id=refund_id).first() if refund_id is not None else None


def _refuse_without_claim(order: Order) -> None:
    if not order.is_fulfilled:
        raise OrderNotPaidError
    if order.status in _IN_DISPUTE:
        raise OrderDisputedError


def _whole_lines(order: Order, course_ids: Sequence[UUID] | None) -> dict[OrderLine, LinePart]:
    """What is left of the lines of these courses, or of every line of which something is left."""
    left = left_of_lines(order)
    if course_ids is None:
        chosen = {line: part for line, part in left.items() if _is_refundable(line, part)}
        if not chosen:
            raise LineAlreadyRefundedError
        return chosen
    by_course = {line.course_id: line for line in left}
    _refuse(course_ids, LineNotFoundError, {course for course in course_ids if course not in by_course})
    chosen = {by_course[course_id]: left[by_course[course_id]] for course_id in course_ids}
    gone = {line.course_id for line, part in chosen.items() if not _is_refundable(line, part)}
    _refuse(course_ids, LineAlreadyRefundedError, gone)
    return chosen


def _is_refundable(line: OrderLine, left: LinePart) -> bool:
    """What was free goes back as nothing, once."""
    if not line.total_amount:
        return not line.refund_lines.filter(refund__status__in=["pending", "succeeded"]).exists()
    return not left.total.is_zero


def _part(line: OrderLine, left: LinePart, amount: Money) -> LinePart:
    if amount.currency != left.total.currency or amount > left.total:
        left_over = {"amount": left.total.amount, "currency": left.total.currency}
        raise RefundExceedsPaidError(extra={"course_id": str(line.course_id), "left": left_over})
    return part_of_line(left, amount)


def _refuse_outside_policy(order: Order, lines: Mapping[OrderLine, LinePart], *, now: datetime) -> None:
    configured = settings.SKILLWISE_COMMERCE
    seen = dict(
        Entitlement.objects.filter(line__in=list(lines), ended_at=None).values_list("line_id", "seen_percent")
    )
    outside = {
        line.course_id
        for line in lines
        if order.paid_at is None
        or not is_within_policy(
            paid_at=order.paid_at,
            now=now,
            days=configured["REFUND_DAYS"],
            seen_percent=seen.get(line.id, 0),
            seen_below=configured["REFUND_SEEN_PERCENT"],
        )
    }
    _refuse(
        [line.course_id for line in lines],
        RefundOutsidePolicyError,
        outside,
        days=configured["REFUND_DAYS"],
        seen_below_percent=configured["REFUND_SEEN_PERCENT"],
    )


def _refuse(
    course_ids: Sequence[UUID], error: type[SkillWiseError], about: set[UUID], **extra: object
) -> None:
    problems = tuple(
        FieldProblem(pointer=f"/course_ids/{index}", code=error.code, detail=error.title)
        for index, course_id in enumerate(course_ids)
        if course_id in about
    )
    if problems:
        raise error(fields=problems, extra=dict(extra))
