"""The catalogue that the package ships."""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from skillwise_catalog import api
from skillwise_catalog.models import Course, Lesson
from skillwise_catalog.testing import outline_of
from skillwise_kernel.ids import new_id

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_the_demonstration_has_something_for_many_people() -> None:
    owners = [new_id(), new_id()]

    report = api.import_demo_catalog(owner_ids=owners, now=NOW)

    assert report.problems == ()
    courses = list(Course.objects.select_related("category"))
    assert len(courses) == report.created == report.published >= 12
    assert {course.owner_id for course in courses} == set(owners)
    assert sum(course.price_amount == 0 for course in courses) == 2
    assert len({course.language for course in courses}) >= 6
    assert len({course.price_currency for course in courses}) >= 5
    assert len({course.level for course in courses}) == 4
    assert len({course.category.lineage[0] for course in courses if course.category}) >= 5
    assert all(course.category and len(course.category.lineage) == 2 for course in courses)
    for course in courses:
        lessons = outline_of(course.id).lessons
        assert len(lessons) >= 4
        assert {"article", "video"} <= {lesson.kind for lesson in lessons}
        assert any(lesson.is_preview for lesson in lessons)
        assert course.duration > 0
    assert Lesson.objects.filter(kind="file").count() == 2


def test_the_demonstration_loads_once() -> None:
    api.import_demo_catalog(owner_ids=[new_id()], now=NOW)

    again = api.import_demo_catalog(owner_ids=[new_id()], now=NOW)

    assert (again.created, again.updated, again.published, again.problems) == (0, 0, 0, ())


def test_the_command_loads_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_catalog", "--demo", "--strict")

    assert capsys.readouterr().out.startswith(f"{Course.objects.count()} courses created")


def test_every_python_program_in_its_lessons_is_one() -> None:
    api.import_demo_catalog(owner_ids=[new_id()], now=NOW)

    programs = [
        program
        for text in Lesson.objects.filter(kind="article").values_list("article", flat=True)
        for program in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    ]

    assert len(programs) >= 8
    for program in programs:
        compile(program, "lesson", "exec")
