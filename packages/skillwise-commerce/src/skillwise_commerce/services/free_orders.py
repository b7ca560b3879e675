"""Orders for which nothing is to be paid: no provider, and otherwise the same trail as any."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from skillwise_commerce.domain.orders import Cause
from skillwise_commerce.errors import AlreadyOwnedError
from skillwise_commerce.models import Order
from skillwise_commerce.services.fulfilment import fulfil_order
from skillwise_commerce.services.ordering import insert_order, make_offer

__all__ = ["fulfil_free_order", "take_free_course"]


@transaction.atomic
def take_free_course(*, user_id: UUID, course_id: UUID, now: datetime) -> UUID | None:
    """Write and fulfil the order of a free course. Answers its id; None when the person has the course.

    Raises what `make_offer` raises. Of parallel callers one writes the order.
    """
    try:
        with transaction.atomic():
            order = insert_order(make_offer(buyer_id=user_id, course_ids=[course_id], provider=""), now=now)
            if fulfil_free_order(order, now=now):
                raise AlreadyOwnedError
    except AlreadyOwnedError:
        return None
    return order.id


@transaction.atomic
def fulfil_free_order(order: Order, *, now: datetime) -> frozenset[UUID]:
    """Bring a pending order of nothing to `paid`. Once, however often it is asked. Answers the courses that
    the buyer had already.
    """
    locked = Order.objects.select_for_update().get(id=order.id, total_amount=0)
    if not locked.is_open:
        return frozenset()
    return fulfil_order(locked, cause=Cause.FREE, booked_as=f"order:{locked.id}", now=now)
