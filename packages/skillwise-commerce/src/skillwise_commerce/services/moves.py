"""Every change of an order's status goes through here, so that none goes unrecorded."""

from datetime import datetime

from skillwise_commerce.domain.orders import Cause, OrderStatus, check_move
from skillwise_commerce.models import Order, OrderTransition

__all__ = ["move_order"]


def move_order(order: Order, to: OrderStatus, *, cause: Cause, reference: str = "", now: datetime) -> None:
    """Set the status and keep the move with its cause. The caller holds the order's row lock and saves what
    else it changed.

    Raises `IllegalMoveError`.
    """
    before = OrderStatus(order.status)
    check_move(before, to)
    order.status = to
    order.updated_at = now
    order.save(update_fields=["status", "updated_at", "paid_at", "failure_code"])
    OrderTransition.objects.create(
        order=order, from_status=before, to_status=to, cause=cause, reference=reference, moved_at=now
    )
