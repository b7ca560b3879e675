"""The shapes of the dashboards."""

from datetime import date, timedelta
from typing import Any

from rest_framework import serializers
from skillwise_kernel.clock import now
from skillwise_kernel.rest.fields import MoneyField

__all__ = ["AnalyticsOutput", "AnalyticsQuery", "InstructorDashboardOutput"]

#: How many days the series has when nobody asks for others, and at most.
USUAL_DAYS = 30
MOST_DAYS = 366


class RatingFigureOutput(serializers.Serializer):
    average = serializers.FloatField(
        allow_null=True, min_value=1, max_value=5, help_text="To two decimals; null when nobody has rated."
    )
    count = serializers.IntegerField()


class CourseLineOutput(serializers.Serializer):
    course_id = serializers.UUIDField()
    title = serializers.CharField()
    is_published = serializers.BooleanField()
    enrollments = serializers.IntegerField()
    completions = serializers.IntegerField()
    rating = RatingFigureOutput()
    revenue = MoneyField(many=True, help_text="What buyers paid, by currency, tax and refunds taken off.")
    earnings = MoneyField(many=True, help_text="The instructor's share of it, by currency.")


class DashboardTotalsOutput(serializers.Serializer):
    courses = serializers.IntegerField(help_text="Courses that were published at some time.")
    courses_published = serializers.IntegerField()
    enrollments = serializers.IntegerField()
    completions = serializers.IntegerField()
    rating = RatingFigureOutput()
    revenue = MoneyField(many=True, help_text="What buyers paid, by currency, tax and refunds taken off.")
    earnings = MoneyField(many=True, help_text="The instructor's share of it, by currency.")


class DayOfEnrollmentsOutput(serializers.Serializer):
    day = serializers.DateField(help_text="A UTC day.")
    enrollments = serializers.IntegerField()


class InstructorDashboardOutput(serializers.Serializer):
    totals = DashboardTotalsOutput()
    courses = CourseLineOutput(many=True, help_text="The most enrolled first.")
    daily_enrollments = DayOfEnrollmentsOutput(many=True, help_text="The last 30 days, the oldest first.")


class AnalyticsQuery(serializers.Serializer):
    """`from` and `to`, both included, as `first_day` and `last_day`; the last 30 days when left out."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "from": serializers.DateField(
                source="first_day",
                required=False,
                help_text="The first UTC day of `daily`; 29 days before `to` when left out.",
            ),
            "to": serializers.DateField(
                source="last_day",
                required=False,
                help_text="The last UTC day of `daily`; today when left out.",
            ),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        last: date = attrs.get("last_day") or now().date()
        first: date = attrs.get("first_day") or _days_before(last, USUAL_DAYS - 1)
        if first > last:
            raise serializers.ValidationError({"from": ["Must not be after `to`."]}, "from_after_to")
        if (last - first).days >= MOST_DAYS:
            raise serializers.ValidationError(
                {"from": [f"Must be within {MOST_DAYS} days up to `to`."]}, "range_too_long"
            )
        return {"first_day": first, "last_day": last}


class EarningsSplitOutput(serializers.Serializer):
    currency = serializers.CharField()
    gross = MoneyField(help_text="What buyers paid.")
    platform = MoneyField(help_text="What the house keeps of it.")
    instructors = MoneyField(help_text="What the sellers earn of it.")


class AnalyticsTotalsOutput(serializers.Serializer):
    users = serializers.IntegerField(help_text="People who ever registered.")
    courses_published = serializers.IntegerField(help_text="Courses that are public now.")
    enrollments = serializers.IntegerField()
    lessons_completed = serializers.IntegerField()
    courses_completed = serializers.IntegerField()
    reviews = serializers.IntegerField(help_text="Reviews ever posted.")
    orders = serializers.IntegerField(help_text="Orders paid.")
    earnings = EarningsSplitOutput(many=True)


class TopCourseOwnerOutput(serializers.Serializer):
    id = serializers.UUIDField(source="owner_id", allow_null=True)
    display_name = serializers.CharField(source="owner_name")


class TopCourseOutput(serializers.Serializer):
    course_id = serializers.UUIDField()
    title = serializers.CharField()
    owner = TopCourseOwnerOutput(source="*")
    is_published = serializers.BooleanField()
    enrollments = serializers.IntegerField()
    completions = serializers.IntegerField()
    rating = RatingFigureOutput()
    revenue = MoneyField(many=True, help_text="What buyers paid, by currency, tax and refunds taken off.")


class ActiveUserOutput(serializers.Serializer):
    user_id = serializers.UUIDField()
    display_name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    actions = serializers.IntegerField(help_text="Enrolments, completed lessons, reviews and orders.")


class DayOutput(serializers.Serializer):
    day = serializers.DateField(help_text="A UTC day.")
    registrations = serializers.IntegerField()
    enrollments = serializers.IntegerField()
    lessons_completed = serializers.IntegerField()
    courses_completed = serializers.IntegerField()
    reviews = serializers.IntegerField()
    orders = serializers.IntegerField()
    earnings = EarningsSplitOutput(many=True)


class AnalyticsOutput(serializers.Serializer):
    totals = AnalyticsTotalsOutput(help_text="Of all time.")
    top_courses = TopCourseOutput(many=True, help_text="By enrolments, then by revenue; at most ten.")
    most_active_users = ActiveUserOutput(many=True, help_text="At most ten.")
    daily = DayOutput(many=True, help_text="Every day asked for, the oldest first.")


def _days_before(day: date, days: int) -> date:
    """So many days earlier, or the first day there is."""
    return day - min(timedelta(days=days), day - date.min)
