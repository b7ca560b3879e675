"""Using a coupon. What it holds for is judged here; that no limit is passed, the database sees to."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from skillwise_kernel.errors import FieldProblem, SkillWiseError
from skillwise_kernel.money import Money

from skillwise_commerce.domain.coupons import CouponTerms, code_key
from skillwise_commerce.domain.pricing import AskedCourse
from skillwise_commerce.errors import (
    CouponEndedError,
    CouponMinimumError,
    CouponNotForTheseError,
    CouponNotFoundError,
    CouponNotYetError,
    CouponOtherCurrencyError,
    CouponUsedByYouError,
    CouponUsedUpError,
)
from skillwise_commerce.models import Coupon, CouponRedemption, Order

__all__ = ["claimable_coupon", "redeem_coupon", "refusal_of_redemption"]


def claimable_coupon(
    *, code: str, buyer_id: UUID, asked: Sequence[AskedCourse], now: datetime
) -> CouponTerms:
    """The coupon of this code, which this person may use for these courses now, as far as one can know before
    it is done. What their own open orders hold of it they may use.

    Raises `CouponNotFoundError`, `CouponNotYetError`, `CouponEndedError`, `CouponUsedUpError`,
    `CouponUsedByYouError`, `CouponNotForTheseError`, `CouponOtherCurrencyError`, `CouponMinimumError`, each
    pointing at `/coupon_code`.
    """
    mine = Q(redemptions__buyer_id=buyer_id)
    coupon = (
        Coupon.objects.filter(code_key=code_key(code))
        .annotate(
            used_by_buyer=Count("redemptions", filter=mine & Q(redemptions__state="used")),
            held_by_buyer=Count("redemptions", filter=mine & Q(redemptions__state="held")),
        )
        .first()
    )
    if coupon is None:
        raise _refused(CouponNotFoundError)
    if coupon.starts_at is not None and now < coupon.starts_at:
        raise _refused(CouponNotYetError)
    if coupon.ended_at is not None or (coupon.ends_at is not None and now >= coupon.ends_at):
        raise _refused(CouponEndedError)
    if coupon.max_uses_per_person is not None and coupon.used_by_buyer >= coupon.max_uses_per_person:
        raise _refused(CouponUsedByYouError)
    if coupon.max_uses is not None and coupon.uses - coupon.held_by_buyer >= coupon.max_uses:
        raise _refused(CouponUsedUpError)
    terms = _terms(coupon)
    _refuse_unfit(terms, asked)
    return terms


def redeem_coupon(*, coupon_id: UUID, order: Order, now: datetime) -> None:
    """Hold one use for an order, in the transaction that writes it; raises `IntegrityError` when there is
    none (`refusal_of_redemption` says which limit it was), and `CouponNotFoundError` when the coupon was
    deleted since it was quoted.
    """
    if not Coupon.objects.select_for_update(no_key=True).filter(id=coupon_id):
        raise _refused(CouponNotFoundError)
    CouponRedemption.objects.create(
        coupon_id=coupon_id, order_id=order.id, buyer_id=order.buyer_id, held_at=now
    )


def refusal_of_redemption(constraint: str | None) -> SkillWiseError | None:
    """What the buyer is told when the database refused the use of a coupon by this constraint."""
    match constraint:
        case "commerce_coupon_uses_within_limit":
            return _refused(CouponUsedUpError)
        case "commerce_coupon_uses_of_person":
            return _refused(CouponUsedByYouError)
        case _:
            return None


def _terms(coupon: Coupon) -> CouponTerms:
    return CouponTerms(
        coupon_id=coupon.id,
        code=coupon.code,
        percent_off=coupon.percent_off,
        amount_off=coupon.amount_off,
        scope=coupon.scope,
        scope_id=coupon.scope_id,
        starts_at=coupon.starts_at,
        ends_at=coupon.ends_at,
        minimum=coupon.minimum,
    )


def _refuse_unfit(terms: CouponTerms, asked: Sequence[AskedCourse]) -> None:
    if not any(
        terms.covers(course_id=course.course_id, seller_id=course.seller_id)
        for course in asked
        if not course.price.is_zero
    ):
        raise _refused(CouponNotForTheseError)
    currency = asked[0].price.currency
    if terms.amount_off is not None and terms.amount_off.currency != currency:
        raise _refused(CouponOtherCurrencyError, currency=terms.amount_off.currency)
    if terms.minimum is None:
        return
    if terms.minimum.currency != currency:
        raise _refused(CouponOtherCurrencyError, currency=terms.minimum.currency)
    if Money.total((course.price for course in asked), currency) < terms.minimum:
        minimum = {"amount": terms.minimum.amount, "currency": terms.minimum.currency}
        raise _refused(CouponMinimumError, minimum=minimum)


def _refused(error: type[SkillWiseError], **extra: object) -> SkillWiseError:
    problem = FieldProblem(pointer="/coupon_code", code=error.code, detail=error.title)
    return error(fields=(problem,), extra=dict(extra))
