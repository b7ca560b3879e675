"""Courses as documents: the working copy as it is now, and a version as it was published."""

from collections import defaultdict
from uuid import UUID

from skillwise_catalog.domain.documents import (
    CaptionDocument,
    CourseDocument,
    LessonDocument,
    ModuleDocument,
    ResourceDocument,
    read_document,
)
from skillwise_catalog.domain.quizzes import read_quiz
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import VersionNotFoundError
from skillwise_catalog.models import Course, CourseVersion, Lesson, Module
from skillwise_catalog.selectors.categories import names_down_to

__all__ = ["lesson_document", "version_document", "working_copy"]


def working_copy(course: Course) -> CourseDocument:
    """The course as its authors left it. At most five queries."""
    lessons: dict[UUID, list[LessonDocument]] = defaultdict(list)
    for lesson in (
        Lesson.objects.filter(module__course_id=course.id)
        .prefetch_related("captions", "resources")
        .order_by("position")
    ):
        lessons[lesson.module_id].append(lesson_document(lesson))
    modules = Module.objects.filter(course_id=course.id).order_by("position")
    return CourseDocument(
        title=course.title,
        subtitle=course.subtitle,
        description=course.description,
        language=course.language,
        level=course.level,
        category=names_down_to(course.category),
        tags=tuple(course.tags),
        outcomes=tuple(course.outcomes),
        requirements=tuple(course.requirements),
        audience=tuple(course.audience),
        price=course.price,
        cover_id=course.cover_id,
        promo_video_id=course.promo_video_id,
        promo_video_url=course.promo_video_url,
        modules=tuple(
            ModuleDocument(id=module.id, title=module.title, lessons=tuple(lessons[module.id]))
            for module in modules
        ),
    )


def lesson_document(lesson: Lesson) -> LessonDocument:
    """Two queries unless the lesson's captions and resources are prefetched."""
    return LessonDocument(
        id=lesson.id,
        title=lesson.title,
        kind=LessonKind(lesson.kind),
        group=lesson.group,
        duration=lesson.duration,
        is_preview=lesson.is_preview,
        is_downloadable=lesson.is_downloadable,
        article=lesson.article,
        video_url=lesson.video_url,
        file_id=lesson.file_id,
        quiz=read_quiz(lesson.quiz) if lesson.quiz else None,
        captions=tuple(
            CaptionDocument(language=caption.language, file_id=caption.file_id)
            for caption in sorted(lesson.captions.all(), key=lambda caption: caption.language)
        ),
        resources=tuple(
            ResourceDocument(title=resource.title, file_id=resource.file_id)
            for resource in sorted(lesson.resources.all(), key=lambda resource: resource.position)
        ),
    )


def version_document(*, course_id: UUID, number: int) -> CourseDocument:
    """The course as its version `number` was published. Raises `VersionNotFoundError`. One query."""
    version = CourseVersion.objects.filter(course_id=course_id, number=number).first()
    if version is None:
        raise VersionNotFoundError
    return read_document(version.document)
