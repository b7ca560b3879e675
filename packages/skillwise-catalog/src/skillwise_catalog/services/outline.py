"""A course's modules and lessons: adding, changing, moving and removing them.

Every edit locks the course first, so that positions stay without gaps and the course's figures true.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Least
from skillwise_kernel.actor import Actor

from skillwise_catalog.domain.lessons import (
    CONTENT_FIELDS,
    MAX_DURATION,
    MAX_LESSONS_PER_MODULE,
    MAX_MODULES,
    check_content,
)
from skillwise_catalog.domain.quizzes import read_new_quiz
from skillwise_catalog.dto import CourseStatus, LessonKind
from skillwise_catalog.errors import (
    CourseModuleNotFoundError,
    CourseNotFoundError,
    LessonNotFoundError,
    OutlineFullError,
)
from skillwise_catalog.models import Course, Lesson, MediaFile, Module
from skillwise_catalog.selectors.instructors import author_ids
from skillwise_catalog.selectors.outlines import lessons_of
from skillwise_catalog.services.access import check_version, lock_for_edit, mark_edited, state_of
from skillwise_catalog.services.lesson_files import find_lesson_files, write_captions, write_resources
from skillwise_catalog.services.references import check_references

__all__ = [
    "add_lesson",
    "add_module",
    "change_lesson",
    "change_module",
    "fill_durations",
    "fill_durations_of",
    "remove_lesson",
    "remove_module",
]

Part = TypeVar("Part", Module, Lesson)


@transaction.atomic
def add_module(
    *,
    actor: Actor,
    course_id: UUID,
    title: str,
    position: int | None = None,
    expected_version: int | None = None,
    now: datetime,
) -> Module:
    """A new module at `position` (from 1), or at the end. `expected_version` is the outline's.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `CourseInReviewError`,
    `OutlineFullError`.
    """
    course = lock_for_edit(course_id=course_id, actor=actor)
    check_version(course.outline_version, expected_version)
    siblings = Module.objects.filter(course=course)
    last = _room_at_the_end(siblings, limit=MAX_MODULES)
    module = Module.objects.create(course=course, title=title, position=last)
    _move(siblings, module, position)
    _finish(course, now=now)
    return module


@transaction.atomic
def change_module(
    *,
    actor: Actor,
    module_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    now: datetime,
) -> Module:
    """Set `title` or move the module to `position`; the others make room.

    Raises `CourseModuleNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`.
    """
    course, module = _locked_module(module_id, actor)
    check_version(module.version, expected_version)
    module.title = changes.get("title", module.title)
    module.version += 1
    module.save(update_fields=["title", "version"])
    _move(Module.objects.filter(course=course), module, changes.get("position"))
    _finish(course, now=now, moved="position" in changes)
    return module


@transaction.atomic
def remove_module(*, actor: Actor, module_id: UUID, expected_whole: int | None = None, now: datetime) -> None:
    """Remove the module with its lessons. `expected_whole` is `state_of` them as the actor saw them: a
    colleague's lesson must not be lost unseen.

    Raises `CourseModuleNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`.
    """
    course, module = _locked_module(module_id, actor)
    check_version(state_of(module, lessons_of(module_id=module.id)), expected_whole)
    module.delete()
    _close_gap(Module.objects.filter(course=course), module.position)
    _finish(course, now=now)


@transaction.atomic
def add_lesson(
    *,
    actor: Actor,
    module_id: UUID,
    fields: Mapping[str, Any],
    expected_version: int | None = None,
    now: datetime,
) -> Lesson:
    """A new lesson at `position` (from 1), or at the module's end. `expected_version` is the outline's.

    `fields` holds `title`, `kind` and the content of that kind: `article` (Markdown), `video_url`,
    `upload_id` (one of the actor's, or of the course's owner's or editors') or `quiz` (as `domain.quizzes`
    reads it); it may hold `group`, `duration` in seconds, `is_preview`, `is_downloadable`, `position`,
    `captions` of a video (a `language` and an `upload_id` each), and `resources` in their order (a `title`
    and an `upload_id` each).

    Raises `CourseModuleNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`,
    `CourseInReviewError`, `LessonContentMismatchError`, `QuizRefusedError`, `UploadNotFoundError`,
    `UploadKindError`, `OutlineFullError`.
    """
    course, module = _locked_module(module_id, actor)
    check_version(course.outline_version, expected_version)
    siblings = Lesson.objects.filter(module=module)
    kind = LessonKind(fields["kind"])
    check_content(kind, given=_given_in(fields))
    lesson = Lesson(
        module=module, kind=kind.value, position=_room_at_the_end(siblings, limit=MAX_LESSONS_PER_MODULE)
    )
    _assign(lesson, fields, actor=actor, course=course)
    lesson.save(force_insert=True)
    _write_lists(lesson, fields)
    _move(siblings, lesson, fields.get("position"))
    _finish(course, now=now)
    return lesson


@transaction.atomic
def change_lesson(
    *,
    actor: Actor,
    lesson_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    now: datetime,
) -> Lesson:
    """Set the members of `changes` (as of `add_lesson`) and leave the others. Another `kind` comes with its
    content.

    Raises `LessonNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`, `CourseInReviewError`,
    `LessonContentMismatchError`, `QuizRefusedError`, `UploadNotFoundError`, `UploadKindError`.
    """
    course, lesson = _locked_lesson(lesson_id, actor)
    check_version(lesson.version, expected_version)
    kind = LessonKind(changes.get("kind", lesson.kind))
    check_content(kind, given=_given_in(changes), has_content=kind == lesson.kind)
    lesson.kind = kind.value
    _assign(lesson, changes, actor=actor, course=course)
    lesson.version += 1
    lesson.save()
    _write_lists(lesson, changes)
    _move(Lesson.objects.filter(module=lesson.module), lesson, changes.get("position"))
    _finish(course, now=now, moved="position" in changes)
    return lesson


@transaction.atomic
def remove_lesson(
    *, actor: Actor, lesson_id: UUID, expected_version: int | None = None, now: datetime
) -> None:
    """Raises `LessonNotFoundError`, `NotCourseOwnerError`, `PreconditionFailedError`."""
    course, lesson = _locked_lesson(lesson_id, actor)
    check_version(lesson.version, expected_version)
    lesson.delete()
    _close_gap(Lesson.objects.filter(module=lesson.module), lesson.position)
    _finish(course, now=now)


@transaction.atomic
def fill_durations(*, file_id: UUID, now: datetime) -> None:
    """Give the video's duration to the lessons whose content it is and that say nothing of theirs. No person
    edits: what others do to the same courses comes before or after, and their versions stay. A course in
    review stays as it is reviewed: whoever ends the review calls `fill_durations_of`, and so does whoever
    writes lessons of an earlier time.
    """
    silent = Lesson.objects.filter(file_id=file_id, kind=LessonKind.VIDEO.value, duration=0)
    seen: set[UUID] = set()
    # A copy that was being made of one of these while its lock was waited for is one more of them
    while course_ids := set(silent.values_list("module__course_id", flat=True)) - seen:
        courses = Course.objects.select_for_update(of=("self",), no_key=True).filter(id__in=course_ids)
        for course in courses.order_by("id"):
            if course.status != CourseStatus.IN_REVIEW:
                fill_durations_of(course, now=now)
        seen |= course_ids


def fill_durations_of(course: Course, *, now: datetime) -> None:
    """The same for all lessons of a course that the caller has locked. Needs a transaction."""
    known = MediaFile.objects.filter(id=OuterRef("file_id")).values("duration")
    silent = Lesson.objects.filter(
        module__course=course, kind=LessonKind.VIDEO.value, duration=0, file__duration__gt=0
    )
    if silent.update(duration=Least(Subquery(known), MAX_DURATION)):
        _finish(course, now=now, moved=False)


def _refresh_figures(course: Course) -> None:
    """Count the course's lessons and sum their durations, on the instance alone."""
    figures = Lesson.objects.filter(module__course=course).aggregate(
        lessons=Count("id"), duration=Sum("duration")
    )
    course.lesson_count = figures["lessons"]
    course.duration = figures["duration"] or 0


