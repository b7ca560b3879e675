"""The back office looks at the catalogue, names categories, reviews courses, and publishes them or takes them
back.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from skillwise_kernel.actor import Actor
from skillwise_kernel.backoffice import ActionForm, ModelAdmin, ReadOnlyModelAdmin, ReadOnlyTabularInline
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_catalog.domain.text import MAX_DESCRIPTION_LENGTH, TextRefusedError, clean_prose
from skillwise_catalog.models import (
    Category,
    Course,
    CourseImport,
    Lesson,
    MediaFile,
    MediaUsage,
    Module,
    Rendition,
    Upload,
)
from skillwise_catalog.selectors.storefront import names_of
from skillwise_catalog.services.categories import add_category, rename_category
from skillwise_catalog.services.lifecycle import (
    approve_course,
    publish_course,
    return_course,
    unpublish_course,
)

__all__ = [
    "CategoryAdmin",
    "CourseAdmin",
    "CourseImportAdmin",
    "LessonAdmin",
    "MediaFileAdmin",
    "MediaUsageAdmin",
    "UploadAdmin",
]


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    """A category keeps its slug and its place, which stand in addresses. Only its name changes."""

    list_display = ["name", "slug", "parent"]
    search_fields = ["name", "slug"]
    ordering = ["lineage"]
    fields = ["name", "slug", "parent"]

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> list[str]:
        return ["slug", "parent"] if obj else []

    def save_model(self, request: HttpRequest, obj: Category, form: forms.ModelForm, change: bool) -> None:
        if change:
            rename_category(obj, name=obj.name)
        else:
            made = add_category(name=obj.name, slug=obj.slug, parent=obj.parent)
            obj.id, obj.lineage = made.id, made.lineage

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False


class ModuleInline(ReadOnlyTabularInline):
    model = Module
    fields = ["position", "title"]
    ordering = ["position"]


class ReviewForm(ActionForm):
    """Why a course is returned to its authors."""

    note = forms.CharField(max_length=MAX_DESCRIPTION_LENGTH, required=False, label="Note:")


@admin.register(Course)
class CourseAdmin(ReadOnlyModelAdmin):
    """What is written of a course is its owner's; that it is shown is the house's decision too. Its history
    says who did what of this to it.
    """

    list_display = ["title", "status", "level", "language", "shown_price", "owner", "published_at"]
    readonly_fields = ["owner", "shown_price"]
    exclude = ["price_amount", "price_currency"]
    list_filter = ["status", "level"]
    list_select_related = ["category"]
    search_fields = ["title", "slug", "=owner_id"]
    ordering = ["-created_at", "-id"]
    inlines = [ModuleInline]
    action_form = ReviewForm
    actions = ["approve", "return_to_authors", "publish", "unpublish"]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        courses = changelist.result_list
        names = names_of({course.owner_id for course in courses})
        for course in courses:
            course.owner_name = names.get(course.owner_id, "")
        return changelist

    @admin.display
    def owner(self, course: Course) -> str:
        """By name; in lists all are looked up at once."""
        if not hasattr(course, "owner_name"):
            return names_of([course.owner_id]).get(course.owner_id, "")
        return str(course.owner_name)

    @admin.display(description="price")
    def shown_price(self, course: Course) -> str:
        return str(course.price) if course.price else "–"  # noqa: RUF001 - a dash

    @admin.action(description="Approve what was submitted", permissions=["review"])
    def approve(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._for_each(request, courses, approve_course, "Approved.")

    @admin.action(description="Return what was submitted, with a note", permissions=["review"])
    def return_to_authors(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        try:
            note = clean_prose(request.POST.get("note", ""), max_length=MAX_DESCRIPTION_LENGTH)
        except TextRefusedError as error:
            self.message_user(request, f"Say in a note what to change. {error}", messages.ERROR)
            return
        self._for_each(request, courses, partial(return_course, note=note), f"Returned: {note}")

    @admin.action(description="Publish", permissions=["review"])
    def publish(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._for_each(request, courses, publish_course, "Published.")

    @admin.action(description="Take out of the public lists", permissions=["review"])
    def unpublish(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._for_each(request, courses, unpublish_course, "Taken out of the public lists.")

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("skillwise_catalog.change_course")

    def _for_each(
        self, request: HttpRequest, courses: QuerySet[Course], service: Callable[..., Course], what: str
    ) -> None:
        """Each course by itself: one that is refused says why, and holds up no other."""
        moment: datetime = now()
        for course in courses:
            try:
                with transaction.atomic():
                    service(actor=_operator(request), course_id=course.id, now=moment)
                    self.log_change(request, course, what)
            except SkillWiseError as exc:
                self.message_user(request, f"{course.title}: {exc}", messages.WARNING)
            else:
                self.message_user(request, f"{course.title}: done.", messages.SUCCESS)


@admin.register(Lesson)
class LessonAdmin(ReadOnlyModelAdmin):
    list_display = ["title", "kind", "module", "position", "duration", "is_preview"]
    list_filter = ["kind", "is_preview"]
    list_select_related = ["module"]
    search_fields = ["title", "=module__course__id"]
    ordering = ["-id"]


class RenditionInline(ReadOnlyTabularInline):
    model = Rendition
    fields = ["height", "width", "bandwidth", "size"]
    ordering = ["-height"]


@admin.register(MediaFile)
class MediaFileAdmin(ReadOnlyModelAdmin):
    list_display = ["name", "content_type", "size", "probe", "rendering", "owner_id", "created_at"]
    list_filter = ["content_type", "probe", "rendering"]
    search_fields = ["name", "=owner_id", "=sha256"]
    ordering = ["-created_at", "-id"]
    inlines = [RenditionInline]


@admin.register(Upload)
class UploadAdmin(ReadOnlyModelAdmin):
    """Those that go on. What became a file is listed there."""

    list_display = ["name", "content_type", "size", "owner_id", "created_at", "expires_at"]
    search_fields = ["name", "=owner_id", "=sha256"]
    ordering = ["-created_at", "-id"]


@admin.register(CourseImport)
class CourseImportAdmin(ReadOnlyModelAdmin):
    list_display = ["file_name", "format", "state", "attempts", "owner_id", "created_at", "finished_at"]
    list_filter = ["state", "format"]
    list_select_related = ["category", "course", "package"]
    search_fields = ["file_name", "=owner_id", "=upload_id"]
    ordering = ["-created_at", "-id"]


@admin.register(MediaUsage)
class MediaUsageAdmin(ReadOnlyModelAdmin):
    list_display = ["owner_id", "used_bytes"]
    search_fields = ["=owner_id"]
    ordering = ["-used_bytes", "owner_id"]


def _operator(request: HttpRequest) -> Actor:
    """Whoever Django lets into the back office acts there as an administrator."""
    return Actor(id=cast("UUID", cast("Any", request.user).pk), roles=frozenset({"admin"}), is_verified=True)
