"""Orders for which nothing is to be paid: no provider, and otherwise the same trail as any."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from skillwise_commerce.domain.baskets import PricedBasket
from skillwise_commerce.domain.orders import Cause
from skillwise_commerce.errors import AlreadyOwnedError, CourseNotFreeError
from skillwise_commerce.models import Order
from skillwise_commerce.services.constraints import violated_constraint
from skillwise_commerce.services.coupons.claiming import refusal_of_redemption
from skillwise_commerce.services.fulfilment import fulfil_order
from skillwise_commerce.services.ordering import insert_order
from skillwise_commerce.services.pricing import price_basket

__all__ = ["place_free_order", "take_free_course"]


@transaction.atomic
def take_free_course(*, user_id: UUID, course_id: UUID, now: datetime) -> UUID | None:
    """Write and fulfil the order of a free course. Answers its id; None when the person has the course.

    Raises what `price_basket` raises, and `CourseNotFreeError`. Of parallel callers one writes the order.
    """
    try:
        basket = price_basket(buyer_id=user_id, course_ids=[course_id], now=now)
        if not basket.total.is_zero:
            raise CourseNotFreeError
        return place_free_order(basket, buyer_id=user_id, now=now).id
    except AlreadyOwnedError:
        return None


def place_free_order(
    basket: PricedBasket, *, buyer_id: UUID, quote_id: UUID | None = None, now: datetime
) -> Order:
    """Write and fulfil, in one transaction, the order of a basket that costs nothing.

    Raises `AlreadyOwnedError`, `CouponUsedUpError`, `CouponUsedByYouError`; then nothing is written.
    """
    try:
        with transaction.atomic():
            order = insert_order(basket, buyer_id=buyer_id, provider="", quote_id=quote_id, now=now)
            if fulfil_order(order, cause=Cause.FREE, booked_as=f"order:{order.id}", now=now):
                raise AlreadyOwnedError
    except IntegrityError as error:
        refusal = refusal_of_redemption(violated_constraint(error))
        if refusal is not None:
            raise refusal from error
        raise
    return order
