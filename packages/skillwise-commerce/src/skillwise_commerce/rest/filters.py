"""What a list of orders can be narrowed to, by django-filter."""

from collections.abc import Mapping
from typing import Any, Final

import django_filters  # type: ignore[import-untyped]  # it ships no types
from django.db.models import QuerySet
from django_filters.utils import translate_validation  # type: ignore[import-untyped]  # it ships no types
from drf_spectacular.utils import OpenApiParameter

from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.models import Order

__all__ = ["ORDER_LIST_PARAMETERS", "filter_orders"]

ORDER_LIST_PARAMETERS: Final = [
    OpenApiParameter("status", description="Only orders in this state.", enum=sorted(OrderStatus)),
]


class OrderFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=[(status, status) for status in OrderStatus])

    class Meta:
        model = Order
        fields: list[str] = []


def filter_orders(orders: QuerySet[Order], params: Mapping[str, Any]) -> QuerySet[Order]:
    """The orders that the query parameters ask for. Raises DRF's `ValidationError`."""
    asked = OrderFilter(params, queryset=orders)
    if not asked.is_valid():
        raise translate_validation(asked.errors)
    found: QuerySet[Order] = asked.qs
    return found
