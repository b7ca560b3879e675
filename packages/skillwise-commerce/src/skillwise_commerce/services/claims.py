"""Claiming a gift: whoever brings the code first may take the course."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from skillwise_catalog.api import get_courses

from skillwise_commerce.domain.gifts import normalise_code
from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.errors import (
    AlreadyOwnedError,
    GiftNotFoundError,
    GiftSuspendedError,
    OwnCourseError,
)
from skillwise_commerce.models import Gift, Order
from skillwise_commerce.services.entitlements import grant_entitlements
from skillwise_commerce.services.gifts import check_claimable

__all__ = ["claim_gift"]

logger = structlog.get_logger(__name__)


@transaction.atomic
def claim_gift(*, user_id: UUID, code: str, now: datetime) -> Gift:
    """Let a person take the course of a gift, once for each gift; the same person again is answered the same.

    Of those who claim at once, the order's row lock lets one in; so do refunds and disputes of the order and
    the claim take turns. Raises `GiftNotFoundError`, `GiftCanceledError`, `GiftClaimedError`,
    `GiftExpiredError`, `GiftSuspendedError`; `OwnCourseError` and `AlreadyOwnedError`, after which the gift
    can still be given to somebody else. What was paid for is given, though the course be unpublished.
    """
    gift = _locked_gift(code)
    if gift.claimed_by == user_id and gift.canceled_at is None:
        return gift
    check_claimable(gift, now=now)
    order, line = gift.line.order, gift.line
    if order.status == OrderStatus.DISPUTED:
        raise GiftSuspendedError
    course = get_courses(ids=[line.course_id]).get(line.course_id)
    if user_id == (course.owner_id if course is not None else line.seller_id):
        raise OwnCourseError("This is a course of your own: give the code to somebody else.")
    gift.claimed_by = user_id
    gift.claimed_at = now
    gift.save(update_fields=["claimed_by", "claimed_at"])
    if grant_entitlements(order, [line], user_id=user_id, now=now):
        raise AlreadyOwnedError("You have this course already: give the code to somebody else.")
    logger.info("gift_claimed", gift_id=str(gift.id), order_id=str(order.id))
    return gift


def _locked_gift(code: str) -> Gift:
    order_id = Gift.objects.filter(code=normalise_code(code)).values_list("line__order_id", flat=True).first()
    if order_id is None:
        raise GiftNotFoundError
    Order.objects.select_for_update().get(id=order_id)  # before its gifts, as refunds and disputes do
    return (
        Gift.objects.select_for_update(of=("self",))
        .select_related("line__order")
        .get(code=normalise_code(code))
    )
