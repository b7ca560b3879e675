"""A server that does not answer is left alone, and found again."""

import time

import pytest
from skillwise_kernel.circuit import CircuitBreaker


@pytest.fixture
def breaker() -> CircuitBreaker:
    return CircuitBreaker(cooldown=0.2)


def test_while_the_server_answers_everybody_may_call_it(breaker: CircuitBreaker) -> None:
    assert all(breaker.admits() for _ in range(3))
    assert breaker.succeed() is False


def test_after_a_failure_nobody_may_for_a_while(breaker: CircuitBreaker) -> None:
    breaker.fail()

    assert not breaker.admits()


def test_then_one_caller_tries_and_the_others_wait_for_what_it_finds(breaker: CircuitBreaker) -> None:
    breaker.fail()
    time.sleep(0.25)

    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_a_success_lets_everybody_in_again_and_says_so_once(breaker: CircuitBreaker) -> None:
    breaker.fail()

    assert breaker.succeed() is True
    assert breaker.succeed() is False
    assert all(breaker.admits() for _ in range(3))
