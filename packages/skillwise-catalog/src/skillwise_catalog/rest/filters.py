"""The storefront's filters, by django-filter."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import django_filters  # type: ignore[import-untyped]  # it ships no types
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django_filters.utils import translate_validation  # type: ignore[import-untyped]  # it ships no types
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from skillwise_kernel.money import CURRENCIES

from skillwise_catalog.domain.text import TextRefusedError, clean_language
from skillwise_catalog.models import Edition, Level
from skillwise_catalog.selectors.storefront import ORDERINGS, RELEVANCE, in_category, in_language, matching

__all__ = ["COURSE_LIST_PARAMETERS", "list_courses"]

MAX_SEARCH_LENGTH: Final = 200
_NEWEST: Final = "-published_at"


class CourseFilterForm(forms.Form):
    """What the parameters must be together."""

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or {}
        has_range = chosen.get("price_min") is not None or chosen.get("price_max") is not None
        if has_range and not chosen.get("currency"):
            self.add_error(
                "currency",
                forms.ValidationError("A range of prices needs its currency.", "currency_required"),
            )
        if chosen.get("ordering") == RELEVANCE and not chosen.get("search"):
            self.add_error(
                "ordering",
                forms.ValidationError("Relevance is to a search; there is none.", "search_required"),
            )
        return chosen


class LanguageField(forms.CharField):
    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return text
        try:
            return clean_language(text)
        except TextRefusedError as exc:
            raise forms.ValidationError(str(exc), exc.code) from None


class LanguageFilter(django_filters.CharFilter):
    field_class = LanguageField


class StrictBooleanField(forms.TypedChoiceField):
    """`true` or `false`: whatever else is a mistake rather than no filter."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", empty_value=None, **kwargs)


class StrictBooleanFilter(django_filters.Filter):
    field_class = StrictBooleanField


_AMOUNTS: Final = [MinValueValidator(0), MaxValueValidator(2**53 - 1)]


class WholeNumberFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField


class CourseFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="filter_search", max_length=MAX_SEARCH_LENGTH, validators=[ProhibitNullCharactersValidator()]
    )
    category = django_filters.CharFilter(method="filter_category", max_length=80)
    level = django_filters.ChoiceFilter(choices=Level.choices)
    language = LanguageFilter(method="filter_language")
    currency = django_filters.ChoiceFilter(
        field_name="price_currency", choices=[(currency, currency) for currency in CURRENCIES]
    )
    price_min = WholeNumberFilter(field_name="price_amount", lookup_expr="gte", validators=_AMOUNTS)
    price_max = WholeNumberFilter(field_name="price_amount", lookup_expr="lte", validators=_AMOUNTS)
    is_free = StrictBooleanFilter(method="filter_is_free")
    rating_min = django_filters.NumberFilter(
        field_name="rating_average",
        lookup_expr="gte",
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(5))],
        max_digits=3,
        decimal_places=2,
    )
    ordering = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ORDERINGS], method="leave_to_the_paginator"
    )

    class Meta:
        model = Edition
        fields: list[str] = []
        form = CourseFilterForm

    def filter_search(self, courses: QuerySet[Edition], name: str, words: str) -> QuerySet[Edition]:
        return matching(courses, words)

    def filter_category(self, courses: QuerySet[Edition], name: str, slug: str) -> QuerySet[Edition]:
        return in_category(courses, slug)

    def filter_language(self, courses: QuerySet[Edition], name: str, tag: str) -> QuerySet[Edition]:
        return in_language(courses, tag)

    def filter_is_free(self, courses: QuerySet[Edition], name: str, is_free: bool) -> QuerySet[Edition]:
        return courses.filter(price_amount=0) if is_free else courses.filter(price_amount__gt=0)

    def leave_to_the_paginator(self, courses: QuerySet[Edition], name: str, value: str) -> QuerySet[Edition]:
        return courses


def list_courses(
    courses: QuerySet[Edition], params: Mapping[str, Any]
) -> tuple[QuerySet[Edition], tuple[str, ...]]:
    """The courses that the query parameters ask for, and the columns of the order that they ask for.

    Without one it is by relevance when there is a search, else the newest first. Raises DRF's
    `ValidationError`.
    """
    filters = CourseFilter(params, queryset=courses)
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    chosen = filters.form.cleaned_data
    ordering = chosen["ordering"] or (RELEVANCE if chosen["search"] else _NEWEST)
    return filters.qs, ORDERINGS[ordering]


def _parameter(name: str, kind: Any, description: str, **schema: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description, **schema)


COURSE_LIST_PARAMETERS: Final = [
    _parameter(
        "search",
        OpenApiTypes.STR,
        'Words of the title, subtitle or description, with or without accents. `"a phrase"`, `or` and '
        "`-without` work.",
    ),
    _parameter("category", OpenApiTypes.STR, "A category's slug; those below it are included."),
    _parameter("level", OpenApiTypes.STR, "Exactly this level.", enum=Level.values),
    _parameter("language", OpenApiTypes.STR, "A BCP 47 tag; `pt` finds `pt-BR` too."),
    _parameter("currency", OpenApiTypes.STR, "Priced in this currency (ISO 4217)."),
    _parameter(
        "price_min", OpenApiTypes.INT64, "At least so many minor units of `currency`, which must be given."
    ),
    _parameter(
        "price_max", OpenApiTypes.INT64, "At most so many minor units of `currency`, which must be given."
    ),
    _parameter("is_free", OpenApiTypes.BOOL, "Free courses alone, or those with a price alone."),
    _parameter("rating_min", OpenApiTypes.DECIMAL, "Rated this well or better: 1 to 5."),
    _parameter(
        "ordering",
        OpenApiTypes.STR,
        "A leading `-` is descending. Unless given it is `relevance` with a `search`, else `-published_at`.",
        enum=list(ORDERINGS),
    ),
]
