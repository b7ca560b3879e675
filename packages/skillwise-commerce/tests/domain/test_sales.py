"""Shares, fingerprints and the double entry of a sale."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skillwise_commerce.domain.sales import fingerprint, postings_of_sale, seller_share
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

ADA, BOB = new_id(), new_id()

amounts = st.integers(min_value=1, max_value=10**12)
percents = st.integers(min_value=0, max_value=100)
sellers = st.sampled_from([ADA, BOB, new_id()])


@given(amount=amounts, percent=percents)
def test_the_seller_gets_their_percentage_to_the_nearest_minor_unit(amount: int, percent: int) -> None:
    share = seller_share(Money(amount, "USD"), percent)

    assert 0 <= share.amount <= amount
    assert abs(share.amount * 100 - amount * percent) <= 50


@given(lines=st.lists(st.tuples(sellers, amounts, percents), min_size=1, max_size=20))
def test_no_minor_unit_is_lost_in_the_books(lines: list[tuple[UUID, int, int]]) -> None:
    shares = [
        (seller, Money(amount, "JPY"), seller_share(Money(amount, "JPY"), percent))
        for seller, amount, percent in lines
    ]

    postings = dict(postings_of_sale("stripe", shares))

    assert sum(money.amount for money in postings.values()) == 0
    assert postings["stripe_clearing"].amount == sum(amount for _, amount, _ in lines)
    for seller in {seller for seller, _, _ in shares}:
        earned = sum(share.amount for of, _, share in shares if of == seller)
        assert postings.get(f"instructor_payable:{seller}", Money.zero("JPY")).amount == -earned
    assert all(not money.is_zero for money in postings.values())


def test_a_sale_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        postings_of_sale("stripe", [])


def test_the_order_in_which_courses_are_named_makes_no_other_purchase() -> None:
    one, other = (new_id(), Money(4999, "USD")), (new_id(), Money(1999, "USD"))

    assert fingerprint("stripe", [one, other]) == fingerprint("stripe", [other, one])


def test_another_price_currency_course_or_provider_makes_another_purchase() -> None:
    course = new_id()
    marks = {
        fingerprint("stripe", [(course, Money(4999, "USD"))]),
        fingerprint("stripe", [(course, Money(4998, "USD"))]),
        fingerprint("stripe", [(course, Money(4999, "EUR"))]),
        fingerprint("stripe", [(new_id(), Money(4999, "USD"))]),
        fingerprint("another", [(course, Money(4999, "USD"))]),
    }

    assert len(marks) == 5
