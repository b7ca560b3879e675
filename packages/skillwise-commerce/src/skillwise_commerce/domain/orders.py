"""The life of an order: which moves there are, and which of them a payment's state asks for.

    pending ──► requires_action ──► paid
      ▲ │  ▲          │              ▲
      │ ▼  └──────────┤              │
    failed ◄──────────┘   held ──────┤   (the amount differs: a person decides)
      │                              │
      └──► canceled ─────────────────┘   (the money came all the same: fulfilled, and noted)

The database holds the same table of moves in a trigger; a test keeps the two equal.
"""

import enum
from types import MappingProxyType

from skillwise_commerce.domain.payments import PaymentStatus

__all__ = ["MOVES", "OPEN", "Cause", "IllegalMoveError", "OrderStatus", "check_move", "status_asked_by"]


class OrderStatus(enum.StrEnum):
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    FAILED = "failed"
    HELD = "held"
    CANCELED = "canceled"
    PAID = "paid"


class Cause(enum.StrEnum):
    """Why an order moved."""

    CHECKOUT = "checkout"
    """The buyer asked to pay."""
    RETRY = "retry"
    """The buyer asked to pay once more after a failure."""
    PROVIDER = "provider"
    """The provider says that its payment is in this state."""
    SUPERSEDED = "superseded"
    """The buyer began another order for one of its courses."""
    MISMATCH = "mismatch"
    """What arrived is not what was asked."""


#: An order in one of these may still be paid. A buyer has at most one such order for a course.
OPEN = frozenset({OrderStatus.PENDING, OrderStatus.REQUIRES_ACTION, OrderStatus.FAILED, OrderStatus.HELD})

MOVES: MappingProxyType[OrderStatus, frozenset[OrderStatus]] = MappingProxyType(
    {
        OrderStatus.PENDING: frozenset(
            {
                OrderStatus.REQUIRES_ACTION,
                OrderStatus.FAILED,
                OrderStatus.HELD,
                OrderStatus.CANCELED,
                OrderStatus.PAID,
            }
        ),
        OrderStatus.REQUIRES_ACTION: frozenset(
            {
                OrderStatus.PENDING,
                OrderStatus.FAILED,
                OrderStatus.HELD,
                OrderStatus.CANCELED,
                OrderStatus.PAID,
            }
        ),
        OrderStatus.FAILED: frozenset(
            {
                OrderStatus.PENDING,
                OrderStatus.REQUIRES_ACTION,
                OrderStatus.HELD,
                OrderStatus.CANCELED,
                OrderStatus.PAID,
            }
        ),
        OrderStatus.HELD: frozenset({OrderStatus.CANCELED, OrderStatus.PAID}),
        OrderStatus.CANCELED: frozenset({OrderStatus.PAID}),
        OrderStatus.PAID: frozenset(),
    }
)


class IllegalMoveError(ValueError):
    """An order was told to make a move that there is not. A defect in the caller, never the buyer's doing."""


def check_move(current: OrderStatus, target: OrderStatus) -> None:
    """Raises `IllegalMoveError` unless an order may go from `current` to `target`."""
    if target not in MOVES[current]:
        raise IllegalMoveError(f"an order cannot go from {current} to {target}")


def status_asked_by(payment: PaymentStatus) -> OrderStatus:
    """The status in which a payment in this state leaves an order whose amount it matches."""
    match payment:
        case PaymentStatus.OPEN | PaymentStatus.PROCESSING:
            return OrderStatus.PENDING
        case PaymentStatus.REQUIRES_ACTION:
            return OrderStatus.REQUIRES_ACTION
        case PaymentStatus.FAILED:
            return OrderStatus.FAILED
        case PaymentStatus.CANCELED:
            return OrderStatus.CANCELED
        case PaymentStatus.SUCCEEDED:
            return OrderStatus.PAID