def _finish(course: Course, *, now: datetime, moved: bool = True) -> None:
    """Write what the edit changed of the course as a whole; `moved` where the outline has another shape."""
    _refresh_figures(course)
    mark_edited(course, now=now)
    course.outline_version += moved
    course.save(update_fields=["lesson_count", "duration", "has_changes", "outline_version", "updated_at"])


def _locked_module(module_id: UUID, actor: Actor) -> tuple[Course, Module]:
    """Raises `CourseModuleNotFoundError`, `NotCourseOwnerError`."""
    course_id = Module.objects.filter(id=module_id).values_list("course_id", flat=True).first()
    course = _locked_course_of(course_id, actor, CourseModuleNotFoundError)
    module = Module.objects.filter(id=module_id, course=course).first()
    if module is None:  # removed while we waited for the lock
        raise CourseModuleNotFoundError
    return course, module


def _locked_lesson(lesson_id: UUID, actor: Actor) -> tuple[Course, Lesson]:
    """Raises `LessonNotFoundError`, `NotCourseOwnerError`."""
    course_id = Lesson.objects.filter(id=lesson_id).values_list("module__course_id", flat=True).first()
    course = _locked_course_of(course_id, actor, LessonNotFoundError)
    lesson = (
        Lesson.objects.select_related("module", "file").filter(id=lesson_id, module__course=course).first()
    )
    if lesson is None:
        raise LessonNotFoundError
    return course, lesson


