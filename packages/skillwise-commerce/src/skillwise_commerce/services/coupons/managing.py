"""Making, changing, ending and deleting coupons. How often one was used is counted by the database alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from skillwise_catalog.api import get_courses
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem, SkillWiseError

from skillwise_commerce.domain.coupons import code_key
from skillwise_commerce.errors import (
    CouponCodeTakenError,
    CouponLimitBelowUseError,
    CouponNotFoundError,
    CouponScopeError,
    CouponUsedError,
    CouponWindowError,
    CourseNotFoundError,
)
from skillwise_commerce.models import Coupon
from skillwise_commerce.selectors.coupons import manageable_coupons
from skillwise_commerce.services.constraints import violated_constraint
from skillwise_commerce.services.versions import check_version

__all__ = ["change_coupon", "create_coupon", "delete_coupon", "end_coupon", "new_coupon"]

_CODE_TAKEN: Final = "skillwise_commerce_coupon_code_key_key"


def create_coupon(*, actor: Actor, code: str, terms: Mapping[str, Any], now: datetime) -> Coupon:
    """A coupon of this code, which is compared without regard to case. `terms`: see `new_coupon`.

    Raises `CouponCodeTakenError` and what `new_coupon` raises.
    """
    coupon = new_coupon(actor=actor, code=code, terms=terms, now=now)
    try:
        with transaction.atomic():
            coupon.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != _CODE_TAKEN:
            raise
        raise _refused(CouponCodeTakenError, "/code") from error
    return coupon


def new_coupon(*, actor: Actor, code: str, terms: Mapping[str, Any], now: datetime) -> Coupon:
    """A coupon that is not saved yet. `terms` holds `percent_off` or `amount_off` (Money), `scope` and its
    `scope_id`, and may hold `starts_at`, `ends_at`, `max_uses`, `max_uses_per_person` and `minimum` (Money);
    None is no limit. An instructor's coupon for all of their courses need not name them.

    Raises `CouponScopeError` for courses that are not the instructor's, `CourseNotFoundError`,
    `CouponWindowError`.
    """
    scope, scope_id = terms["scope"], terms.get("scope_id")
    if scope == Coupon.Scope.SELLER and scope_id is None:
        scope_id = actor.id
    _check_scope(actor, scope, scope_id)
    off = terms.get("amount_off")
    coupon = Coupon(
        code=code.strip(),
        code_key=code_key(code),
        percent_off=terms.get("percent_off"),
        off_amount=off.amount if off else None,
        off_currency=off.currency if off else "",
        scope=scope,
        scope_id=scope_id,
        created_by=actor.id,
        created_at=now,
    )
    _limit(coupon, terms)
    return coupon


@transaction.atomic
def change_coupon(
    *, actor: Actor, coupon_id: UUID, changes: Mapping[str, Any], expected_version: int | None = None
) -> Coupon:
    """Set when the coupon holds and how often (`starts_at`, `ends_at`, `max_uses`, `max_uses_per_person`,
    `minimum`), as far as `changes` names it. What it takes off, and of what, stays what was promised.

    Raises `CouponNotFoundError`, `PreconditionFailedError`, `CouponWindowError`, and
    `CouponLimitBelowUseError` for a total below what was used.
    """
    coupon = _lock(actor, coupon_id, expected_version)
    _limit(coupon, changes)
    if coupon.max_uses is not None and coupon.max_uses < coupon.uses:
        raise _refused(CouponLimitBelowUseError, "/max_uses", uses=coupon.uses)
    coupon.version += 1
    coupon.save(
        update_fields=[
            "starts_at",
            "ends_at",
            "max_uses",
            "max_uses_per_person",
            "minimum_amount",
            "minimum_currency",
            "version",
        ]
    )
    return coupon


@transaction.atomic
def end_coupon(*, actor: Actor, coupon_id: UUID, now: datetime) -> Coupon:
    """From now on nobody may begin to use it. Orders and quotes that have it keep it; an ended one stays as
    it is. Raises `CouponNotFoundError`.
    """
    coupon = _lock(actor, coupon_id, None)
    if coupon.ended_at is None:
        coupon.ended_at = now
        coupon.version += 1
        coupon.save(update_fields=["ended_at", "version"])
    return coupon


@transaction.atomic
def delete_coupon(*, actor: Actor, coupon_id: UUID, expected_version: int | None = None) -> None:
    """As if it had never been. Raises `CouponNotFoundError`, `PreconditionFailedError`, and `CouponUsedError`
    for one that an order has ever held.
    """
    coupon = _lock(actor, coupon_id, expected_version)
    if coupon.redemptions.exists():
        raise CouponUsedError
    coupon.delete()


def _lock(actor: Actor, coupon_id: UUID, expected_version: int | None) -> Coupon:
    """Nobody uses it, or changes it, until the transaction ends."""
    coupon = manageable_coupons(actor=actor).select_for_update(no_key=True).filter(id=coupon_id).first()
    if coupon is None:
        raise CouponNotFoundError
    check_version(coupon.version, expected_version)
    return coupon


def _limit(coupon: Coupon, terms: Mapping[str, Any]) -> None:
    for name in ("starts_at", "ends_at", "max_uses", "max_uses_per_person"):
        if name in terms:
            setattr(coupon, name, terms[name])
    if "minimum" in terms:
        minimum = terms["minimum"]
        coupon.minimum_amount = minimum.amount if minimum else None
        coupon.minimum_currency = minimum.currency if minimum else ""
    if coupon.starts_at and coupon.ends_at and coupon.starts_at >= coupon.ends_at:
        raise _refused(CouponWindowError, "/ends_at")


def _check_scope(actor: Actor, scope: str, scope_id: UUID | None) -> None:
    is_admin = actor.has_role("admin")
    match scope:
        case Coupon.Scope.SITE:
            if not is_admin:
                raise _refused(CouponScopeError, "/scope")
        case Coupon.Scope.SELLER:
            if not is_admin and scope_id != actor.id:
                raise _refused(CouponScopeError, "/scope_id")
        case Coupon.Scope.COURSE:
            course = get_courses(ids=[scope_id]).get(scope_id) if scope_id else None
            if course is None:
                raise _refused(CourseNotFoundError, "/scope_id")
            if not is_admin and course.owner_id != actor.id:
                raise _refused(CouponScopeError, "/scope_id")


def _refused(error: type[SkillWiseError], pointer: str, **extra: object) -> SkillWiseError:
    problem = FieldProblem(pointer=pointer, code=error.code, detail=error.title)
    return error(fields=(problem,), extra=extra)
