"""What somebody pays: bundle, coupon, tax and shares, and no minor unit lost between them."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skillwise_commerce.domain.baskets import Billing, PricedBasket, basket_from_json
from skillwise_commerce.domain.coupons import CouponTerms, code_key
from skillwise_commerce.domain.gifts import GiftWish
from skillwise_commerce.domain.pricing import AskedCourse, price_lines, split_bundle
from skillwise_commerce.domain.taxes import (
    NO_TAX,
    TaxTerms,
    is_vat_number,
    normalized_vat_number,
    tax_on_top,
    tax_within,
)
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

ADA, BOB, COURSE = new_id(), new_id(), new_id()
CURRENCIES = ["JPY", "USD", "KWD"]

rates = st.integers(min_value=0, max_value=100_000).map(lambda thousandths: Decimal(thousandths) / 1000)
amounts = st.integers(min_value=0, max_value=10**10)


def asked(amount: int, currency: str = "USD", *, seller_id: UUID = ADA, percent: int = 70) -> AskedCourse:
    return AskedCourse(
        course_id=new_id(),
        title="Bread",
        seller_id=seller_id,
        price=Money(amount, currency),
        shares=((seller_id, percent),),
    )


def coupon(**terms: object) -> CouponTerms:
    fields = {
        "coupon_id": new_id(),
        "code": "SPRING",
        "percent_off": None,
        "amount_off": None,
        "scope": "site",
        "scope_id": None,
        "starts_at": None,
        "ends_at": None,
        "minimum": None,
    }
    return CouponTerms(**(fields | terms))


def vat(rate: str, *, inclusive: bool = True, is_reversed: bool = False) -> TaxTerms:
    return TaxTerms(
        country="DE", name="VAT", rate=Decimal(rate), is_inclusive=inclusive, is_reversed=is_reversed
    )


@st.composite
def offers(draw: st.DrawFn) -> tuple[list[AskedCourse], CouponTerms | None, TaxTerms]:
    currency = draw(st.sampled_from(CURRENCIES))
    courses = draw(
        st.lists(
            st.builds(
                lambda amount, owner, one, other: AskedCourse(
                    course_id=new_id(),
                    title="",
                    seller_id=owner,
                    price=Money(amount, currency),
                    shares=((ADA, one), (BOB, other)),
                ),
                amounts,
                st.sampled_from([ADA, BOB]),
                st.integers(0, 50),
                st.integers(0, 50),
            ),
            min_size=1,
            max_size=12,
        )
    )
    terms = draw(
        st.one_of(
            st.none(),
            st.builds(
                lambda percent, scoped: coupon(
                    percent_off=percent,
                    scope="seller" if scoped else "site",
                    scope_id=ADA if scoped else None,
                ),
                st.integers(1, 100),
                st.booleans(),
            ),
            st.builds(lambda off: coupon(amount_off=Money(off, currency)), st.integers(1, 10**10)),
        )
    )
    tax = TaxTerms(
        country="BD",
        name="VAT",
        rate=draw(rates),
        is_inclusive=draw(st.booleans()),
        is_reversed=draw(st.booleans()),
    )
    return courses, terms, tax


@given(offers())
def test_whatever_is_bought_every_minor_unit_has_one_owner(
    offer: tuple[list[AskedCourse], CouponTerms | None, TaxTerms],
) -> None:
    courses, terms, tax = offer

    lines = price_lines(courses, coupon=terms, tax=tax)

    assert [line.course_id for line in lines] == [course.course_id for course in courses]
    for line, course in zip(lines, courses, strict=True):
        assert 0 <= line.discount.amount <= line.price.amount <= course.price.amount
        assert 0 <= line.tax.amount <= max(line.total.amount, 0)
        assert line.total == line.net + line.tax
        assert 0 <= line.seller_share.amount <= line.net.amount
        if tax.is_reversed:
            assert line.tax.is_zero
    if terms is not None and terms.amount_off is not None:
        prices = sum(line.price.amount for line in lines)
        assert sum(line.discount.amount for line in lines) == min(terms.amount_off.amount, prices)


@given(price=st.integers(1, 10**10), own=st.lists(amounts, min_size=1, max_size=20))
def test_a_bundle_is_split_to_the_cent(price: int, own: list[int]) -> None:
    parts = split_bundle(Money(price, "USD"), [Money(amount, "USD") for amount in own])

    assert sum(part.amount for part in parts) == price
    whole = sum(own)
    for part, amount in zip(parts, own, strict=True):
        exact = price * amount / whole if whole else price / len(own)
        assert abs(part.amount - exact) < 1 + exact * 1e-9


def test_a_bundles_odd_cent_goes_to_the_largest_remainder() -> None:
    thirds = [Money(4999, "USD")] * 3

    assert [part.amount for part in split_bundle(Money(10_000, "USD"), thirds)] == [3334, 3333, 3333]


@given(amount=amounts, rate=rates)
def test_a_tax_within_and_a_tax_on_top_are_the_rate_to_the_nearest_minor_unit(
    amount: int, rate: Decimal
) -> None:
    money = Money(amount, "USD")

    assert abs(tax_on_top(money, rate).amount - amount * rate / 100) <= Decimal("0.5")
    within = tax_within(money, rate)
    assert abs(within.amount - amount * rate / (100 + rate)) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("currency", "price", "off", "tax", "total"),
    [("JPY", 4999, 1000, 364, 3999), ("USD", 4999, 1000, 364, 3999), ("KWD", 4999, 1000, 364, 3999)],
)
def test_twenty_percent_off_with_ten_percent_tax_within(
    currency: str, price: int, off: int, tax: int, total: int
) -> None:
    (line,) = price_lines([asked(price, currency)], coupon=coupon(percent_off=20), tax=vat("10"))

    assert (line.discount.amount, line.tax.amount, line.total.amount) == (off, tax, total)


def test_a_tax_that_comes_on_top_is_paid_on_what_the_coupon_leaves() -> None:
    (line,) = price_lines(
        [asked(10_000)], coupon=coupon(amount_off=Money(2_000, "USD")), tax=vat("8.875", inclusive=False)
    )

    assert (line.tax.amount, line.total.amount, line.net.amount) == (710, 8_710, 8_000)


def test_a_business_that_accounts_for_the_tax_itself_pays_the_price_without() -> None:
    (line,) = price_lines([asked(11_900)], coupon=None, tax=vat("19", is_reversed=True))

    assert (line.price.amount, line.tax.amount, line.total.amount) == (10_000, 0, 10_000)
    assert (line.tax_rate, line.tax_inclusive) == (0, False)


def test_a_coupon_leaves_other_instructors_courses_alone() -> None:
    lines = price_lines(
        [asked(1_000), asked(1_000, seller_id=BOB)],
        coupon=coupon(percent_off=50, scope="seller", scope_id=ADA),
        tax=NO_TAX,
    )

    assert [line.discount.amount for line in lines] == [500, 0]


def test_a_coupon_worth_more_than_the_basket_makes_it_free_and_no_more() -> None:
    lines = price_lines([asked(700), asked(300)], coupon=coupon(amount_off=Money(5_000, "USD")), tax=NO_TAX)

    assert [line.total.amount for line in lines] == [0, 0]


def test_a_code_is_the_same_in_whatever_case_and_with_blanks_around() -> None:
    assert code_key("  Spring20 ") == code_key("SPRING20")


@pytest.mark.parametrize(
    ("number", "country", "fits"),
    [
        ("DE 123.456.789", "DE", True),
        ("DE12345678", "DE", False),
        ("ATU12345678", "DE", False),
        ("EL123456789", "GR", True),
        ("GB123456789", "GB", True),
        ("0001234567890", "BD", True),
        ("000123456789", "BD", False),
        ("NL123456789B01", "NL", True),
        ("?!", "US", False),
        ("12-3456789", "US", True),
    ],
)
def test_a_vat_number_has_the_form_of_its_country(number: str, country: str, fits: bool) -> None:
    assert is_vat_number(normalized_vat_number(number), country) is fits


@given(offers())
def test_a_basket_comes_back_from_json_as_it_was(
    offer: tuple[list[AskedCourse], CouponTerms | None, TaxTerms],
) -> None:
    courses, terms, tax = offer
    basket = PricedBasket(
        currency=courses[0].price.currency,
        lines=price_lines(courses, coupon=terms, tax=tax),
        coupon_id=terms.coupon_id if terms else None,
        coupon_code=terms.code if terms else "",
        billing=Billing(name="নাদিয়া", country="BD"),
        is_reverse_charged=tax.is_reversed,
        gift=wish("Gran"),
    )

    assert basket_from_json(basket.as_json()) == basket


def test_whatever_changes_the_purchase_changes_its_fingerprint() -> None:
    def basket(course: AskedCourse, **more: object) -> PricedBasket:
        fields = {
            "currency": "USD",
            "coupon_id": None,
            "coupon_code": "",
            "billing": Billing(),
            "is_reverse_charged": False,
        }
        return PricedBasket(lines=price_lines([course], coupon=None, tax=NO_TAX), **(fields | more))

    course, dearer = asked(1_000), asked(1_001)
    prints = {
        basket(course).fingerprint(provider="stripe", channel="app"),
        basket(course).fingerprint(provider="stripe", channel="web"),
        basket(course).fingerprint(provider="sslcommerz", channel="app"),
        basket(dearer).fingerprint(provider="stripe", channel="app"),
        basket(course, gift=wish("Gran")).fingerprint(provider="stripe", channel="app"),
        basket(course, gift=wish("Uncle")).fingerprint(provider="stripe", channel="app"),
        basket(course, billing=Billing(country="BD")).fingerprint(provider="stripe", channel="app"),
        basket(course, coupon_id=new_id()).fingerprint(provider="stripe", channel="app"),
    }

    assert len(prints) == 8


def wish(name: str) -> GiftWish:
    return GiftWish(recipient_id=UUID(int=1), recipient_name=name, message="")
