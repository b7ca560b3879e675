"""Catalog's things as JSON: plain dicts, since lists of them are read more than anything else.
`rest.serializers` describes them for the OpenAPI document, and a test holds the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from skillwise_catalog.domain.documents import LessonDocument
from skillwise_catalog.domain.publishing import missing_from
from skillwise_catalog.dto import LessonContent
from skillwise_catalog.models import Category, Course, Edition, Lesson, Module
from skillwise_catalog.selectors.contents import shown_html
from skillwise_catalog.selectors.media import signed_path

__all__ = [
    "category_as_json",
    "course_as_json",
    "course_detail_as_json",
    "edition_modules_as_json",
    "lesson_as_json",
    "module_as_json",
    "preview_as_json",
]


def course_as_json(course: Course, names: Mapping[UUID, str]) -> dict[str, Any]:
    """A working copy, with its category and edition loaded. `names` are the owners' display names."""
    edition: Edition | None = getattr(course, "edition", None)
    price = course.price
    return {
        **_described(course, course.category, names),
        "id": course.id,
        "price": {"amount": price.amount, "currency": price.currency} if price else None,
        **_figures(edition),
        "status": course.status,
        "published_at": course.published_at,
        "tags": course.tags,
        "outcomes": course.outcomes,
        "requirements": course.requirements,
        "audience": course.audience,
        "cover_url": signed_path(file_id=course.cover_id) if course.cover_id else None,
        "cover_upload_id": course.cover_id,
        "promo_video_url": (
            signed_path(file_id=course.promo_video_id)
            if course.promo_video_id
            else course.promo_video_url or None
        ),
        "promo_video_upload_id": course.promo_video_id,
        "created_at": course.created_at,
        "updated_at": course.updated_at,
        "has_changes": course.has_changes,
        "edition": edition.number if edition else None,
        "missing": missing_from(course.facts),
        "review_note": course.review_note,
    }


def course_detail_as_json(
    course: Course,
    instructors: Sequence[Mapping[str, str]],
    modules: Iterable[tuple[Module, Iterable[Lesson]]],
) -> dict[str, Any]:
    """With signed links, for its authors alone. `instructors` are as `instructors_of` answers them."""
    names = {UUID(person["id"]): person["display_name"] for person in instructors}
    return {
        **course_as_json(course, names),
        "description_html": shown_html(course.description),
        "instructors": instructors,
        "modules": [module_as_json(*module) for module in modules],
    }


def edition_modules_as_json(edition: Edition) -> list[dict[str, Any]]:
    return [
        {
            **module,
            "position": position,
            "lessons": [
                {**lesson, "position": place} for place, lesson in enumerate(module["lessons"], start=1)
            ],
        }
        for position, module in enumerate(edition.outline, start=1)
    ]


def module_as_json(module: Module, lessons: Iterable[Lesson]) -> dict[str, Any]:
    return {
        "id": module.id,
        "title": module.title,
        "position": module.position,
        "lessons": [_outlined(lesson) for lesson in lessons],
    }


def lesson_as_json(lesson: Lesson, document: LessonDocument, content: LessonContent) -> dict[str, Any]:
    """Of a working copy, with its content as its authors wrote it and as others get it."""
    return {
        **_outlined(lesson),
        **_content(content),
        "quiz": lesson.quiz,
        "upload_id": lesson.file_id,
        "captions": [
            {**asdict(shown), "upload_id": captions.file_id}
            for captions, shown in zip(document.captions, content.captions, strict=True)
        ],
        "resources": [
            {**asdict(shown), "upload_id": resource.file_id}
            for resource, shown in zip(document.resources, content.resources, strict=True)
        ],
    }


def preview_as_json(content: LessonContent) -> dict[str, Any]:
    """Of an edition, with its content as learners get it."""
    return {
        "id": content.id,
        "title": content.title,
        "kind": content.kind.value,
        "group": content.group,
        "duration": content.duration,
        "is_preview": content.is_preview,
        "is_downloadable": content.is_downloadable,
        **_content(content),
        "quiz": content.quiz,
    }


def category_as_json(category: Category) -> dict[str, Any]:
    return {
        "slug": category.slug,
        "name": category.name,
        "parent": category.parent.slug if category.parent else None,
        "depth": len(category.lineage),
    }


def _described(
    course: Course | Edition, category: Category | None, names: Mapping[UUID, str]
) -> dict[str, Any]:
    """What a course and its edition say alike."""
    return {
        "slug": course.slug,
        "title": course.title,
        "subtitle": course.subtitle,
        "description": course.description,
        "language": course.language,
        "level": course.level,
        "category": {"slug": category.slug, "name": category.name} if category else None,
        "owner": {"id": course.owner_id, "display_name": names.get(course.owner_id, "")},
        "lesson_count": course.lesson_count,
        "duration": course.duration,
    }


def _figures(edition: Edition | None) -> dict[str, Any]:
    """What learning tells; of a course that never was published there is nothing to tell."""
    count = edition.rating_count if edition else 0
    return {
        "rating": {"average": float(edition.rating_average) if edition and count else None, "count": count},
        "enrollment_count": edition.enrollment_count if edition else 0,
    }


def _content(content: LessonContent) -> dict[str, Any]:
    return {
        "course_id": content.course_id,
        "module_id": content.module_id,
        "article": content.article,
        "article_html": content.article_html,
        "video_url": content.video_url,
        "playlist_url": content.playlist_url,
        "file_url": content.file_url,
        "file_name": content.file_name,
        "file_size": content.file_size,
        "captions": list(map(asdict, content.captions)),
        "resources": list(map(asdict, content.resources)),
    }


def _outlined(lesson: Lesson) -> dict[str, Any]:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "kind": lesson.kind,
        "group": lesson.group,
        "duration": lesson.duration,
        "is_preview": lesson.is_preview,
        "is_downloadable": lesson.is_downloadable,
        "position": lesson.position,
    }
