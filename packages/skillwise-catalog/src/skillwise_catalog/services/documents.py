"""Making a course's working copy what a document says."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from skillwise_catalog.domain.documents import CourseDocument, LessonDocument, ModuleDocument
from skillwise_catalog.models import Course, Lesson, Module
from skillwise_catalog.selectors.categories import category_at
from skillwise_catalog.services.access import later_than
from skillwise_catalog.services.lesson_files import write_captions, write_resources

__all__ = ["write_working_copy"]


def write_working_copy(course: Course, document: CourseDocument, *, now: datetime) -> None:
    """Make the course, which the caller has locked or just inserted, what `document` says.

    Modules and lessons keep the identity that the document gives them, and with it everybody's progress; what
    it does not name goes. Categories are the house's: where the document's is there no longer, renamed say,
    the course keeps the one that it has. The files that it names exist. Needs a transaction.
    """
    _write_course(course, document)
    _write_modules(course, document.modules)
    course.lesson_count = len(document.lessons)
    course.duration = document.duration
    course.outline_version += 1
    course.version += 1
    course.has_changes = True
    course.updated_at = later_than(course, now)
    course.save()


def _write_course(course: Course, document: CourseDocument) -> None:
    course.title = document.title
    course.subtitle = document.subtitle
    course.description = document.description
    course.language = document.language
    course.level = document.level
    course.category = (category_at(document.category) or course.category) if document.category else None
    course.tags = list(document.tags)
    course.outcomes = list(document.outcomes)
    course.requirements = list(document.requirements)
    course.audience = list(document.audience)
    course.price = document.price
    course.cover_id = document.cover_id
    course.promo_video_id = document.promo_video_id
    course.promo_video_url = document.promo_video_url


def _write_modules(course: Course, modules: Iterable[ModuleDocument]) -> None:
    present = {module.id: module for module in Module.objects.filter(course=course)}
    lessons = {lesson.id: lesson for lesson in Lesson.objects.filter(module__course=course)}
    wanted = list(modules)
    for position, document in enumerate(wanted, start=1):
        module = present.pop(document.id, None) or Module(id=document.id, course=course)
        module.title, module.position = document.title, position
        _save(module)
    for document in wanted:
        for position, lesson_document in enumerate(document.lessons, start=1):
            lesson = lessons.pop(lesson_document.id, None) or Lesson(id=lesson_document.id)
            _write_lesson(lesson, lesson_document, module_id=document.id, position=position)
    Lesson.objects.filter(id__in=lessons).delete()
    Module.objects.filter(id__in=present).delete()


def _write_lesson(lesson: Lesson, document: LessonDocument, *, module_id: UUID, position: int) -> None:
    lesson.module_id = module_id
    lesson.position = position
    lesson.title = document.title
    lesson.kind = document.kind.value
    lesson.group = document.group
    lesson.duration = document.duration
    lesson.is_preview = document.is_preview
    lesson.is_downloadable = document.is_downloadable
    lesson.article = document.article
    lesson.video_url = document.video_url
    lesson.file_id = document.file_id
    lesson.quiz = document.quiz.as_written() if document.quiz else None
    _save(lesson)
    write_captions(lesson, [(caption.language, caption.file_id) for caption in document.captions])
    write_resources(lesson, [(resource.title, resource.file_id) for resource in document.resources])


def _save(part: Module | Lesson) -> None:
    if not part._state.adding:
        part.version += 1
    part.save()
