"""Setting a course's prices in other currencies, and what its instructors earn."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from skillwise_catalog.api import get_instructors
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem, SkillWiseError
from skillwise_kernel.money import Money

from skillwise_commerce.errors import PriceOfCatalogError, SellerUnknownError, SharesTooLargeError
from skillwise_commerce.models import CoursePrice, SellerShare
from skillwise_commerce.selectors.course_terms import course_to_manage, shares_of_course

__all__ = ["set_prices", "set_shares"]


@transaction.atomic
def set_prices(*, actor: Actor, course_id: UUID, prices: Sequence[Money], now: datetime) -> None:
    """Let these be the course's prices beside catalog's own, one for a currency; others are no more.

    Raises what `course_to_manage` raises, and `PriceOfCatalogError` pointing at a price that catalog keeps.
    """
    course = course_to_manage(actor=actor, course_id=course_id)
    _refuse(
        PriceOfCatalogError,
        [f"/prices/{i}" for i, price in enumerate(prices) if price.currency == course.price.currency],
    )
    _one_at_a_time(course_id)
    CoursePrice.objects.filter(course_id=course_id).delete()
    CoursePrice.objects.bulk_create(
        CoursePrice(
            course_id=course_id,
            price_amount=price.amount,
            price_currency=price.currency,
            updated_at=now,
        )
        for price in prices
    )


@transaction.atomic
def set_shares(*, actor: Actor, course_id: UUID, shares: Sequence[tuple[UUID, int]]) -> None:
    """Let these of the course's instructors earn so many percent of what it brings in, before tax; nobody:
    what the settings say, and the owner all of it. Orders that there are keep theirs.

    An owner divides what the settings leave to instructors, or what an administrator has granted them
    together; an administrator up to the whole. Raises what `course_to_manage` raises, `SellerUnknownError`
    and `SharesTooLargeError`.
    """
    course_to_manage(actor=actor, course_id=course_id)
    teaching = get_instructors(course_ids=[course_id])[course_id].ids
    _refuse(
        SellerUnknownError,
        [f"/shares/{i}/seller_id" for i, (seller_id, _) in enumerate(shares) if seller_id not in teaching],
    )
    _one_at_a_time(course_id)
    limit = 100 if actor.has_role("admin") else _left_to_instructors(course_id)
    if sum(percent for _, percent in shares) > limit:
        raise SharesTooLargeError(extra={"limit": limit})
    SellerShare.objects.filter(course_id=course_id).delete()
    SellerShare.objects.bulk_create(
        SellerShare(course_id=course_id, seller_id=seller_id, percent=percent)
        for seller_id, percent in shares
    )


def _left_to_instructors(course_id: UUID) -> int:
    usual: int = settings.SKILLWISE_COMMERCE["SELLER_SHARE_PERCENT"]
    granted = sum(percent for _, percent in shares_of_course(course_id=course_id))
    return max(usual, granted)


def _one_at_a_time(course_id: UUID) -> None:
    """Two who set a course's terms at once never leave a mixture."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"commerce.course_terms:{course_id}"]
        )


def _refuse(error: type[SkillWiseError], pointers: Sequence[str]) -> None:
    if pointers:
        raise error(
            fields=tuple(
                FieldProblem(pointer=pointer, code=error.code, detail=error.title) for pointer in pointers
            )
        )