def _locked_course_of(course_id: UUID | None, actor: Actor, unknown: Callable[[], Exception]) -> Course:
    """The course of something that is itself unknown to whoever may not know of the course."""
    if course_id is None:
        raise unknown()
    try:
        return lock_for_edit(course_id=course_id, actor=actor)
    except CourseNotFoundError:
        raise unknown() from None


def _given_in(fields: Mapping[str, Any]) -> list[str]:
    return [*_content_in(fields), *(["captions"] if fields.get("captions") else [])]


def _content_in(fields: Mapping[str, Any]) -> list[str]:
    return sorted({name for names in CONTENT_FIELDS.values() for name in names if name in fields})


def _assign(lesson: Lesson, fields: Mapping[str, Any], *, actor: Actor, course: Course) -> None:
    for name in ("title", "group", "duration", "is_preview", "is_downloadable"):
        if name in fields:
            setattr(lesson, name, fields[name])
    owner_ids = {actor.id} | author_ids(course)
    files = find_lesson_files(lesson, fields, owner_ids=owner_ids)
    if _content_in(fields):
        quiz = read_new_quiz(fields["quiz"]).as_written() if "quiz" in fields else None
        # As it is kept: what cleaning makes of a text may name a file that the text did not.
        check_references({**fields, "quiz": quiz}, present=(lesson.article, lesson.quiz), owner_ids=owner_ids)
        lesson.article = fields.get("article", "")
        lesson.video_url = fields.get("video_url", "")
        lesson.quiz = quiz
        if "duration" not in fields and lesson.duration == _video_duration(lesson):
            lesson.duration = 0  # nobody wrote it: it was the video's, which goes
        lesson.file = files[fields["upload_id"]] if "upload_id" in fields else None
        if lesson.kind == LessonKind.VIDEO.value:
            lesson.duration = lesson.duration or _video_duration(lesson)


def _video_duration(lesson: Lesson) -> int:
    """Seconds, of the video that is the lesson's file, as a lesson may say; 0 where that is not known."""
    return min((lesson.file.duration if lesson.file else None) or 0, MAX_DURATION)


def _write_lists(lesson: Lesson, fields: Mapping[str, Any]) -> None:
    """Captions go with their video: a lesson that became something else has none."""
    is_video = lesson.kind == LessonKind.VIDEO.value
    if "captions" in fields or not is_video:
        captions = fields.get("captions", ()) if is_video else ()
        write_captions(lesson, [(caption["language"], caption["upload_id"]) for caption in captions])
    if "resources" in fields:
        write_resources(lesson, [(item["title"], item["upload_id"]) for item in fields["resources"]])


def _room_at_the_end(siblings: QuerySet[Part], *, limit: int) -> int:
    """The position after the last. Raises `OutlineFullError`."""
    count = siblings.count()
    if count >= limit:
        raise OutlineFullError(f"There may be {limit} of these.", extra={"limit": limit})
    return count + 1


def _move(siblings: QuerySet[Part], part: Part, position: int | None) -> None:
    """Put one of `siblings` at `position`, or last where that is beyond the end; those between make room."""
    if position is None or position == part.position:
        return
    position = min(position, siblings.count())
    if position < part.position:
        siblings.filter(position__gte=position, position__lt=part.position).update(position=F("position") + 1)
    else:
        siblings.filter(position__gt=part.position, position__lte=position).update(position=F("position") - 1)
    part.position = position
    part.save(update_fields=["position"])


def _close_gap(siblings: QuerySet[Part], position: int) -> None:
    siblings.filter(position__gt=position).update(position=F("position") - 1)
