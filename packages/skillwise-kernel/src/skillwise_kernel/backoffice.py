"""The back office: django-unfold's admin, with the house's habits."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin as UnfoldModelAdmin  # type: ignore[import-untyped]  # ships no types
from unfold.admin import TabularInline as UnfoldTabularInline
from unfold.forms import ActionForm  # type: ignore[import-untyped]

__all__ = ["ActionForm", "ModelAdmin", "ReadOnlyModelAdmin", "ReadOnlyTabularInline"]


class ModelAdmin(UnfoldModelAdmin):
    """Base of every context's admin classes. A filtered list does not count the whole table as well."""

    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True


class ReadOnlyModelAdmin(ModelAdmin):
    """For what is a record of what happened: it is looked at, and changed by nobody."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyTabularInline(UnfoldTabularInline):
    """The rows that belong to such a record, below it."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
