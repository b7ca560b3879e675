"""Putting a course's modules and lessons into another order, all at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.db import transaction
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import PreconditionFailedError

from skillwise_catalog.domain.lessons import MAX_LESSONS_PER_MODULE
from skillwise_catalog.errors import OutlineFullError
from skillwise_catalog.models import Course, Lesson, Module
from skillwise_catalog.services.access import check_version, lock_for_edit, mark_edited

__all__ = ["OutlineOrder", "reorder_outline"]

#: Each module's id with the ids of its lessons, in teaching order. No id stands there twice.
OutlineOrder: TypeAlias = Sequence[tuple[UUID, Sequence[UUID]]]


@transaction.atomic
def reorder_outline(
    *,
    actor: Actor,
    course_id: UUID,
    order: OutlineOrder,
    expected_version: int | None = None,
    now: datetime,
) -> Course:
    """Let the working copy's modules and lessons stand in this order; lessons may go to other modules. It
    names all of them: what it does not name, or names in vain, was added or removed meanwhile.

    `expected_version` is the outline's. Raises `CourseNotFoundError`, `NotCourseOwnerError`,
    `CourseInReviewError`, `OutlineFullError`, and `PreconditionFailedError` for an order of another outline;
    then nothing moves.
    """
    course = lock_for_edit(course_id=course_id, actor=actor)
    check_version(course.outline_version, expected_version)
    modules = Module.objects.filter(course=course).in_bulk()
    lessons = Lesson.objects.filter(module__course=course).only("id", "module_id", "position").in_bulk()
    _check_complete(order, modules, lessons, version=course.outline_version)
    if _place(order, modules, lessons):
        course.outline_version += 1
        mark_edited(course, now=now)
        course.save(update_fields=["outline_version", "has_changes", "updated_at"])
    return course


def _check_complete(
    order: OutlineOrder, modules: Collection[UUID], lessons: Collection[UUID], *, version: int
) -> None:
    named = {lesson_id for _, lesson_ids in order for lesson_id in lesson_ids}
    if {module_id for module_id, _ in order} != set(modules) or named != set(lessons):
        raise PreconditionFailedError(
            "Modules or lessons came or went since you read the outline.", extra={"version": version}
        )
    if any(len(lesson_ids) > MAX_LESSONS_PER_MODULE for _, lesson_ids in order):
        raise OutlineFullError(
            f"There may be {MAX_LESSONS_PER_MODULE} of these.", extra={"limit": MAX_LESSONS_PER_MODULE}
        )


def _place(order: OutlineOrder, modules: Mapping[UUID, Module], lessons: Mapping[UUID, Lesson]) -> bool:
    """Whether anything moved."""
    moved_modules, moved_lessons = [], []
    for position, (module_id, lesson_ids) in enumerate(order, start=1):
        module = modules[module_id]
        if module.position != position:
            module.position = position
            moved_modules.append(module)
        for place, lesson_id in enumerate(lesson_ids, start=1):
            lesson = lessons[lesson_id]
            if (lesson.module_id, lesson.position) != (module_id, place):
                lesson.module_id, lesson.position = module_id, place
                moved_lessons.append(lesson)
    Module.objects.bulk_update(moved_modules, ["position"])
    Lesson.objects.bulk_update(moved_lessons, ["module", "position"])
    return bool(moved_modules or moved_lessons)
