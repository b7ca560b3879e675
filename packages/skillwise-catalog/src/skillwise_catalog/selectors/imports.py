"""What became of the packages that people handed in."""

from uuid import UUID

from django.db.models import QuerySet

from skillwise_catalog.errors import ImportNotFoundError
from skillwise_catalog.models import CourseImport

__all__ = ["own_import", "own_imports"]


def own_imports(*, owner_id: UUID) -> QuerySet[CourseImport]:
    """A person's, with their categories, without their reports."""
    return CourseImport.objects.filter(owner_id=owner_id).select_related("category").defer("report")


def own_import(*, owner_id: UUID, import_id: UUID) -> CourseImport:
    """With its report. Raises `ImportNotFoundError`, for another person's too. One query."""
    found = CourseImport.objects.filter(id=import_id, owner_id=owner_id).select_related("category").first()
    if found is None:
        raise ImportNotFoundError
    return found
