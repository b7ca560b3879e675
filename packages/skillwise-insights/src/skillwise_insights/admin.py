"""The back office looks at the figures; only events change them."""

from django.contrib import admin
from skillwise_kernel.backoffice import ReadOnlyModelAdmin

from skillwise_insights.models import CourseEarnings, CourseFigures, DayEarnings, DayFigures, UserFigures

__all__ = [
    "CourseEarningsAdmin",
    "CourseFiguresAdmin",
    "DayEarningsAdmin",
    "DayFiguresAdmin",
    "UserFiguresAdmin",
]


@admin.register(CourseFigures)
class CourseFiguresAdmin(ReadOnlyModelAdmin):
    list_display = ["title", "is_published", "enrollments", "completions", "rating_count", "rating_sum"]
    list_filter = ["is_published"]
    search_fields = ["title"]
    ordering = ["-enrollments", "-revenue_units", "course_id"]


@admin.register(CourseEarnings)
class CourseEarningsAdmin(ReadOnlyModelAdmin):
    list_display = ["course_id", "seller_id", "currency", "revenue", "earnings"]
    list_filter = ["currency"]
    search_fields = ["=course_id", "=seller_id"]


@admin.register(UserFigures)
class UserFiguresAdmin(ReadOnlyModelAdmin):
    list_display = ["user_id", "roles", "actions"]
    search_fields = ["=user_id"]
    ordering = ["-actions", "user_id"]


@admin.register(DayFigures)
class DayFiguresAdmin(ReadOnlyModelAdmin):
    list_display = [
        "day",
        "registrations",
        "enrollments",
        "lessons_completed",
        "courses_completed",
        "reviews",
        "orders",
    ]
    ordering = ["-day"]


@admin.register(DayEarnings)
class DayEarningsAdmin(ReadOnlyModelAdmin):
    list_display = ["day", "currency", "gross", "instructors"]
    list_filter = ["currency"]
    ordering = ["-day", "currency"]
