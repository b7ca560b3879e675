"""What somebody means to buy, kept on the server for all their devices.

Every change takes the cart's row lock and raises its version: two devices that add at once lose nothing, and
whoever replaces what they have not seen is refused by `expected_version`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from skillwise_kernel.errors import PreconditionFailedError, SkillWiseError

from skillwise_commerce.domain.coupons import code_key
from skillwise_commerce.domain.sales import MAX_COURSES
from skillwise_commerce.errors import CartFullError, CartItemNotFoundError
from skillwise_commerce.models import Cart, CartItem, Order
from skillwise_commerce.services.pricing import price_basket

__all__ = ["add_to_cart", "empty_cart", "remove_bought", "remove_from_cart", "replace_cart"]


@transaction.atomic
def add_to_cart(
    *, user_id: UUID, course_id: UUID | None = None, bundle_id: UUID | None = None, now: datetime
) -> bool:
    """Put a course or a bundle into a person's cart. Answers whether it is new there: adding it again changes
    nothing.

    Raises what `price_basket` raises for it alone, and `CartFullError`.
    """
    cart = _locked_cart(user_id, now=now)
    if cart.items.filter(course_id=course_id, bundle_id=bundle_id).exists():
        return False
    _check_buyable(user_id, course_id, bundle_id, now=now)
    if cart.items.count() >= MAX_COURSES:
        raise CartFullError(extra={"limit": MAX_COURSES})
    CartItem.objects.create(cart=cart, course_id=course_id, bundle_id=bundle_id, added_at=now)
    _changed(cart, now=now)
    return True


@transaction.atomic
def replace_cart(
    *,
    user_id: UUID,
    course_ids: Sequence[UUID],
    bundle_ids: Sequence[UUID],
    coupon_code: str,
    expected_version: int | None = None,
    now: datetime,
) -> None:
    """Make these courses and bundles (each at most once) and this coupon the person's cart. What cannot be
    bought is kept, for the cart to say why.

    Raises `CartFullError`, and `PreconditionFailedError` for a stale version.
    """
    if len(course_ids) + len(bundle_ids) > MAX_COURSES:
        raise CartFullError(extra={"limit": MAX_COURSES})
    cart = _locked_cart(user_id, now=now)
    _check_version(cart, expected_version)
    kept = Q(course_id__in=course_ids) | Q(bundle_id__in=bundle_ids)
    removed, _ = cart.items.exclude(kept).delete()
    known = set(cart.items.values_list("course_id", "bundle_id"))
    wanted = [
        *((course_id, None) for course_id in course_ids),
        *((None, bundle_id) for bundle_id in bundle_ids),
    ]
    added = CartItem.objects.bulk_create(
        CartItem(cart=cart, course_id=course_id, bundle_id=bundle_id, added_at=now)
        for course_id, bundle_id in wanted
        if (course_id, bundle_id) not in known
    )
    if removed or added or cart.coupon_code != coupon_code:
        cart.coupon_code = coupon_code
        _changed(cart, now=now)


@transaction.atomic
def remove_from_cart(
    *, user_id: UUID, item_id: UUID, expected_version: int | None = None, now: datetime
) -> None:
    """Raises `CartItemNotFoundError`, for another person's item too, and `PreconditionFailedError`."""
    cart = _locked_cart(user_id, now=now)
    _check_version(cart, expected_version)
    removed, _ = cart.items.filter(id=item_id).delete()
    if not removed:
        raise CartItemNotFoundError
    _changed(cart, now=now)


@transaction.atomic
def empty_cart(*, user_id: UUID, expected_version: int | None = None, now: datetime) -> None:
    """Take everything out of a person's cart, the coupon too. Raises `PreconditionFailedError`."""
    replace_cart(
        user_id=user_id,
        course_ids=[],
        bundle_ids=[],
        coupon_code="",
        expected_version=expected_version,
        now=now,
    )


@transaction.atomic
def remove_bought(*, order_id: UUID, now: datetime) -> None:
    """What an order that is paid has bought leaves its buyer's cart, and the coupon that it used; what they
    put there since stays. Repeating it changes nothing.
    """
    order = Order.objects.select_related("coupon").get(id=order_id)
    cart = Cart.objects.select_for_update().filter(user_id=order.buyer_id).first()
    if cart is None or order.paid_at is None:
        return
    lines = order.lines.all()
    bought = Q(course_id__in=lines.values("course_id")) | Q(bundle_id__in=lines.values("bundle_id"))
    removed, _ = cart.items.filter(bought, added_at__lte=order.paid_at).delete()
    is_used = order.coupon is not None and order.coupon.code_key == code_key(cart.coupon_code)
    if removed or is_used:
        cart.coupon_code = "" if is_used else cart.coupon_code
        _changed(cart, now=now)


def _locked_cart(user_id: UUID, *, now: datetime) -> Cart:
    Cart.objects.get_or_create(user_id=user_id, defaults={"version": 0, "updated_at": now})
    return Cart.objects.select_for_update().get(user_id=user_id)


def _check_version(cart: Cart, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != cart.version:
        raise PreconditionFailedError


def _changed(cart: Cart, *, now: datetime) -> None:
    cart.version += 1
    cart.updated_at = now
    cart.save(update_fields=["coupon_code", "version", "updated_at"])


def _check_buyable(user_id: UUID, course_id: UUID | None, bundle_id: UUID | None, *, now: datetime) -> None:
    courses, bundles = ([course_id], []) if course_id is not None else ([], [bundle_id])
    try:
        price_basket(
            buyer_id=user_id,
            course_ids=[one for one in courses if one],
            bundle_ids=[one for one in bundles if one],
            now=now,
        )
    except SkillWiseError as error:
        pointer = "/course_id" if course_id is not None else "/bundle_id"
        fields = tuple(replace(field, pointer=pointer) for field in error.fields[:1])
        raise type(error)(error.detail, fields=fields, extra=error.extra) from error
