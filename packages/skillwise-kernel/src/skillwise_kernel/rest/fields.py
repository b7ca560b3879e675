"""Serializer fields for the kernel's own values."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from skillwise_kernel.money import CURRENCIES, Money

__all__ = ["MoneyField"]

#: The largest integer that every JSON reader holds exactly (RFC 8259 §6); PostgreSQL's bigint is larger.
MAX_AMOUNT = 2**53 - 1


class _MinorUnits(serializers.IntegerField):
    """An integer in JSON: neither `"4999"` nor `49.99` nor `true`, which would be guesses about money."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class _Currency(serializers.CharField):
    default_error_messages = {"unknown_currency": "This currency is not supported."}

    def to_internal_value(self, data: Any) -> str:
        currency: str = super().to_internal_value(data)
        if currency not in CURRENCIES:
            self.fail("unknown_currency")
        return currency


@extend_schema_serializer(component_name="Money")
class MoneyField(serializers.Serializer[Money]):
    """`{"amount": 4999, "currency": "USD"}` ⇄ `Money(4999, "USD")`. `min_amount` is in minor units, 0 unless
    told otherwise.
    """

    amount = _MinorUnits(max_value=MAX_AMOUNT, help_text="Minor units: 4999 is $49.99, or ¥4,999.")
    currency = _Currency(min_length=3, max_length=3, help_text="ISO 4217 code.")

    def __init__(self, *args: Any, min_amount: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.min_amount = min_amount

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["amount"] = _MinorUnits(
            min_value=self.min_amount,
            max_value=MAX_AMOUNT,
            help_text="Minor units: 4999 is $49.99, or ¥4,999.",
        )
        return fields

    def to_internal_value(self, data: Any) -> Money:
        parts = super().to_internal_value(data)
        return Money(parts["amount"], parts["currency"])

    def to_representation(self, instance: Money) -> dict[str, Any]:
        return {"amount": instance.amount, "currency": instance.currency}
