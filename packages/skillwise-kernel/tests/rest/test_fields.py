"""Money in JSON."""

from typing import Any

import pytest
from rest_framework import serializers
from skillwise_kernel.money import Money
from skillwise_kernel.rest.fields import MoneyField
from skillwise_kernel.rest.problems import field_problems


class PriceInput(serializers.Serializer):
    price = MoneyField(min_amount=50, required=False, allow_null=True)


def read(price: Any) -> Any:
    serializer = PriceInput(data={"price": price})
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data["price"]


def test_an_amount_and_a_currency_become_money_and_back() -> None:
    assert read({"amount": 4999, "currency": "USD"}) == Money(4999, "USD")
    assert PriceInput({"price": Money(4999, "USD")}).data == {"price": {"amount": 4999, "currency": "USD"}}


def test_no_price_can_be_said() -> None:
    assert read(None) is None
    assert PriceInput({"price": None}).data == {"price": None}


@pytest.mark.parametrize(
    ("price", "pointer", "code"),
    [
        ({"amount": "4999", "currency": "USD"}, "/price/amount", "invalid"),
        ({"amount": 49.99, "currency": "USD"}, "/price/amount", "invalid"),
        ({"amount": 4999.0, "currency": "USD"}, "/price/amount", "invalid"),
        ({"amount": True, "currency": "USD"}, "/price/amount", "invalid"),
        ({"amount": 49, "currency": "USD"}, "/price/amount", "min_value"),
        ({"amount": 2**53, "currency": "USD"}, "/price/amount", "max_value"),
        ({"amount": 4999, "currency": "usd"}, "/price/currency", "unknown_currency"),
        ({"amount": 4999, "currency": "EURO"}, "/price/currency", "unknown_currency"),
        ({"amount": 4999}, "/price/currency", "required"),
        (4999, "/price", "invalid"),
    ],
)
def test_what_is_not_money_is_refused_at_the_member_to_blame(price: Any, pointer: str, code: str) -> None:
    serializer = PriceInput(data={"price": price})

    assert not serializer.is_valid()
    ((problem),) = field_problems(serializer.errors)
    assert (problem.pointer, problem.code) == (pointer, code)
