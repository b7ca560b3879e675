"""Lists that others made are read by a mapping, and what they lack is filled in."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from skillwise_catalog.domain.imports.mappings import parse_mapping
from skillwise_catalog.dto import ImportReport
from skillwise_catalog.errors import ImportRefusedError
from skillwise_catalog.models import Course
from skillwise_catalog.services.importing import import_catalog
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SHARED = Path(__file__).parents[4] / "shared/data"


def load(content: bytes, **options: Any) -> ImportReport:
    options = {"owner_ids": [new_id()], "now": NOW, **options}
    return import_catalog(lines=io.BytesIO(content), **options)


def test_constants_fill_what_the_file_leaves_blank() -> None:
    load(b"course,title,language\none,One,de\ntwo,Two,\n", constants={"language": "en", "level": "all"})

    assert dict(Course.objects.values_list("title", "language")) == {"One": "de", "Two": "en"}
    assert set(Course.objects.values_list("level", flat=True)) == {"all"}


def test_a_mapping_of_ones_own_reads_other_columns() -> None:
    mapping = parse_mapping(
        json.dumps(
            {
                "source": "evening-school",
                "columns": {"course": "nr", "title": "name"},
                "templates": {"description": "With {teacher}."},
                "constants": {"language": "en"},
                "values": {"level": {"easy": "beginner"}},
            }
        )
    )

    load(b"nr,name,teacher\n7,Pottery,Ada\n", mapping=mapping)

    course = Course.objects.get()
    assert (course.source, course.source_id, course.title) == ("evening-school", "7", "Pottery")
    assert course.description == "With Ada."


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"columns": {}}',
        '{"source": "x", "colour": "red"}',
        '{"source": "x", "columns": {"teacher": "who"}}',
        '{"source": "coursera"}',
    ],
)
def test_a_mapping_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ImportRefusedError):
        parse_mapping(text)


@pytest.fixture
def coursera() -> Path:
    path = SHARED / "catalogue/coursera-891.csv"
    if not path.exists():
        pytest.skip(f"the shared list of courses is not at {path}")
    return path


def test_a_list_of_891_real_courses_loads_once(
    coursera: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "courses.csv"
    damaged.write_bytes(coursera.read_bytes().rstrip() + b"\r\n892,Bad,Count,COURSE,4.6,Beginner,some\r\n")

    call_command("import_catalog", damaged)
    first = capsys.readouterr()
    call_command("import_catalog", damaged)
    second = capsys.readouterr()

    *reported, last = first.err.splitlines()
    assert last == "line 893: course_students_enrolled must be a count such as 480k, and is 'some'."
    created = int(first.out.split()[0])
    assert created + len(reported) == 891
    assert all(" stands at line " in line for line in reported)
    assert second.out == (
        f"0 courses created, 0 updated, {created} unchanged; 0 published; {len(reported) + 1} problems.\n"
    )
    spanish = Course.objects.filter(title__contains="ñ").first()
    assert spanish is not None
    assert spanish.status == "draft"
    science = Course.objects.get(title="IBM Data Science")
    assert science.description == (
        "A PROFESSIONAL CERTIFICATE of IBM, rated 4.6 of 5 on Coursera, where 480,000 people have enrolled."
    )


def test_a_list_without_lessons_is_published_once_it_is_told_what_it_lacks() -> None:
    header = "course_title,course_organization,course_Certificate_type,course_rating,course_difficulty"
    content = f"{header},course_students_enrolled\nWell-Being,Yale,COURSE,4.9,Mixed,2.5m\n".encode()
    lacking = {
        "language": "en",
        "category": "Imported",
        "price": "0",
        "currency": "USD",
        "module": "Welcome",
        "lesson": "About this course",
        "kind": "article",
        "content": "It is given by Yale.",
    }

    report = load(content, constants=lacking, publish=True)

    assert report == ImportReport(created=1, published=1)
    course = Course.objects.get()
    assert (course.level, course.lesson_count, course.price) == ("all", 1, Money(0, "USD"))
    assert "2,500,000 people" in course.description
