"""Writing an order down: what may be bought, at which prices. Nothing here talks to a payment provider."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from skillwise_catalog.api import CourseSummary, get_courses
from skillwise_kernel.errors import FieldProblem, SkillWiseError
from skillwise_kernel.money import Money

from skillwise_commerce.domain.orders import Cause, OrderStatus
from skillwise_commerce.domain.sales import fingerprint, seller_share
from skillwise_commerce.errors import (
    AlreadyOwnedError,
    CourseNotForSaleError,
    CourseNotFoundError,
    CourseNotFreeError,
    FreeCourseError,
    MixedCurrenciesError,
    OwnCourseError,
)
from skillwise_commerce.models import Order, OrderLine, OrderLineShare, OrderTransition
from skillwise_commerce.selectors.entitlements import owned_course_ids

__all__ = ["Offer", "insert_order", "make_offer", "open_orders_for", "write_order"]

_OPEN_ORDER_CONSTRAINTS: Final = frozenset({"commerce_order_open_once", "commerce_line_open_once"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a buyer may have, at today's prices, all in one currency."""

    buyer_id: UUID
    provider: str
    courses: tuple[CourseSummary, ...]

    @property
    def total(self) -> Money:
        return Money.total((course.price for course in self.courses), self.courses[0].price.currency)

    @property
    def course_ids(self) -> list[UUID]:
        return [course.id for course in self.courses]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.provider, ((course.id, course.price) for course in self.courses))


def make_offer(*, buyer_id: UUID, course_ids: Sequence[UUID], provider: str) -> Offer:
    """`course_ids`: one or more, distinct. A course that was never published is as unknown as one that is
    not there. Free courses are had without a `provider`, which is then empty, and only they are.

    Raises `OwnCourseError`, `CourseNotFoundError`, `CourseNotForSaleError`, `FreeCourseError`,
    `CourseNotFreeError`, `AlreadyOwnedError`, each pointing at every course that it is about, and
    `MixedCurrenciesError`.
    """
    known = get_courses(ids=course_ids)
    _refuse(course_ids, OwnCourseError, lambda course: course in known and known[course].owner_id == buyer_id)
    _refuse(
        course_ids,
        CourseNotFoundError,
        lambda course: course not in known or known[course].published_at is None,
    )
    _refuse(course_ids, CourseNotForSaleError, lambda course: not known[course].is_published)
    if provider:
        _refuse(course_ids, FreeCourseError, lambda course: known[course].is_free)
    else:
        _refuse(course_ids, CourseNotFreeError, lambda course: not known[course].is_free)
    _refuse_owned(buyer_id, course_ids)
    courses = tuple(known[course_id] for course_id in course_ids)
    currencies = sorted({course.price.currency for course in courses})
    if len(currencies) > 1:
        raise MixedCurrenciesError(extra={"currencies": currencies})
    return Offer(buyer_id=buyer_id, provider=provider, courses=courses)


def open_orders_for(offer: Offer) -> list[Order]:
    """The buyer's orders that may still be paid and hold one of these courses."""
    lines = OrderLine.objects.filter(buyer_id=offer.buyer_id, course_id__in=offer.course_ids, is_open=True)
    return list(Order.objects.filter(id__in=lines.values("order_id")))


def write_order(offer: Offer, *, now: datetime) -> Order | None:
    """The order, committed; None when the buyer meanwhile got another open one for one of its courses.

    That nobody has two open orders for a course is held by two partial unique indexes. Whoever pays an
    order closes it and is entitled in one transaction, so that after our lines have gone in, what the buyer
    owns is known for certain: it is asked there, once more. Raises `AlreadyOwnedError`.
    """
    try:
        with transaction.atomic(durable=True):
            return insert_order(offer, now=now)
    except IntegrityError as error:
        if _violated_constraint(error) in _OPEN_ORDER_CONSTRAINTS:
            return None
        raise


def insert_order(offer: Offer, *, now: datetime) -> Order:
    """The order, in the caller's transaction. Raises `AlreadyOwnedError`, and `IntegrityError` as
    `write_order` says.
    """
    percent = settings.SKILLWISE_COMMERCE["SELLER_SHARE_PERCENT"]
    hours = settings.SKILLWISE_COMMERCE["ORDER_HOURS"]
    order = Order.objects.create(
        buyer_id=offer.buyer_id,
        expires_at=now + timedelta(hours=hours),
        total_amount=offer.total.amount,
        total_currency=offer.total.currency,
        fingerprint=offer.fingerprint,
        provider=offer.provider,
        created_at=now,
        updated_at=now,
    )
    lines = [
        OrderLine(
            order=order,
            position=position,
            buyer_id=offer.buyer_id,
            course_id=course.id,
            title=course.title,
            seller_id=course.owner_id,
            price_amount=course.price.amount,
            price_currency=course.price.currency,
            total_amount=course.price.amount,
            seller_share_amount=seller_share(course.price, percent).amount,
            is_open=bool(offer.provider),  # what is free is had at once, whatever else waits to be paid
        )
        for position, course in enumerate(offer.courses, start=1)
    ]
    # by course: two baskets with the same courses never wait for each other's in a circle
    OrderLine.objects.bulk_create(sorted(lines, key=lambda line: line.course_id))
    OrderLineShare.objects.bulk_create(
        OrderLineShare(line=line, seller_id=line.seller_id, amount=line.seller_share_amount) for line in lines
    )
    OrderTransition.objects.create(
        order=order, to_status=OrderStatus.PENDING, cause=Cause.CHECKOUT, moved_at=now
    )
    _refuse_owned(offer.buyer_id, offer.course_ids)
    return order


def _refuse_owned(buyer_id: UUID, course_ids: Sequence[UUID]) -> None:
    owned = owned_course_ids(user_id=buyer_id, course_ids=course_ids)
    _refuse(course_ids, AlreadyOwnedError, lambda course: course in owned)


def _refuse(course_ids: Sequence[UUID], error: type[SkillWiseError], applies: Callable[[UUID], bool]) -> None:
    problems = tuple(
        FieldProblem(pointer=f"/course_ids/{index}", code=error.code, detail=error.title)
        for index, course_id in enumerate(course_ids)
        if applies(course_id)
    )
    if problems:
        raise error(fields=problems)


def _violated_constraint(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis.constraint_name if diagnosis is not None else None
