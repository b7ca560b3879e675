"""What the storefront answers, as the OpenAPI document describes it."""

from rest_framework import serializers
from skillwise_kernel.rest.fields import MoneyField

from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.models import Level
from skillwise_catalog.rest.serializers import (
    CategoryRefOutput,
    InstructorOutput,
    ModuleOutput,
    OwnerOutput,
    RatingOutput,
)

__all__ = [
    "CatalogChangesOutput",
    "CompanionsOutput",
    "CourseCardOutput",
    "CourseDetailOutput",
    "FacetsOutput",
    "SuggestionsOutput",
]


class CourseCardOutput(serializers.Serializer):
    """A published course in a list."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    subtitle = serializers.CharField(allow_blank=True)
    language = serializers.CharField(help_text="BCP 47.")
    level = serializers.ChoiceField(choices=Level.values)
    category = CategoryRefOutput()
    tags = serializers.ListField(child=serializers.CharField())
    price = MoneyField()
    owner = OwnerOutput()
    instructors = InstructorOutput(many=True)
    lesson_count = serializers.IntegerField()
    duration = serializers.IntegerField(help_text="Seconds, of all lessons.")
    status = serializers.ChoiceField(choices=[status.value for status in CourseStatus])
    published_at = serializers.DateTimeField(help_text="When it was first published.")
    updated_at = serializers.DateTimeField(help_text="When readers last saw something else of it.")
    rating = RatingOutput()
    enrollment_count = serializers.IntegerField()
    cover_url = serializers.CharField(
        allow_null=True, help_text="A path below the API's origin that works for ten minutes."
    )


class CourseDetailOutput(CourseCardOutput):
    description = serializers.CharField(help_text="Markdown.")
    description_html = serializers.CharField(help_text="The same, safe to show.")
    outcomes = serializers.ListField(child=serializers.CharField(), help_text="What one learns.")
    requirements = serializers.ListField(child=serializers.CharField(), help_text="What one needs.")
    audience = serializers.ListField(child=serializers.CharField(), help_text="Whom it is for.")
    modules = ModuleOutput(many=True)
    promo_video_url = serializers.CharField(allow_null=True)


class ChoiceOutput(serializers.Serializer):
    value = serializers.CharField(help_text="What the filter takes.")
    name = serializers.CharField()
    count = serializers.IntegerField()


class FacetOutput(serializers.Serializer):
    exact = serializers.BooleanField(help_text="Whether it was counted, not estimated.")
    choices = ChoiceOutput(many=True)


class FacetMapOutput(serializers.Serializer):
    category = FacetOutput()
    tags = FacetOutput()
    level = FacetOutput()
    language = FacetOutput()
    instructor = FacetOutput()
    currency = FacetOutput()
    price_min = FacetOutput(help_text="Empty unless `currency` is chosen.")
    price_max = FacetOutput(help_text="Empty unless `currency` is chosen.")
    is_free = FacetOutput()
    rating_min = FacetOutput()
    duration_min = FacetOutput()
    duration_max = FacetOutput()


class FacetsOutput(serializers.Serializer):
    total = serializers.IntegerField()
    exact = serializers.BooleanField(help_text="Whether it was counted, not estimated.")
    facets = FacetMapOutput()


class SuggestionOutput(serializers.Serializer):
    kind = serializers.CharField(help_text="`course`, `category`, `tag` or `instructor`.")
    text = serializers.CharField()
    reference = serializers.CharField()


class SuggestionsOutput(serializers.Serializer):
    results = SuggestionOutput(many=True)


class CompanionsOutput(serializers.Serializer):
    related = CourseCardOutput(many=True)
    also_bought = CourseCardOutput(many=True)


class CatalogCourseOutput(CourseCardOutput):
    """A published course in a copy that is kept."""

    cover_url = serializers.CharField(
        allow_null=True,
        help_text="A path below the API's origin that leads to the picture; for another picture another one.",
    )


class CatalogChangesOutput(serializers.Serializer):
    courses = CatalogCourseOutput(many=True, help_text="New ones and changed ones.")
    removed = serializers.ListField(child=serializers.UUIDField(), help_text="Courses that left.")
    next = serializers.CharField(help_text="For the next `since`.")
    has_more = serializers.BooleanField()
