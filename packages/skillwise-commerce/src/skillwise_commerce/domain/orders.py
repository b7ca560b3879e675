"""The life of an order: which moves there are, and which of them a payment's state asks for.

    pending ──► requires_action ──► paid ──► partially_refunded ──► refunded
      ▲ │  ▲          │              ▲ │           │                  │
      │ ▼  └──────────┤              │ └───────────┴────► disputed ◄──┘
    failed ◄──────────┘   held ──────┤                    │      │
      │                              │   (won: where it   ▼      ▼ (lost)
      ├──► canceled ─────────────────┤    came from)    …paid   charged_back
      └──► expired ──────────────────┘
                (the money came all the same: fulfilled, and noted)

`held`: the amount differs, or the provider calls the payment risky; a person decides. A refund that fails at
the provider afterwards takes an order back from `refunded`. The database holds the same table of moves in a
trigger; a test keeps the two equal.
"""

import enum
from types import MappingProxyType

from skillwise_commerce.domain.payments import PaymentStatus

__all__ = [
    "FULFILLED",
    "MOVES",
    "OPEN",
    "Cause",
    "IllegalMoveError",
    "OrderStatus",
    "check_move",
    "status_asked_by",
]


class OrderStatus(enum.StrEnum):
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    FAILED = "failed"
    HELD = "held"
    CANCELED = "canceled"
    EXPIRED = "expired"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"


class Cause(enum.StrEnum):
    """Why an order moved."""

    CHECKOUT = "checkout"
    """The buyer asked to pay."""
    FREE = "free"
    """Nothing was to be paid."""
    RETRY = "retry"
    """The buyer asked to pay once more after a failure."""
    PROVIDER = "provider"
    """The provider says that its payment is in this state."""
    SUPERSEDED = "superseded"
    """The buyer began another order for one of its courses."""
    EXPIRY = "expiry"
    """Nobody paid in time."""
    MISMATCH = "mismatch"
    """What arrived is not what was asked."""
    RISK = "risk"
    """The provider holds the payment for risky."""
    REFUND = "refund"
    """Money went back to the buyer."""
    REFUND_FAILED = "refund_failed"
    """Money that was on its way back to the buyer did not get there."""
    DISPUTE = "dispute"
    """The buyer's bank took the money back, or returned it."""
    OPERATOR = "operator"
    """Somebody decided in the back office."""


#: An order in one of these may still be paid. A buyer has at most one such order for a course.
OPEN = frozenset({OrderStatus.PENDING, OrderStatus.REQUIRES_ACTION, OrderStatus.FAILED, OrderStatus.HELD})

#: An order in one of these has been paid, whatever became of the money since.
FULFILLED = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.REFUNDED,
        OrderStatus.DISPUTED,
        OrderStatus.CHARGED_BACK,
    }
)

_CLOSING = frozenset({OrderStatus.HELD, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.PAID})

MOVES: MappingProxyType[OrderStatus, frozenset[OrderStatus]] = MappingProxyType(
    {
        OrderStatus.PENDING: _CLOSING | {OrderStatus.REQUIRES_ACTION, OrderStatus.FAILED},
        OrderStatus.REQUIRES_ACTION: _CLOSING | {OrderStatus.PENDING, OrderStatus.FAILED},
        OrderStatus.FAILED: _CLOSING | {OrderStatus.PENDING, OrderStatus.REQUIRES_ACTION},
        OrderStatus.HELD: frozenset({OrderStatus.CANCELED, OrderStatus.PAID}),
        OrderStatus.CANCELED: frozenset({OrderStatus.PAID}),
        OrderStatus.EXPIRED: frozenset({OrderStatus.PAID}),
        OrderStatus.PAID: frozenset(
            {OrderStatus.PARTIALLY_REFUNDED, OrderStatus.REFUNDED, OrderStatus.DISPUTED}
        ),
        OrderStatus.PARTIALLY_REFUNDED: frozenset(
            {OrderStatus.PAID, OrderStatus.REFUNDED, OrderStatus.DISPUTED}
        ),
        OrderStatus.REFUNDED: frozenset(
            {OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED, OrderStatus.DISPUTED}
        ),
        OrderStatus.DISPUTED: frozenset(
            {
                OrderStatus.PAID,
                OrderStatus.PARTIALLY_REFUNDED,
                OrderStatus.REFUNDED,
                OrderStatus.CHARGED_BACK,
            }
        ),
        OrderStatus.CHARGED_BACK: frozenset(
            {OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED, OrderStatus.REFUNDED, OrderStatus.DISPUTED}
        ),
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
