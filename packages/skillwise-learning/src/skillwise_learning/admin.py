"""The back office looks at enrolments and progress, and takes reviews away."""

from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from skillwise_kernel.actor import Actor
from skillwise_kernel.backoffice import ReadOnlyModelAdmin
from skillwise_kernel.clock import now

from skillwise_learning.models import Enrollment, LessonProgress, QuizAttempt, Review
from skillwise_learning.services.reviews import remove_review

__all__ = ["EnrollmentAdmin", "LessonProgressInline", "QuizAttemptInline", "ReviewAdmin"]


class LessonProgressInline(admin.TabularInline):
    model = LessonProgress
    fields = ("lesson_id", "position", "played_at", "completed_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class QuizAttemptInline(admin.TabularInline):
    model = QuizAttempt
    fields = ("lesson_id", "version", "percent", "is_passed", "occurred_at")
    readonly_fields = fields
    ordering = ("-occurred_at", "-id")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyModelAdmin):
    list_display = ["user_id", "course_id", "order_id", "enrolled_at", "completed_at", "access"]
    search_fields = ["=user_id", "=course_id", "=order_id"]
    ordering = ["-enrolled_at", "-id"]
    inlines = [LessonProgressInline, QuizAttemptInline]


@admin.register(Review)
class ReviewAdmin(ReadOnlyModelAdmin):
    """Deleting goes through the service, so that ratings and figures follow."""

    list_display = ["course_id", "user_id", "rating", "text", "created_at", "updated_at"]
    list_filter = ["rating"]
    search_fields = ["=course_id", "=user_id", "text"]
    ordering = ["-created_at", "-id"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Review) -> None:
        remove_review(actor=_operator(request), review_id=obj.id, now=now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        for review in queryset:
            self.delete_model(request, review)


def _operator(request: HttpRequest) -> Actor:
    """Whoever Django lets delete reviews does it as an administrator."""
    return Actor(id=cast("UUID", request.user.pk), roles=frozenset({"admin"}), is_verified=True)
