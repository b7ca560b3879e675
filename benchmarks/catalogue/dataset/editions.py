"""A made-up course as the catalogue's tables have it: working copy, and the edition that everybody reads."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from skillwise_catalog.domain.documents import CourseDocument, LessonDocument, ModuleDocument
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.models import Category, Course, Edition, Lesson, Module
from skillwise_catalog.services.editions import outline_of
from skillwise_catalog.services.projection import render, render_card
from skillwise_identity.models import User

from benchmarks.catalogue.dataset.courses import MadeUpCourse, made_up_id

__all__ = ["course_of", "edition_of", "modules_of", "rows_of_outline"]

_MODULES, _LESSONS = 4, 6


def course_of(made_up: MadeUpCourse, category: Category, owner: User) -> Course:
    """What its author works on."""
    return Course(
        id=made_up.id,
        **_described(made_up, category, owner),
        status="published",
        has_changes=False,
        created_at=made_up.published_at,
    )


def edition_of(
    made_up: MadeUpCourse, category: Category, owner: User, modules: Sequence[ModuleDocument]
) -> Edition:
    """What was published of it. Only of those with an outline readers ask by itself: others' `detail` is
    blank.
    """
    edition = Edition(
        course_id=made_up.id,
        **_described(made_up, category, owner),
        is_listed=True,
        number=1,
        outline=outline_of(CourseDocument(title=made_up.title, modules=tuple(modules))),
        rating_average=made_up.rating_average,
        rating_count=made_up.rating_count,
        enrollment_count=made_up.enrollment_count,
        instructors=[{"id": str(owner.id), "display_name": owner.full_name, "role": "owner"}],
    )
    if modules:
        render(edition)
    else:
        render_card(edition)
    return edition


def modules_of(made_up: MadeUpCourse) -> tuple[ModuleDocument, ...]:
    """Its outline."""
    chance = random.Random(made_up.slug)
    return tuple(
        ModuleDocument(
            id=made_up_id(chance, made_up.published_at),
            title=f"Part {part}",
            lessons=tuple(
                LessonDocument(
                    id=made_up_id(chance, made_up.published_at),
                    title=f"Lesson {number} of part {part}",
                    kind=LessonKind.VIDEO,
                    video_url=f"https://videos.example/{made_up.slug}/{part}/{number}.mp4",
                    duration=made_up.lesson_seconds,
                    is_preview=number == 1,
                )
                for number in range(1, _LESSONS + 1)
            ),
        )
        for part in range(1, _MODULES + 1)
    )


def rows_of_outline(
    made_up: MadeUpCourse, modules: Sequence[ModuleDocument]
) -> tuple[list[Module], list[Lesson]]:
    """What its author works on of the outline."""
    rows = [
        Module(id=module.id, course_id=made_up.id, title=module.title, position=position)
        for position, module in enumerate(modules, start=1)
    ]
    return rows, [lesson for module in modules for lesson in _lessons_of(module)]


def _lessons_of(module: ModuleDocument) -> Iterator[Lesson]:
    for position, lesson in enumerate(module.lessons, start=1):
        yield Lesson(
            id=lesson.id,
            module_id=module.id,
            title=lesson.title,
            kind=lesson.kind.value,
            video_url=lesson.video_url,
            position=position,
            duration=lesson.duration,
            is_preview=lesson.is_preview,
        )


def _described(made_up: MadeUpCourse, category: Category, owner: User) -> dict[str, Any]:
    """What both have alike."""
    return {
        "owner_id": owner.id,
        "slug": made_up.slug,
        "title": made_up.title,
        "subtitle": made_up.subtitle,
        "description": made_up.description,
        "category": category,
        "language": made_up.language,
        "level": made_up.level,
        "tags": made_up.tags,
        "price_amount": made_up.price,
        "price_currency": made_up.currency,
        "published_at": made_up.published_at,
        "lesson_count": _MODULES * _LESSONS,
        "duration": _MODULES * _LESSONS * made_up.lesson_seconds,
        "updated_at": made_up.updated_at,
    }
