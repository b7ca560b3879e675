"""Publishing: what readers see becomes what the authors wrote, in one step, as a numbered version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from skillwise_kernel.outbox import publish

from skillwise_catalog.domain.documents import CourseDocument, LessonDocument
from skillwise_catalog.events import CourseChanged, CoursePublished
from skillwise_catalog.models import Category, Course, CourseVersion, Edition, EditionLesson, MediaFile
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.selectors.instructors import instructors_of
from skillwise_catalog.services.categories import hold_names
from skillwise_catalog.services.freshness import refresh_storefront
from skillwise_catalog.services.projection import render
from skillwise_catalog.services.search_terms import add_search_terms

__all__ = ["outline_of", "publish_edition", "show_instructors", "unlist_edition"]


def publish_edition(course: Course, *, publisher_id: UUID | None, now: datetime) -> Edition:
    """Show the working copy of a complete course that the caller has locked, under the next number; one that
    has not changed since the last is shown under that. Tells of it: as published when the course was not
    listed before, else as changed. Needs a transaction; the course's own row is for the caller to save.
    """
    if course.category_id is not None:
        hold_names({course.category_id})
    edition = Edition.objects.select_for_update().filter(course_id=course.id).first()
    was_listed = edition is not None and edition.is_listed
    if edition is None or course.has_changes:
        document = working_copy(course)
        version = _keep_version(
            course, document, number=edition.number + 1 if edition else 1, publisher_id=publisher_id, now=now
        )
        edition = edition or Edition(course=course, published_at=course.published_at or now)
        _take_over(edition, course, document, version)
        _show(edition, now=now)
        _write_lessons(edition, document)
    elif was_listed:
        return edition
    else:
        _show(edition, now=now)
    _tell(edition, was_listed=was_listed)
    refresh_storefront()
    return edition


def unlist_edition(course: Course, *, now: datetime) -> None:
    """Take the course out of the storefront; the enrolled keep it. Needs a transaction."""
    Edition.objects.filter(course_id=course.id).update(is_listed=False, updated_at=now)
    refresh_storefront()


def show_instructors(course: Course, *, now: datetime) -> None:
    """Show the course, which the caller has locked, as taught by those who teach it now. Needs a
    transaction.
    """
    edition = Edition.objects.select_for_update().filter(course_id=course.id).first()
    if edition is None:
        return
    edition.owner_id = course.owner_id
    edition.updated_at = now
    edition.instructors = instructors_of(course_id=course.id, owner_id=course.owner_id)
    render(edition)
    edition.save()
    if edition.is_listed:
        _tell(edition, was_listed=True)
        refresh_storefront()


def _keep_version(
    course: Course, document: CourseDocument, *, number: int, publisher_id: UUID | None, now: datetime
) -> CourseVersion:
    version = CourseVersion.objects.create(
        course=course,
        number=number,
        document=document.as_json(),
        published_by=publisher_id,
        published_at=now,
    )
    version.files.set(MediaFile.objects.filter(id__in=document.file_ids))
    return version


def _show(edition: Edition, *, now: datetime) -> None:
    edition.is_listed = True
    edition.updated_at = now
    edition.instructors = instructors_of(course_id=edition.course_id, owner_id=edition.owner_id)
    render(edition)
    edition.save()
    add_search_terms(edition)


def _take_over(edition: Edition, course: Course, document: CourseDocument, version: CourseVersion) -> None:
    if document.price is None or course.category_id is None:  # the caller has seen to it
        raise AssertionError("only a complete course is published")
    edition.number = version.number
    edition.slug = course.slug
    edition.owner_id = course.owner_id
    edition.title = document.title
    edition.subtitle = document.subtitle
    edition.description = document.description
    edition.category = Category.objects.get(id=course.category_id)  # it may be called otherwise by now
    edition.language = document.language
    edition.level = document.level
    edition.tags = list(document.tags)
    edition.price_amount = document.price.amount
    edition.price_currency = document.price.currency
    edition.lesson_count = len(document.lessons)
    edition.duration = document.duration
    edition.outcomes = list(document.outcomes)
    edition.requirements = list(document.requirements)
    edition.audience = list(document.audience)
    edition.cover_id = document.cover_id
    edition.promo_video_id = document.promo_video_id
    edition.promo_video_url = document.promo_video_url
    edition.outline = outline_of(document)


def outline_of(document: CourseDocument) -> list[dict[str, Any]]:
    """Modules and their lessons in teaching order, without content: as editions keep it."""
    return [
        {
            "id": str(module.id),
            "title": module.title,
            "lessons": [_outlined(lesson) for lesson in module.lessons],
        }
        for module in document.modules
    ]


def _outlined(lesson: LessonDocument) -> dict[str, Any]:
    return {
        "id": str(lesson.id),
        "title": lesson.title,
        "kind": lesson.kind.value,
        "group": lesson.group,
        "duration": lesson.duration,
        "is_preview": lesson.is_preview,
        "is_downloadable": lesson.is_downloadable,
    }


def _write_lessons(edition: Edition, document: CourseDocument) -> None:
    lessons = [(module.id, lesson) for module in document.modules for lesson in module.lessons]
    edition.lessons.exclude(id__in=[lesson.id for _, lesson in lessons]).update(position=None)
    EditionLesson.objects.bulk_create(
        [
            EditionLesson(
                id=lesson.id,
                edition=edition,
                module_id=module_id,
                position=position,
                title=lesson.title,
                kind=lesson.kind.value,
                duration=lesson.duration,
                is_preview=lesson.is_preview,
                document=lesson.as_json(),
            )
            for position, (module_id, lesson) in enumerate(lessons, start=1)
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["module_id", "position", "title", "kind", "duration", "is_preview", "document"],
    )


def _tell(edition: Edition, *, was_listed: bool) -> None:
    if was_listed:
        publish(
            CourseChanged(
                course_id=edition.course_id,
                owner_id=edition.owner_id,
                title=edition.title,
                price=edition.price,
                changed_at=edition.updated_at,
            )
        )
    else:
        publish(
            CoursePublished(
                course_id=edition.course_id,
                owner_id=edition.owner_id,
                title=edition.title,
                price=edition.price,
                published_at=edition.updated_at,
            )
        )
