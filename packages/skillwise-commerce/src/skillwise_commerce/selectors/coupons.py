"""The coupons that somebody may manage: instructors those that they made, administrators all."""

from uuid import UUID

from django.db.models import QuerySet
from skillwise_kernel.actor import Actor

from skillwise_commerce.errors import CouponBatchNotFoundError, CouponNotFoundError
from skillwise_commerce.models import Coupon, CouponBatch

__all__ = ["coupon_batch", "coupons_in_batch", "manageable_coupon", "manageable_coupons"]


def manageable_coupons(*, actor: Actor) -> QuerySet[Coupon]:
    return Coupon.objects.all() if actor.has_role("admin") else Coupon.objects.filter(created_by=actor.id)


def manageable_coupon(*, actor: Actor, coupon_id: UUID) -> Coupon:
    """Raises `CouponNotFoundError`, for another instructor's coupon too."""
    coupon = manageable_coupons(actor=actor).filter(id=coupon_id).first()
    if coupon is None:
        raise CouponNotFoundError
    return coupon


def coupon_batch(*, actor: Actor, batch_id: UUID) -> CouponBatch:
    """Raises `CouponBatchNotFoundError`, for another instructor's batch too."""
    batches = CouponBatch.objects.filter(id=batch_id)
    if not actor.has_role("admin"):
        batches = batches.filter(created_by=actor.id)
    batch = batches.first()
    if batch is None:
        raise CouponBatchNotFoundError
    return batch


def coupons_in_batch(batch: CouponBatch) -> QuerySet[Coupon]:
    """By code."""
    return Coupon.objects.filter(batch=batch).order_by("code_key")
