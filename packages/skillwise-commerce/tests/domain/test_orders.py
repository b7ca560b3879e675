"""The moves that an order may make."""

import itertools

import pytest
from skillwise_commerce.domain.orders import (
    FULFILLED,
    MOVES,
    OPEN,
    IllegalMoveError,
    OrderStatus,
    check_move,
    status_asked_by,
)
from skillwise_commerce.domain.payments import PaymentStatus


def test_every_status_has_its_moves_and_none_leads_to_itself() -> None:
    assert set(MOVES) == set(OrderStatus)
    assert all(status not in targets for status, targets in MOVES.items())


def test_what_was_paid_is_never_open_canceled_or_expired_again() -> None:
    for status in FULFILLED:
        for target in set(OrderStatus) - FULFILLED:
            with pytest.raises(IllegalMoveError):
                check_move(status, target)


def test_an_order_is_open_or_fulfilled_or_closed() -> None:
    assert not OPEN & FULFILLED
    assert set(OrderStatus) - OPEN - FULFILLED == {OrderStatus.CANCELED, OrderStatus.EXPIRED}


@pytest.mark.parametrize("status", sorted(OPEN))
def test_whatever_is_open_can_be_paid_and_can_be_canceled(status: OrderStatus) -> None:
    check_move(status, OrderStatus.PAID)
    check_move(status, OrderStatus.CANCELED)


def test_money_that_comes_for_a_canceled_order_still_pays_it() -> None:
    check_move(OrderStatus.CANCELED, OrderStatus.PAID)


def test_a_failed_payment_can_be_tried_again() -> None:
    check_move(OrderStatus.FAILED, OrderStatus.PENDING)


def test_a_held_order_never_goes_back_to_being_paid_by_itself() -> None:
    reachable = MOVES[OrderStatus.HELD]

    assert OrderStatus.PENDING not in reachable
    assert OrderStatus.FAILED not in reachable


def test_every_state_of_a_payment_asks_for_a_status() -> None:
    asked = {payment: status_asked_by(payment) for payment in PaymentStatus}

    assert asked == {
        PaymentStatus.OPEN: OrderStatus.PENDING,
        PaymentStatus.PROCESSING: OrderStatus.PENDING,
        PaymentStatus.REQUIRES_ACTION: OrderStatus.REQUIRES_ACTION,
        PaymentStatus.FAILED: OrderStatus.FAILED,
        PaymentStatus.CANCELED: OrderStatus.CANCELED,
        PaymentStatus.SUCCEEDED: OrderStatus.PAID,
    }


def test_legal_and_illegal_moves_are_told_apart_for_every_pair() -> None:
    refused = 0
    for current, target in itertools.product(OrderStatus, repeat=2):
        try:
            check_move(current, target)
        except IllegalMoveError:
            refused += 1

    assert refused == len(OrderStatus) ** 2 - sum(map(len, MOVES.values()))
