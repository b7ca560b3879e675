"""Lists in which nothing may stand twice."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from skillwise_kernel.money import Money
from skillwise_kernel.rest.fields import MoneyField

__all__ = ["PricesField", "unlike"]


class PricesField(serializers.ListField):
    """Prices above zero, one for a currency."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=MoneyField(min_amount=1), **kwargs)

    def to_internal_value(self, data: Any) -> list[Money]:
        prices: list[Money] = super().to_internal_value(data)
        unlike([price.currency for price in prices])
        return prices


def unlike(things: Sequence[Any]) -> None:
    """Raises `ValidationError` pointing at each that stood there before."""
    message = serializers.ErrorDetail("This is named twice.", "duplicate")
    twice: dict[Any, Any] = {index: [message] for index, one in enumerate(things) if one in things[:index]}
    if twice:
        raise serializers.ValidationError(twice)
