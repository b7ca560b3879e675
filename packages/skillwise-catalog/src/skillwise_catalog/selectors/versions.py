"""The versions in which a course was published, and what each changed."""

from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet

from skillwise_catalog.domain.differences import CourseDifference, differences
from skillwise_catalog.domain.documents import CourseDocument
from skillwise_catalog.errors import VersionNotFoundError
from skillwise_catalog.models import Course, CourseVersion, Edition
from skillwise_catalog.selectors.documents import version_document, working_copy

__all__ = ["changes_of_version", "changes_of_working_copy", "version_of", "versions_of"]


def versions_of(*, course_id: UUID) -> QuerySet[CourseVersion]:
    """Without their documents."""
    return CourseVersion.objects.filter(course_id=course_id).defer("document")


def version_of(*, course_id: UUID, number: int) -> CourseVersion:
    """Raises `VersionNotFoundError`. One query."""
    version = CourseVersion.objects.filter(course_id=course_id, number=number).first()
    if version is None:
        raise VersionNotFoundError
    return version


def changes_of_version(*, course_id: UUID, number: int) -> CourseDifference:
    """What the version has otherwise than the one before it; of the first, otherwise than an empty course.

    Raises `VersionNotFoundError`. Two queries.
    """
    after = version_document(course_id=course_id, number=number)
    return differences(_before(course_id, number), after)


def changes_of_working_copy(course: Course) -> tuple[int | None, CourseDifference]:
    """The number of the version that was published last, None where none was, and what the working copy has
    otherwise than it. A category that was renamed meanwhile is no change of the course. At most seven
    queries.
    """
    after = working_copy(course)
    edition = Edition.objects.filter(course_id=course.id).only("number", "category_id").first()
    if edition is None:
        return None, differences(CourseDocument(title=""), after)
    before = version_document(course_id=course.id, number=edition.number)
    if edition.category_id == course.category_id:
        before = replace(before, category=after.category)
    return edition.number, differences(before, after)


def _before(course_id: UUID, number: int) -> CourseDocument:
    if number <= 1:
        return CourseDocument(title="")
    return version_document(course_id=course_id, number=number - 1)
