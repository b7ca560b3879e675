"""What a list of uploads can be narrowed to, by django-filter."""

from collections.abc import Mapping
from typing import Any, Final

import django_filters  # type: ignore[import-untyped]  # it ships no types
from django.db.models import QuerySet
from django_filters.utils import translate_validation  # type: ignore[import-untyped]  # it ships no types
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from skillwise_catalog.models import AnyUpload
from skillwise_catalog.rest.filters import StrictBooleanField

__all__ = ["UPLOAD_LIST_PARAMETERS", "filter_uploads"]

UPLOAD_LIST_PARAMETERS: Final = [
    OpenApiParameter(
        "is_completed",
        OpenApiTypes.BOOL,
        description="Files alone, or those uploads alone that still go on.",
    ),
]


class CompletedFilter(django_filters.Filter):
    field_class = StrictBooleanField


class UploadFilter(django_filters.FilterSet):
    is_completed = CompletedFilter()

    class Meta:
        model = AnyUpload
        fields: list[str] = []


def filter_uploads(uploads: QuerySet[AnyUpload], params: Mapping[str, Any]) -> QuerySet[AnyUpload]:
    """Those that the query parameters ask for. Raises DRF's `ValidationError`."""
    asked = UploadFilter(params, queryset=uploads)
    if not asked.is_valid():
        raise translate_validation(asked.errors)
    found: QuerySet[AnyUpload] = asked.qs
    return found
