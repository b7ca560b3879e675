"""The storefront's filters, by django-filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import django_filters  # type: ignore[import-untyped]  # it ships no types
from django import forms
from django.core.validators import (
    EMPTY_VALUES,
    MaxValueValidator,
    MinValueValidator,
    ProhibitNullCharactersValidator,
)
from django.db.models import QuerySet
from django_filters.utils import translate_validation  # type: ignore[import-untyped]  # it ships no types
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from skillwise_kernel.money import CURRENCIES

from skillwise_catalog.domain.searches import Search, read_search
from skillwise_catalog.domain.text import TextRefusedError, clean_language
from skillwise_catalog.models import Edition, Level
from skillwise_catalog.selectors.storefront.listing import (
    ORDERINGS,
    RELEVANCE,
    in_language,
    with_terms,
)

__all__ = [
    "COURSE_LIST_PARAMETERS",
    "FILTER_PARAMETERS",
    "CourseFilter",
    "StrictBooleanField",
    "Wanted",
    "read_query",
]

MAX_SEARCH_LENGTH: Final = 200
_NEWEST: Final = "-published_at"
_PRICE: Final = ("price_currency", "price_amount")
_RANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "price_min": _PRICE,
    "price_max": _PRICE,
    "rating_min": ("rating_average",),
    "duration_min": ("duration",),
    "duration_max": ("duration",),
    "updated_since": ("updated_at",),
}
_IN_EVERY_INDEX: Final = frozenset({*_RANGES, "currency", "is_free"})


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


class StrictBooleanField(forms.TypedChoiceField):
    """`true` or `false`: whatever else is a mistake rather than no filter."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", empty_value=None, **kwargs)


_SECONDS: Final = [MinValueValidator(0), MaxValueValidator(2**31 - 1)]
_AMOUNTS: Final = [MinValueValidator(0), MaxValueValidator(2**53 - 1)]


class WholeNumberFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField


