"""The double entry of a sale, and parts of it."""

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from skillwise_commerce.domain.sales import (
    LinePart,
    part_of_line,
    postings_of_sale,
)
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

ADA, BOB = new_id(), new_id()

amounts = st.integers(min_value=1, max_value=10**12)
percents = st.integers(min_value=0, max_value=100)
sellers = st.sampled_from([ADA, BOB, new_id()])


@given(lines=st.lists(st.tuples(sellers, amounts, percents), min_size=1, max_size=20))
def test_no_minor_unit_is_lost_in_the_books(lines: list[tuple[UUID, int, int]]) -> None:
    shares = [
        (seller, Money(amount, "JPY"), Money(amount * percent // 100, "JPY"))
        for seller, amount, percent in lines
    ]

    postings = dict(
        postings_of_sale(
            "stripe",
            [
                LinePart(total=price, tax=Money.zero("JPY"), tax_country="", shares={seller: share})
                for seller, price, share in shares
            ],
        )
    )

    assert sum(money.amount for money in postings.values()) == 0
    assert postings["stripe_clearing"].amount == sum(amount for _, amount, _ in lines)
    for seller in {seller for seller, _, _ in shares}:
        earned = sum(share.amount for of, _, share in shares if of == seller)
        assert postings.get(f"instructor_payable:{seller}", Money.zero("JPY")).amount == -earned
    assert all(not money.is_zero for money in postings.values())


def test_a_sale_of_nothing_books_nothing() -> None:
    free = LinePart(
        total=Money.zero("USD"), tax=Money.zero("USD"), tax_country="", shares={ADA: Money.zero("USD")}
    )

    assert postings_of_sale("", [free]) == []


def test_tax_is_owed_to_the_country_that_asks_it() -> None:
    part = LinePart(
        total=Money(11_500, "BDT"),
        tax=Money(1_500, "BDT"),
        tax_country="BD",
        shares={ADA: Money(7_000, "BDT")},
    )

    assert dict(postings_of_sale("sslcommerz", [part])) == {
        "sslcommerz_clearing": Money(11_500, "BDT"),
        "platform_revenue": Money(-3_000, "BDT"),
        "tax_payable:BD": Money(-1_500, "BDT"),
        f"instructor_payable:{ADA}": Money(-7_000, "BDT"),
    }


@example(total=2258, tax=0, percent=(1, 1), cuts=[2257])
@given(
    total=st.integers(min_value=0, max_value=10**9),
    tax=st.integers(min_value=0, max_value=100),
    percent=st.tuples(st.integers(0, 50), st.integers(0, 50)),
    cuts=st.lists(st.integers(min_value=0, max_value=10**9), max_size=6),
)
def test_parts_that_make_up_a_line_make_up_its_tax_and_shares(
    total: int, tax: int, percent: tuple[int, int], cuts: list[int]
) -> None:
    net = total - total * tax // 200
    line = LinePart(
        total=Money(total, "USD"),
        tax=Money(total - net, "USD"),
        tax_country="BD",
        shares={ADA: Money(net * percent[0] // 100, "USD"), BOB: Money(net * percent[1] // 100, "USD")},
    )

    left, parts = line, []
    for cut in [*cuts, total]:
        part = part_of_line(left, Money(min(cut, left.total.amount), "USD"))
        parts.append(part)
        left = LinePart(
            total=left.total - part.total,
            tax=left.tax - part.tax,
            tax_country="BD",
            shares={seller: share - part.shares[seller] for seller, share in left.shares.items()},
        )

    assert left.total.is_zero
    assert left.tax.is_zero
    assert all(share.is_zero for share in left.shares.values())
    for part in parts:
        assert part.tax.amount >= 0
        assert part.tax + part.seller_share <= part.total


def test_no_more_of_a_line_is_taken_than_is_left() -> None:
    left = LinePart(total=Money(5, "USD"), tax=Money(0, "USD"), tax_country="", shares={})

    with pytest.raises(ValueError, match="of"):
        part_of_line(left, Money(6, "USD"))
