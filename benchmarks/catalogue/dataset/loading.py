"""Made-up courses on their way into the tables."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from psycopg.types.json import Jsonb
from skillwise_catalog.domain.documents import CourseDocument, LessonDocument, ModuleDocument
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.models import Category, Course, Edition, Lesson, Module
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.services.editions import outline_of
from skillwise_identity.models import User

from benchmarks.catalogue.dataset.courses import CATEGORIES, MadeUpCourse, made_up_courses, made_up_id

__all__ = ["OUTLINED", "STUDENT", "fill"]

#: Every so manieth course has an outline of modules and lessons: a million of them would say no more.
OUTLINED: Final = 10
#: The address of somebody who reads, and teaches nothing.
STUDENT: Final = "student@made-up.example"
_MODULES, _LESSONS, _LESSON_SECONDS = 4, 6, 300
_COURSES_OF_AN_INSTRUCTOR: Final = 20
_FIRST_NAMES: Final = (
    "Ada",
    "Amina",
    "Chen",
    "Daniel",
    "Farah",
    "Hiro",
    "Inês",
    "João",
    "Lena",
    "Olga",
    "Rafi",
)
_LAST_NAMES: Final = (
    "Ahmed",
    "Costa",
    "Engel",
    "Haque",
    "Ivanova",
    "Khan",
    "Lopez",
    "Meyer",
    "Okafor",
    "Sato",
)
_BATCH: Final = 50_000
_BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
_TABLES: Final[tuple[type[models.Model], ...]] = (Course, Edition, Module, Lesson)


def fill(count: int) -> None:
    """Puts `count` published courses into a migrated database, in place of all that there were."""
    _clear()
    categories = _add_categories()
    owners = _add_owners(max(count // _COURSES_OF_AN_INSTRUCTOR, 10))
    with connection.cursor() as cursor:
        # As pg_dump loads: indexes after the rows, triggers at rest.
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        indexes = _drop_indexes(cursor)
        for batch in _batched(made_up_courses(count, owners=len(owners)), _BATCH):
            outlines = {course.id: _outline(course) for course in batch[::OUTLINED]}
            _copy(cursor, Course, [_course_row(course, categories, owners) for course in batch])
            _copy_outlines(cursor, outlines)
            _copy(
                cursor,
                Edition,
                [_edition_row(course, categories, owners, outlines.get(course.id, ())) for course in batch],
            )
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT; RESET maintenance_work_mem")
        cursor.execute("VACUUM ANALYZE")


def _clear() -> None:
    tables = ", ".join(f'"{model._meta.db_table}"' for model in (User, Category))
    with connection.cursor() as cursor:
        # Triggers at rest: some tables are written once.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")


def _add_categories() -> list[UUID]:
    """The ids of a tree of two levels, in the order that the courses number them."""
    names = [
        "Kitchen",
        "Science",
        "Music",
        "Design",
        "Business",
        "Health",
        "Languages",
        "Code",
        "Photography",
    ]
    names += ["History", "Teaching", "Garden"]
    paths = [path for top in names for path in [(top,), *((top, f"{top} {part}") for part in range(1, 13))]]
    return [ensure_category(path=path).id for path in paths][:CATEGORIES]


def _add_owners(count: int) -> list[UUID]:
    chance = random.Random("owners")
    users = [
        User(
            id=made_up_id(chance, _BEGINNING),
            email=f"instructor{number}@made-up.example",
            full_name=f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}",
            roles=["student", "instructor"],
            email_verified_at=_BEGINNING,
        )
        for number in range(count)
    ]
    student = User(email=STUDENT, full_name="A Student", roles=["student"], email_verified_at=_BEGINNING)
    User.objects.bulk_create([*users, student], batch_size=5_000)
    return [user.id for user in users]


def _course_row(course: MadeUpCourse, categories: Sequence[UUID], owners: Sequence[UUID]) -> dict[str, Any]:
    return {
        **_described(course, categories, owners),
        "id": course.id,
        "status": "published",
        "has_changes": False,
        "created_at": course.published_at,
    }


def _edition_row(
    course: MadeUpCourse,
    categories: Sequence[UUID],
    owners: Sequence[UUID],
    modules: Sequence[ModuleDocument],
) -> dict[str, Any]:
    return {
        **_described(course, categories, owners),
        "course_id": course.id,
        "is_listed": True,
        "number": 1,
        "outline": Jsonb(outline_of(CourseDocument(title=course.title, modules=tuple(modules)))),
        "rating_average": course.rating_average,
        "rating_count": course.rating_count,
        "enrollment_count": course.enrollment_count,
    }


def _described(course: MadeUpCourse, categories: Sequence[UUID], owners: Sequence[UUID]) -> dict[str, Any]:
    """What a working copy and its edition have alike."""
    return {
        "owner_id": owners[course.owner],
        "slug": course.slug,
        "title": course.title,
        "subtitle": course.subtitle,
        "description": course.description,
        "category_id": categories[course.category],
        "language": course.language,
        "level": course.level,
        "tags": course.tags,
        "price_amount": course.price,
        "price_currency": course.currency,
        "published_at": course.published_at,
        "lesson_count": _MODULES * _LESSONS,
        "duration": _MODULES * _LESSONS * _LESSON_SECONDS,
        "updated_at": course.published_at,
    }


def _outline(course: MadeUpCourse) -> tuple[ModuleDocument, ...]:
    chance = random.Random(course.slug)
    return tuple(
        ModuleDocument(
            id=made_up_id(chance, course.published_at),
            title=f"Part {part}",
            lessons=tuple(
                LessonDocument(
                    id=made_up_id(chance, course.published_at),
                    title=f"Lesson {number} of part {part}",
                    kind=LessonKind.VIDEO,
                    video_url=f"https://videos.example/{course.slug}/{part}/{number}.mp4",
                    duration=_LESSON_SECONDS,
                    is_preview=number == 1,
                )
                for number in range(1, _LESSONS + 1)
            ),
        )
        for part in range(1, _MODULES + 1)
    )


def _copy_outlines(cursor: Any, outlines: Mapping[UUID, Sequence[ModuleDocument]]) -> None:
    """What authors edit of them."""
    modules, lessons = [], []
    for course_id, outline in outlines.items():
        for position, module in enumerate(outline, start=1):
            modules.append(
                {"id": module.id, "course_id": course_id, "title": module.title, "position": position}
            )
            lessons += [
                {
                    "id": lesson.id,
                    "module_id": module.id,
                    "title": lesson.title,
                    "kind": lesson.kind.value,
                    "video_url": lesson.video_url,
                    "position": place,
                    "duration": lesson.duration,
                    "is_preview": lesson.is_preview,
                }
                for place, lesson in enumerate(module.lessons, start=1)
            ]
    _copy(cursor, Module, modules)
    _copy(cursor, Lesson, lessons)


def _copy(cursor: Any, model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """By COPY; a column that the rows do not name has its field's default."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    defaults = {field.attname: field.get_default() for field in fields if field.attname not in rows[0]}
    names = [field.attname for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            values = defaults | row
            copy.write_row([values[name] for name in names])


def _drop_indexes(cursor: Any) -> list[str]:
    """Drops what only speeds up reading, and answers the statements that make it anew."""
    cursor.execute(
        """
        SELECT format('DROP INDEX %%I', index.relname), pg_get_indexdef(index.oid)
        FROM pg_index JOIN pg_class index ON index.oid = indexrelid
        WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique
        """,
        [[model._meta.db_table for model in _TABLES]],
    )
    found = cursor.fetchall()
    for drop, _ in found:
        cursor.execute(drop)
    return [definition for _, definition in found]


def _batched(courses: Iterator[MadeUpCourse], size: int) -> Iterator[list[MadeUpCourse]]:
    batch: list[MadeUpCourse] = []
    for course in courses:
        batch.append(course)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
