"""Setting a course's prices in other currencies, and what its instructors earn."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from skillwise_catalog.api import get_instructors
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem, SkillWiseError
from skillwise_kernel.money import Money

from skillwise_commerce.errors import PriceOfCatalogError, SellerUnknownError, SharesTooLargeError
from skillwise_commerce.models import CoursePrice, CourseTerms, SellerShare
from skillwise_commerce.selectors.course_terms import course_to_manage, shares_of_course
from skillwise_commerce.services.versions import check_version

__all__ = ["set_prices", "set_shares"]


@transaction.atomic
def set_prices(
    *, actor: Actor, course_id: UUID, prices: Sequence[Money], expected_version: int | None, now: datetime
) -> None:
    """Let these be the course's prices beside catalog's own, one for a currency; others are no more.

    Raises what `course_to_manage` raises, `PriceOfCatalogError` pointing at a price that catalog keeps, and
    `PreconditionFailedError` when they were set since the caller read that version (None: whichever it is).
    """
    course = course_to_manage(actor=actor, course_id=course_id)
    _refuse(
        PriceOfCatalogError,
        [f"/prices/{i}" for i, price in enumerate(prices) if price.currency == course.price.currency],
    )
    terms = _locked(course_id)
    check_version(terms.prices_version, expected_version)
    terms.prices_version += 1
    terms.save(update_fields=["prices_version"])
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
def set_shares(
    *, actor: Actor, course_id: UUID, shares: Sequence[tuple[UUID, int]], expected_version: int | None
) -> None:
    """Let these of the course's instructors earn so many percent of what it brings in, before tax; nobody:
    what the settings say, and the owner all of it. Orders that there are keep theirs.

    An owner divides what the settings leave to instructors, or what an administrator has granted them
    together; an administrator up to the whole. Raises what `course_to_manage` raises, `SellerUnknownError`,
    `SharesTooLargeError`, and `PreconditionFailedError` as `set_prices` does.
    """
    course_to_manage(actor=actor, course_id=course_id)
    teaching = get_instructors(course_ids=[course_id])[course_id].ids
    _refuse(
        SellerUnknownError,
        [f"/shares/{i}/seller_id" for i, (seller_id, _) in enumerate(shares) if seller_id not in teaching],
    )
    terms = _locked(course_id)
    check_version(terms.shares_version, expected_version)
    limit = 100 if actor.has_role("admin") else _left_to_instructors(course_id)
    if sum(percent for _, percent in shares) > limit:
        raise SharesTooLargeError(extra={"limit": limit})
    terms.shares_version += 1
    terms.save(update_fields=["shares_version"])
    SellerShare.objects.filter(course_id=course_id).delete()
    SellerShare.objects.bulk_create(
        SellerShare(course_id=course_id, seller_id=seller_id, percent=percent)
        for seller_id, percent in shares
    )


def _left_to_instructors(course_id: UUID) -> int:
    usual: int = settings.SKILLWISE_COMMERCE["SELLER_SHARE_PERCENT"]
    granted = sum(percent for _, percent in shares_of_course(course_id=course_id))
    return max(usual, granted)


def _locked(course_id: UUID) -> CourseTerms:
    """Two who set a course's terms at once never leave a mixture."""
    CourseTerms.objects.bulk_create([CourseTerms(course_id=course_id)], ignore_conflicts=True)
    return CourseTerms.objects.select_for_update().get(course_id=course_id)


def _refuse(error: type[SkillWiseError], pointers: Sequence[str]) -> None:
    if pointers:
        raise error(
            fields=tuple(
                FieldProblem(pointer=pointer, code=error.code, detail=error.title) for pointer in pointers
            )
        )
