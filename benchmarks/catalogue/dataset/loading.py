"""Made-up courses on their way into the tables: by COPY, on every core, indexes last."""

import hashlib
import multiprocessing
import os
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import connection, connections, models
from skillwise_catalog.models import Category, Course, Edition, Lesson, Module
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.services.search_terms import weigh_search_terms
from skillwise_identity.models import User

from benchmarks.catalogue.dataset.courses import CATEGORIES, MadeUpCourse, made_up_course, made_up_id
from benchmarks.catalogue.dataset.editions import course_of, edition_of, modules_of, rows_of_outline

__all__ = ["OUTLINED", "STUDENT", "fill", "holds"]

#: Every so manieth course has an outline of modules and lessons: a million of them would say no more.
OUTLINED: Final = 10
#: The address of somebody who reads, and teaches nothing.
STUDENT: Final = "student@made-up.example"
_COURSES_OF_AN_INSTRUCTOR: Final = 20
_BATCH: Final = 5_000
_BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
_TOP_CATEGORIES: Final = (
    *("Kitchen", "Science", "Music", "Design", "Business", "Health"),
    *("Languages", "Code", "Photography", "History", "Teaching", "Garden"),
)
_FIRST_NAMES: Final = ("Ada", "Amina", "Chen", "Daniel", "Farah", "Hiro", "Inês", "João", "Lena", "Olga")
_LAST_NAMES: Final = ("Ahmed", "Costa", "Engel", "Haque", "Ivanova", "Khan", "Lopez", "Meyer", "Okafor")
_TABLES: Final[tuple[type[models.Model], ...]] = (Course, Edition, Module, Lesson)
#: As pg_dump loads: triggers rest, since they would check each row or write what is there already.
_TRIGGERS_REST: Final = "SET session_replication_role = replica"
_TRIGGERS_WORK: Final = "SET session_replication_role = DEFAULT"


def fill(count: int, *, retold: Callable[[MadeUpCourse], MadeUpCourse] | None = None) -> None:
    """Puts `count` published courses into a migrated database, in place of all that there were; each as
    `retold` tells it, in other processes.
    """
    _clear()
    categories, owners = _add_categories(), _add_people(max(count // _COURSES_OF_AN_INSTRUCTOR, 10))
    indexes = _drop_indexes()
    batches = [range(first, min(first + _BATCH, count)) for first in range(0, count, _BATCH)]
    connections.close_all()  # none is shared with the processes that follow
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("fork")) as processes:
        add = partial(_add_courses, count=count, categories=categories, owners=owners, retold=retold)
        for _ in processes.map(add, batches):
            pass
    weigh_search_terms()
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'; SET statement_timeout = 0")  # a busy machine
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET maintenance_work_mem; RESET statement_timeout")
        if retold is None:  # last: a run that was cut short has filled nothing
            cursor.execute(f"COMMENT ON TABLE {Edition._meta.db_table} IS '{_mark(count)}'")


def holds(count: int) -> bool:
    """Whether the database is one that `fill(count)` has filled, with what it makes up now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", [Edition._meta.db_table])
        (mark,) = cursor.fetchone()
    return bool(mark == _mark(count))


def _mark(count: int) -> str:
    """Of so many courses, and of the code that makes them up."""
    folder = Path(__file__).parent
    code = b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    return f"{count} made-up courses by {hashlib.sha256(code).hexdigest()}"


def _clear() -> None:
    tables = ", ".join(f'"{model._meta.db_table}"' for model in (User, Category))
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS_REST)  # some tables are written once
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute(_TRIGGERS_WORK)
        cursor.execute(f"COMMENT ON TABLE {Edition._meta.db_table} IS NULL")


def _add_categories() -> list[Category]:
    """A tree of two levels, in the order that the courses number them."""
    paths = [
        path
        for top in _TOP_CATEGORIES
        for path in [
            (top,),
            *((top, f"{top} {part}") for part in range(1, CATEGORIES // len(_TOP_CATEGORIES))),
        ]
    ]
    return [ensure_category(path=path) for path in paths]


def _add_people(count: int) -> list[User]:
    """So many instructors, which it answers, and a student."""
    chance = random.Random("people")
    instructors = [
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
    User.objects.bulk_create([*instructors, student], batch_size=5_000)
    return instructors


def _add_courses(
    numbers: range,
    *,
    count: int,
    categories: Sequence[Category],
    owners: Sequence[User],
    retold: Callable[[MadeUpCourse], MadeUpCourse] | None,
) -> None:
    """Those of these numbers, out of `count`. Runs in a process of its own."""
    rows: dict[type[models.Model], list[Any]] = {model: [] for model in _TABLES}
    for number in numbers:
        made_up = made_up_course(number, count=count, owners=len(owners))
        made_up = retold(made_up) if retold else made_up
        category, owner = categories[made_up.category], owners[made_up.owner]
        outline = modules_of(made_up) if number % OUTLINED == 0 else ()
        modules, lessons = rows_of_outline(made_up, outline)
        rows[Course].append(course_of(made_up, category, owner))
        rows[Edition].append(edition_of(made_up, category, owner, outline))
        rows[Module] += modules
        rows[Lesson] += lessons
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS_REST)
        for model, instances in rows.items():
            _copy(cursor, model, instances)


def _copy(cursor: Any, model: type[models.Model], instances: Sequence[models.Model]) -> None:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
        for instance in instances:
            copy.write_row(
                [field.get_db_prep_save(getattr(instance, field.attname), connection) for field in fields]
            )


def _drop_indexes() -> list[str]:
    """Drops what only speeds up reading, and answers the statements that make it anew."""
    with connection.cursor() as cursor:
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
