"""Catalog's things as JSON: plain dicts, since lists of them are read more than anything else.
`rest.serializers` describes them for the OpenAPI document, and a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from skillwise_catalog.dto import LessonContent
from skillwise_catalog.models import Category, Course, Lesson, MediaFile, Module

__all__ = [
    "category_as_json",
    "course_as_json",
    "course_detail_as_json",
    "lesson_as_json",
    "module_as_json",
    "upload_as_json",
]


def course_as_json(course: Course, names: Mapping[UUID, str]) -> dict[str, Any]:
    """`names` are the owners' display names. The course has its category loaded."""
    category, price = course.category, course.price
    return {
        "id": course.id,
        "slug": course.slug,
        "title": course.title,
        "subtitle": course.subtitle,
        "description": course.description,
        "language": course.language,
        "level": course.level,
        "category": {"slug": category.slug, "name": category.name} if category else None,
        "price": {"amount": price.amount, "currency": price.currency} if price else None,
        "owner": {"id": course.owner_id, "display_name": names.get(course.owner_id, "")},
        "rating": {
            "average": float(course.rating_average) if course.rating_count else None,
            "count": course.rating_count,
        },
        "enrollment_count": course.enrollment_count,
        "lesson_count": course.lesson_count,
        "duration": course.duration,
        "status": course.status,
        "published_at": course.published_at,
        "created_at": course.created_at,
        "updated_at": course.updated_at,
    }


def course_detail_as_json(
    course: Course, names: Mapping[UUID, str], modules: Iterable[tuple[Module, Iterable[Lesson]]]
) -> dict[str, Any]:
    return {**course_as_json(course, names), "modules": [module_as_json(*module) for module in modules]}


def module_as_json(module: Module, lessons: Iterable[Lesson]) -> dict[str, Any]:
    return {
        "id": module.id,
        "title": module.title,
        "position": module.position,
        "lessons": [_outlined(lesson) for lesson in lessons],
    }


def lesson_as_json(lesson: Lesson, content: LessonContent) -> dict[str, Any]:
    """With its content, for those who may read that."""
    return {
        **_outlined(lesson),
        "course_id": content.course_id,
        "module_id": content.module_id,
        "article": content.article,
        "video_url": content.video_url,
        "file_url": content.file_url,
        "file_name": content.file_name,
    }


def category_as_json(category: Category) -> dict[str, Any]:
    return {
        "slug": category.slug,
        "name": category.name,
        "parent": category.parent.slug if category.parent else None,
        "depth": len(category.lineage),
    }


def upload_as_json(file: MediaFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "created_at": file.created_at,
    }


def _outlined(lesson: Lesson) -> dict[str, Any]:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "kind": lesson.kind,
        "duration": lesson.duration,
        "is_preview": lesson.is_preview,
        "position": lesson.position,
    }
