"""Modules and lessons: the outlines of editions and working copies, and what one lesson consists of."""

from collections.abc import Collection
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Model, QuerySet
from skillwise_kernel.actor import Actor

from skillwise_catalog.domain.documents import LessonDocument, read_lesson
from skillwise_catalog.dto import CourseOutline, LessonContent, LessonKind, LessonSummary, ModuleOutline
from skillwise_catalog.errors import CourseModuleNotFoundError, LessonNotFoundError
from skillwise_catalog.models import Edition, EditionLesson, Lesson, Module
from skillwise_catalog.selectors.contents import content_of_document
from skillwise_catalog.selectors.courses import may_edit
from skillwise_catalog.selectors.documents import lesson_document

__all__ = [
    "authored_lesson",
    "authored_module",
    "content_of_lesson",
    "courses_of_lessons",
    "lesson_content",
    "lessons_of",
    "modules_of",
    "outline_courses",
    "preview_lesson",
]

#: What a lesson consists of, which outlines leave out.
_CONTENT: Final = ("article", "video_url", "quiz")


# Editions


def outline_courses(*, course_ids: Collection[UUID]) -> dict[UUID, CourseOutline]:
    """The outlines of the courses that ever were published. One query, however many."""
    editions = Edition.objects.filter(course_id__in=set(course_ids)).values_list("course_id", "outline")
    return {
        course_id: CourseOutline(course_id=course_id, modules=tuple(map(_module_outline, outline)))
        for course_id, outline in editions
    }


def lesson_content(*, lesson_id: UUID) -> LessonContent:
    """What the lesson of an edition consists of, whoever asks, withdrawn ones too. Raises
    `LessonNotFoundError`. At most two queries.
    """
    return _edition_content(EditionLesson.objects.filter(id=lesson_id))


def preview_lesson(*, lesson_id: UUID) -> LessonContent:
    """A listed course's lesson that anybody may take. Raises `LessonNotFoundError`. At most two queries."""
    return _edition_content(
        EditionLesson.objects.filter(
            id=lesson_id, is_preview=True, position__isnull=False, edition__is_listed=True
        )
    )


def courses_of_lessons(*, lesson_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Which course each of the lessons that ever were published belongs to. One query."""
    return dict(EditionLesson.objects.filter(id__in=set(lesson_ids)).values_list("id", "edition_id"))


def _module_outline(module: dict[str, Any]) -> ModuleOutline:
    return ModuleOutline(
        id=UUID(module["id"]),
        title=module["title"],
        lessons=tuple(
            LessonSummary(
                id=UUID(lesson["id"]),
                title=lesson["title"],
                kind=LessonKind(lesson["kind"]),
                group=lesson["group"],
                duration=lesson["duration"],
                is_preview=lesson["is_preview"],
                is_downloadable=lesson["is_downloadable"],
            )
            for lesson in module["lessons"]
        ),
    )


def _edition_content(lessons: QuerySet[EditionLesson]) -> LessonContent:
    lesson = lessons.annotate(number=F("edition__number")).first()
    if lesson is None:
        raise LessonNotFoundError
    return content_of_document(
        read_lesson(lesson.document),
        course_id=lesson.edition_id,
        module_id=lesson.module_id,
        version=lesson.number,
    )


# Working copies


def modules_of(*, course_id: UUID) -> list[tuple[Module, list[Lesson]]]:
    """The modules of a working copy in teaching order, each with its lessons but not their content. One
    query.
    """
    names, lesson_names = _names_of(Module), [name for name in _names_of(Lesson) if name not in _CONTENT]
    rows = (
        Module.objects.filter(course_id=course_id)
        .order_by("position", "id", "lessons__position")
        .values_list(*names, *(f"lessons__{name}" for name in lesson_names))
    )
    outline = []
    for module, group in groupby(rows, key=lambda row: row[: len(names)]):
        lessons = [row[len(names) :] for row in group if row[len(names)] is not None]
        outline.append(
            (
                Module.from_db(rows.db, names, module),
                [Lesson.from_db(rows.db, lesson_names, lesson) for lesson in lessons],
            )
        )
    return outline


def authored_module(*, module_id: UUID, actor: Actor | None) -> Module:
    """The module of a working copy, for those who may edit the course. Raises `CourseModuleNotFoundError`."""
    module = Module.objects.select_related("course").filter(id=module_id).first()
    if module is None or not may_edit(actor, module.course):
        raise CourseModuleNotFoundError
    return module


def authored_lesson(*, lesson_id: UUID, actor: Actor | None) -> Lesson | None:
    """The lesson of a working copy, for those who may edit the course; None for everybody else."""
    if actor is None:
        return None
    lesson = Lesson.objects.select_related("module__course").filter(id=lesson_id).first()
    return lesson if lesson and may_edit(actor, lesson.module.course) else None


def lessons_of(*, module_id: UUID) -> list[Lesson]:
    """The module's lessons in teaching order, without their content. One query."""
    return list(_without_content(Lesson.objects.filter(module_id=module_id)))


def content_of_lesson(lesson: Lesson) -> tuple[LessonDocument, LessonContent]:
    """What a lesson of a working copy consists of, as it is written and as it is shown. Needs its module
    loaded. At most three queries.
    """
    document = lesson_document(lesson)
    content = content_of_document(document, course_id=lesson.module.course_id, module_id=lesson.module_id)
    return document, content


def _without_content(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.defer(*_CONTENT).order_by("position")


def _names_of(model: type[Model]) -> list[str]:
    """Of its columns, the primary key first."""
    return [field.attname for field in model._meta.concrete_fields]