class TermFilter(django_filters.CharFilter):
    """Courses that have the term `name:value`."""

    def __init__(self, term: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._term = term

    def filter(self, courses: QuerySet[Edition], value: Any) -> QuerySet[Edition]:
        return with_terms(courses, f"{self._term}:{value}") if value not in EMPTY_VALUES else courses


class TermChoiceFilter(TermFilter):
    field_class = forms.ChoiceField


class LanguageFilter(django_filters.CharFilter):
    field_class = LanguageField

    def filter(self, courses: QuerySet[Edition], value: str) -> QuerySet[Edition]:
        return in_language(courses, value) if value else courses


class InstructorFilter(TermFilter):
    field_class = forms.UUIDField


class FreeFilter(django_filters.Filter):
    field_class = StrictBooleanField

    def filter(self, courses: QuerySet[Edition], value: bool | None) -> QuerySet[Edition]:
        match value:
            case True:
                return courses.filter(price_amount=0)
            case False:
                return courses.filter(price_amount__gt=0)
        return courses


class TagsFilter(TermFilter):
    """All of several tags, parted by commas."""

    def filter(self, courses: QuerySet[Edition], value: str) -> QuerySet[Edition]:
        tags = [tag for part in value.split(",") if (tag := part.strip().lower())]
        return with_terms(courses, *(f"tag:{tag}" for tag in tags)) if tags else courses


#: The parameters whose errors another may cause.
_JUDGED_BY: Final[Mapping[str, tuple[str, ...]]] = {"price_min": ("currency",), "price_max": ("currency",)}


class CourseFilter(django_filters.FilterSet):
    """Every filter of the storefront's lists. Each is answered by an index of `Edition`."""

    base_filters: dict[str, django_filters.Filter]

    search = django_filters.CharFilter(
        method="leave_to_the_list",
        max_length=MAX_SEARCH_LENGTH,
        validators=[ProhibitNullCharactersValidator()],
    )
    category = TermFilter("category", max_length=80)
    tags = TagsFilter("tag", max_length=200)
    level = TermChoiceFilter("level", choices=Level.choices)
    language = LanguageFilter()
    instructor = InstructorFilter("instructor")
    currency = django_filters.ChoiceFilter(
        field_name="price_currency", choices=[(currency, currency) for currency in CURRENCIES]
    )
    price_min = WholeNumberFilter(field_name="price_amount", lookup_expr="gte", validators=_AMOUNTS)
    price_max = WholeNumberFilter(field_name="price_amount", lookup_expr="lte", validators=_AMOUNTS)
    is_free = FreeFilter()
    rating_min = django_filters.NumberFilter(
        field_name="rating_average",
        lookup_expr="gte",
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(5))],
        max_digits=3,
        decimal_places=2,
    )
    duration_min = WholeNumberFilter(field_name="duration", lookup_expr="gte", validators=_SECONDS)
    duration_max = WholeNumberFilter(field_name="duration", lookup_expr="lte", validators=_SECONDS)
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    ordering = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ORDERINGS], method="leave_to_the_list"
    )

    class Meta:
        model = Edition
        fields: list[str] = []
        form = CourseFilterForm

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[Edition]) -> None:
        # django-filter copies every filter and builds a form of them all for each request, which took twice
        # as long as the query: here of those alone that are asked for, and what they are judged by
        asked = {judge for name in data for judge in (name, *_JUDGED_BY.get(name, ()))}
        self.base_filters = {name: it for name, it in type(self).base_filters.items() if name in asked}
        super().__init__(data, queryset)

    def leave_to_the_list(self, courses: QuerySet[Edition], name: str, value: str) -> QuerySet[Edition]:
        return courses


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list's query parameters ask for: `search` is for the list to apply, `filtered` has everything
    else. `chosen` holds those parameters that were sent.
    """

    chosen: Mapping[str, Any]
    filtered: QuerySet[Edition]

    @property
    def search(self) -> Search | None:
        text = self.chosen.get("search")
        return read_search(text) if text else None

    @property
    def language(self) -> str | None:
        return self.chosen.get("language") or None

    @property
    def ranges(self) -> list[tuple[str, ...]]:
        """The columns of each range that is asked for, as an index has them."""
        return list(
            {
                _RANGES[name]: None
                for name, value in self.chosen.items()
                if name in _RANGES and value is not None
            }
        )

    @property
    def is_ranges_alone(self) -> bool:
        """Whether the index of every order holds all that is asked for."""
        return all(
            name in _IN_EVERY_INDEX or value in EMPTY_VALUES
            for name, value in self.chosen.items()
            if name != "ordering"
        )

    @property
    def is_search_alone(self) -> bool:
        """Whether words alone leave courses out."""
        return all(
            name in {"search", "ordering"} or value in EMPTY_VALUES for name, value in self.chosen.items()
        )

    @property
    def is_everything(self) -> bool:
        """Whether no course is left out."""
        return all(name == "ordering" or value in EMPTY_VALUES for name, value in self.chosen.items())

    @property
    def ordering(self) -> str:
        """By relevance when there is a search, else the newest first, unless another is asked for."""
        return self.chosen.get("ordering") or (RELEVANCE if self.chosen.get("search") else _NEWEST)


def read_query(courses: QuerySet[Edition], params: Mapping[str, Any], *, leaving: str = "") -> Wanted:
    """What the query parameters ask of these courses; `leaving` out the filter of that name, and whatever
    means nothing without it. Raises DRF's `ValidationError`.
    """
    left = {leaving, *(name for name, judges in _JUDGED_BY.items() if leaving in judges)}
    asked = {name: params[name] for name in CourseFilter.base_filters if name in params and name not in left}
    if not asked:  # most ask for no more than a page
        return Wanted({}, courses)
    filters = CourseFilter(asked, queryset=courses)
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    return Wanted(filters.form.cleaned_data, filters.qs)


def _parameter(name: str, kind: Any, description: str, **schema: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description, **schema)


FILTER_PARAMETERS: Final = [
    _parameter(
        "search",
        OpenApiTypes.STR,
        "Words of the title, subtitle, instructors, outcomes or the first 1,500 characters of the "
        "description, in any form, with or without accents; the last may be the beginning of one, from three "
        'letters on. `"a phrase"`, `or` and `-without` work. Words that no course has are taken for misspelt '
        "ones.",
    ),
    _parameter("category", OpenApiTypes.STR, "A category's slug; those below it are included."),
    _parameter("tags", OpenApiTypes.STR, "Tags parted by commas; courses that have all of them."),
    _parameter("level", OpenApiTypes.STR, "Exactly this level.", enum=Level.values),
    _parameter("language", OpenApiTypes.STR, "A BCP 47 tag; `pt` finds `pt-BR` too."),
    _parameter("instructor", OpenApiTypes.UUID, "Whose courses: its owner's or an editor's id."),
    _parameter("currency", OpenApiTypes.STR, "Priced in this currency (ISO 4217)."),
    _parameter(
        "price_min", OpenApiTypes.INT64, "At least so many minor units of `currency`, which must be given."
    ),
    _parameter(
        "price_max", OpenApiTypes.INT64, "At most so many minor units of `currency`, which must be given."
    ),
    _parameter("is_free", OpenApiTypes.BOOL, "Free courses alone, or those with a price alone."),
    _parameter("rating_min", OpenApiTypes.DECIMAL, "Rated this well or better: 1 to 5."),
    _parameter("duration_min", OpenApiTypes.INT, "Lasting at least so many seconds."),
    _parameter("duration_max", OpenApiTypes.INT, "Lasting at most so many seconds."),
    _parameter("updated_since", OpenApiTypes.DATETIME, "Changed for its readers at that time or later."),
]
COURSE_LIST_PARAMETERS: Final = [
    *FILTER_PARAMETERS,
    _parameter(
        "ordering",
        OpenApiTypes.STR,
        "A leading `-` is descending. Unless given it is `relevance` with a `search`, else `-published_at`.",
        enum=list(ORDERINGS),
    ),
]
