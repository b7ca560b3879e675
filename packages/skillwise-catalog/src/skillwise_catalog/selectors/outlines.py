"""Modules and lessons: outlines of whole courses, and what one lesson consists of."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from skillwise_kernel.actor import Actor

from skillwise_catalog.dto import CourseOutline, LessonContent, LessonKind, LessonSummary, ModuleOutline
from skillwise_catalog.errors import CourseModuleNotFoundError, LessonNotFoundError
from skillwise_catalog.models import Course, Lesson, Module
from skillwise_catalog.selectors.courses import may_edit
from skillwise_catalog.selectors.media import signed_path

__all__ = [
    "content_of",
    "courses_of_lessons",
    "lesson_content",
    "lessons_of",
    "modules_of",
    "outline_courses",
    "readable_lesson",
    "visible_module",
]


def outline_courses(*, course_ids: Collection[UUID]) -> dict[UUID, CourseOutline]:
    """The outlines of the courses that exist. Three queries, however many."""
    known = Course.objects.filter(id__in=set(course_ids)).values_list("id", flat=True)
    modules: dict[UUID, list[ModuleOutline]] = {course_id: [] for course_id in known}
    lessons: dict[UUID, list[LessonSummary]] = defaultdict(list)
    for row in (
        Lesson.objects.filter(module__course_id__in=modules)
        .order_by("position")
        .values_list("module_id", "id", "title", "kind", "duration", "is_preview")
    ):
        module_id, lesson_id, title, kind, duration, is_preview = row
        lessons[module_id].append(
            LessonSummary(
                id=lesson_id, title=title, kind=LessonKind(kind), duration=duration, is_preview=is_preview
            )
        )
    for course_id, module_id, title in (
        Module.objects.filter(course_id__in=modules)
        .order_by("position")
        .values_list("course_id", "id", "title")
    ):
        modules[course_id].append(ModuleOutline(id=module_id, title=title, lessons=tuple(lessons[module_id])))
    return {
        course_id: CourseOutline(course_id=course_id, modules=tuple(parts))
        for course_id, parts in modules.items()
    }


def modules_of(*, course_id: UUID) -> list[tuple[Module, list[Lesson]]]:
    """The modules of a course in teaching order, each with its lessons but not their content. Two queries."""
    lessons: dict[UUID, list[Lesson]] = defaultdict(list)
    for lesson in _without_content(Lesson.objects.filter(module__course_id=course_id)):
        lessons[lesson.module_id].append(lesson)
    modules = Module.objects.filter(course_id=course_id).order_by("position")
    return [(module, lessons[module.id]) for module in modules]


def visible_module(*, module_id: UUID, actor: Actor | None) -> Module:
    """The module, with its course, of a published course for anybody, of a draft for those who may edit it.

    Raises `CourseModuleNotFoundError`. One query.
    """
    module = Module.objects.select_related("course").defer("course__search").filter(id=module_id).first()
    if module is None or not (module.course.is_published or may_edit(actor, module.course)):
        raise CourseModuleNotFoundError
    return module


def lessons_of(*, module_id: UUID) -> list[Lesson]:
    """The module's lessons in teaching order, without their content. One query."""
    return list(_without_content(Lesson.objects.filter(module_id=module_id)))


def readable_lesson(*, lesson_id: UUID, actor: Actor | None) -> Lesson:
    """A lesson with its content: a published course's preview for anybody, any other for those who may edit
    the course.

    Those enrolled read it through learning. Raises `LessonNotFoundError`. One query.
    """
    lesson = _lesson(lesson_id)
    course = lesson.module.course
    if not (may_edit(actor, course) or (course.is_published and lesson.is_preview)):
        raise LessonNotFoundError
    return lesson


def lesson_content(*, lesson_id: UUID) -> LessonContent:
    """What the lesson consists of, whoever asks. Raises `LessonNotFoundError`. One query."""
    return content_of(_lesson(lesson_id))


def content_of(lesson: Lesson) -> LessonContent:
    """Needs the lesson's module and file loaded."""
    return LessonContent(
        id=lesson.id,
        course_id=lesson.module.course_id,
        module_id=lesson.module_id,
        title=lesson.title,
        kind=LessonKind(lesson.kind),
        duration=lesson.duration,
        article=lesson.article or None,
        video_url=lesson.video_url or None,
        file_url=signed_path(file_id=lesson.file.id) if lesson.file else None,
        file_name=lesson.file.name if lesson.file else None,
    )


def courses_of_lessons(*, lesson_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Which course each of the existing lessons belongs to. One query."""
    return dict(Lesson.objects.filter(id__in=set(lesson_ids)).values_list("id", "module__course_id"))


def _without_content(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.defer("article", "video_url").order_by("position")


def _lesson(lesson_id: UUID) -> Lesson:
    lesson = (
        Lesson.objects.select_related("module__course", "file")
        .defer("module__course__search")
        .filter(id=lesson_id)
        .first()
    )
    if lesson is None:
        raise LessonNotFoundError
    return lesson
