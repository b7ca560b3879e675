import pytest
from hypothesis import given
from hypothesis import strategies as st
from skillwise_kernel.money import CURRENCIES, CurrencyMismatchError, Money

amounts = st.integers(min_value=-(10**15), max_value=10**15)
currencies = st.sampled_from(sorted(CURRENCIES))
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=20).filter(any)


@given(amounts, currencies, weights)
def test_splitting_loses_nothing_and_makes_nothing(amount: int, currency: str, weights: list[int]) -> None:
    whole = Money(amount, currency)

    parts = whole.allocate(weights)

    assert len(parts) == len(weights)
    assert Money.total(parts, currency) == whole


@given(amounts, weights)
def test_each_part_is_within_a_minor_unit_of_its_exact_share(amount: int, weights: list[int]) -> None:
    parts = Money(amount, "USD").allocate(weights)

    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount * sum(weights) - amount * weight) < sum(weights)


@given(amounts, weights)
def test_a_refund_is_split_as_its_charge_was(amount: int, weights: list[int]) -> None:
    charge = Money(amount, "USD")

    assert (-charge).allocate(weights) == [-part for part in charge.allocate(weights)]


@given(st.lists(amounts), currencies)
def test_sums_are_exact_in_any_order(parts: list[int], currency: str) -> None:
    total = Money.total((Money(part, currency) for part in parts), currency)

    assert total == Money(sum(parts), currency)
    assert total == Money.total((Money(part, currency) for part in reversed(parts)), currency)


def test_the_rest_goes_to_the_largest_remainders_and_among_equals_to_the_earlier() -> None:
    assert [part.amount for part in Money(100, "USD").allocate([1, 1, 1])] == [34, 33, 33]
    assert [part.amount for part in Money(10, "JPY").allocate([15, 70, 15])] == [2, 7, 1]
    assert [part.amount for part in Money(5, "USD").allocate([0, 1])] == [0, 5]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_that_cannot_be_split_by_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100, "USD").allocate(weights)


@pytest.mark.parametrize("amount", [49.99, "4999", True, None])
def test_an_amount_is_a_whole_number_of_minor_units(amount: object) -> None:
    with pytest.raises(TypeError, match="int of minor units"):
        Money(amount, "USD")


@pytest.mark.parametrize("currency", ["usd", "XXX", ""])
def test_a_currency_that_is_not_sold_in_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, currency)


def test_currencies_are_never_mixed() -> None:
    dollars, euros = Money(1, "USD"), Money(1, "EUR")

    with pytest.raises(CurrencyMismatchError):
        dollars + euros
    with pytest.raises(CurrencyMismatchError):
        dollars - euros
    with pytest.raises(CurrencyMismatchError):
        dollars < euros  # noqa: B015 - the comparison is the test
    assert dollars != euros


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(4999, "USD"), "en", "$49.99"),
        (Money(4999, "JPY"), "en", "¥4,999"),
        (Money(4999, "KWD"), "de_DE", "4,999\xa0KWD"),
        (Money(-5, "EUR"), "de_DE", "-0,05\xa0€"),
    ],
)
def test_people_read_it_with_the_decimals_of_its_currency(money: Money, locale: str, text: str) -> None:
    assert money.format(locale) == text


def test_arithmetic_and_order() -> None:
    assert Money(3, "USD") * 4 - Money(2, "USD") + Money(1, "USD") == Money(11, "USD")
    assert Money(1, "USD") < Money(2, "USD") <= Money(2, "USD")
    assert Money(2, "USD") > Money(1, "USD") >= Money(1, "USD")
    assert Money.zero("USD").is_zero
    assert str(Money(4999, "USD")) == "$49.99"
