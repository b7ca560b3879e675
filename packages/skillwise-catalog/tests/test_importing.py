"""Catalogues come out of spreadsheets."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from skillwise_catalog import api
from skillwise_catalog.domain.imports.mappings import COLUMNS
from skillwise_catalog.dto import ImportReport, LessonKind
from skillwise_catalog.errors import ImportRefusedError
from skillwise_catalog.events import CourseChanged, CoursePublished
from skillwise_catalog.models import Course, Lesson, MediaFile
from skillwise_catalog.services.importing import import_catalog
from skillwise_catalog.testing import outline_of
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

BREAD: dict[str, str] = {
    "course": "bread",
    "title": "Bread",
    "description": "A loaf a week.",
    "category": "Kitchen > Bread",
    "language": "en",
    "level": "Beginner",
    "price": "49.90",
    "currency": "usd",
    "module": "The starter",
    "lesson": "Why it rises",
    "kind": "article",
    "content": "Yeast,\nand time.",
    "minutes": "2.5",
    "preview": "yes",
}
FEEDING: dict[str, str] = {
    "lesson": "Feeding",
    "kind": "video",
    "content": "https://videos.example/feeding.mp4",
    "minutes": "5",
}
BAKING: dict[str, str] = {"module": "The loaf", "lesson": "Baking", "kind": "article", "content": "Hot."}


def as_csv(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def load(content: bytes, **options: Any) -> ImportReport:
    options = {"owner_ids": [new_id()], "now": NOW, **options}
    return import_catalog(lines=io.BytesIO(content), **options)


def problems(report: ImportReport) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in report.problems]


def test_a_course_is_read_from_its_rows() -> None:
    owner_id = new_id()

    report = load(as_csv(BREAD, FEEDING, BAKING), owner_ids=[owner_id], publish=True)

    assert report == ImportReport(created=1, published=1)
    course = Course.objects.get()
    assert (course.title, course.level, course.language) == ("Bread", "beginner", "en")
    assert course.price == Money(4990, "USD")
    assert course.owner_id == owner_id
    assert course.category is not None
    assert course.category.lineage == ["kitchen", "bread"]
    starter, loaf = outline_of(course.id).modules
    assert [lesson.title for lesson in starter.lessons] == ["Why it rises", "Feeding"]
    assert [lesson.title for lesson in loaf.lessons] == ["Baking"]
    assert (starter.lessons[0].duration, starter.lessons[0].is_preview) == (150, True)
    assert api.get_lesson_content(lesson_id=starter.lessons[0].id).article == "Yeast,\nand time."
    assert starter.lessons[1].kind is LessonKind.VIDEO
    assert (course.lesson_count, course.duration) == (3, 450)


def test_the_same_file_again_changes_nothing(published: Callable[..., list[Any]]) -> None:
    content = as_csv(BREAD, FEEDING, BAKING)
    load(content, publish=True)
    before = list(Course.objects.values()), list(Lesson.objects.order_by("id").values()), len(published())

    report = load(content, publish=True)

    assert report == ImportReport(unchanged=1)
    after = list(Course.objects.values()), list(Lesson.objects.order_by("id").values()), len(published())
    assert after == before


def test_a_changed_file_changes_what_it_says_and_lessons_stay_who_they_are(
    published: Callable[..., list[Any]],
) -> None:
    load(as_csv(BREAD, FEEDING, BAKING), publish=True)
    course = Course.objects.get()
    before = {lesson.title: lesson.id for lesson in outline_of(course.id).lessons}

    report = load(
        as_csv(
            {**BREAD, "title": "Better bread", "module": "First", "lesson": "Flour"},
            {"module": "The loaf", "lesson": "Shaping", "kind": "article", "content": "Tight."},
            {"lesson": "Baking", "kind": "article", "content": "Hotter."},
        )
    )

    assert report == ImportReport(updated=1)
    after = {lesson.title: lesson.id for lesson in outline_of(course.id).lessons}
    assert list(after) == ["Flour", "Shaping", "Baking"]
    assert after["Baking"] == before["Baking"]
    assert api.get_lesson_content(lesson_id=after["Baking"]).article == "Hotter."
    (change,) = published(CourseChanged)
    assert change.title == "Better bread"


def test_bad_rows_are_reported_by_line_and_reason_while_the_good_ones_load() -> None:
    content = as_csv(
        BREAD,
        {**BREAD, "course": "no-title", "title": ""},
        {**BREAD, "course": "dear", "price": "49.999"},
        {**BREAD, "course": "odd", "currency": "XXX"},
        {**BREAD, "course": "deep", "level": "bottomless"},
        {**BREAD, "course": "tongue", "language": "klingon language"},
        {**BREAD, "course": "empty", "content": ""},
        {**BREAD, "course": "kindless", "kind": "song"},
        {**BREAD, "course": "linked", "kind": "video", "content": "javascript:alert(1)"},
        {**BREAD, "course": "bell", "title": "Ring \x07"},
        {**BREAD, "course": "maybe", "preview": "perhaps"},
        {**BREAD, "course": "long", "minutes": "100000"},
        {**BREAD, "course": "homeless", "module": ""},
        {**BREAD, "course": "last", "title": "The last one"},
    )

    report = load(content)

    assert report.created == 2
    assert set(Course.objects.values_list("title", flat=True)) == {"Bread", "The last one"}
    # A row has two lines: there is a line break in its content.
    assert problems(report) == [
        (4, "title: This may not be blank."),
        (6, "price '49.999' is not an amount of USD."),
        (8, "currency 'XXX' is not known."),
        (10, "level must be one of beginner, intermediate, advanced, all, and is 'bottomless'."),
        (12, "language: This is not a BCP 47 language tag such as en, pt-BR or zh-Hant."),
        (14, "content: This may not be blank."),
        (15, "kind must be one of video, article, file, quiz, and is 'song'."),
        (17, "content: The address must begin with https:// or http://."),
        (18, "title: The text holds the unprintable character U+0007."),
        (20, "preview must be yes or no, and is 'perhaps'."),
        (22, "minutes must lie within a day, and is '100000'."),
        (24, "the course's first lesson needs its module."),
    ]


def test_a_course_with_a_bad_row_is_left_out_whole() -> None:
    report = load(as_csv(BREAD, {**FEEDING, "kind": "song"}, BAKING))

    assert report.created == 0
    assert problems(report) == [
        (2, "The course 'bread' is left out for what is wrong at line 4."),
        (4, "kind must be one of video, article, file, quiz, and is 'song'."),
    ]
    assert not Course.objects.exists()


def test_rows_that_disagree_on_their_course_are_reported() -> None:
    report = load(as_csv(BREAD, {**FEEDING, "course": "bread", "title": "Cake"}, BAKING, {**BREAD}))

    assert problems(report)[-1] == (4, "title is not what line 2 says of the same course.")


def test_a_course_that_stands_twice_in_a_file_counts_once() -> None:
    other = {**BREAD, "course": "cake"}

    report = load(as_csv(BREAD, other, BREAD))

    assert report.created == 2
    assert problems(report) == [(6, "The course 'bread' stands at line 2 already.")]


def test_damaged_lines_refuse_only_themselves() -> None:
    lines = [
        b"\xef\xbb\xbfcourse,title,description\r\n",
        b"one,One,fine\r\n",
        b"two,Caf\xe9,latin-1\r\n",
        b"three,Three\r\n",
        b"four,Four,too,many\r\n",
        b"\r\n",
        b",,\r\n",
        "five,Fünf,fine\r\n".encode(),
        b'six,"Six never ends,fine\r\n',
    ]

    report = load(b"".join(lines))

    assert set(Course.objects.values_list("title", flat=True)) == {"One", "Fünf"}
    assert problems(report) == [
        (3, "It holds bytes that are no UTF-8."),
        (4, "It has 2 cells, and the header has 3."),
        (5, "It has 4 cells, and the header has 3."),
        (9, "It has 2 cells, and the header has 3."),
    ]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_of_other_countries_part_cells_otherwise(delimiter: str) -> None:
    content = f"course{delimiter}title{delimiter}level\none{delimiter}One, or two{delimiter}all\n"

    assert load(content.encode()).created == 1
    assert Course.objects.get().title == "One, or two"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        "course,title\n".encode("utf-16"),
        b"title,title,course\n",
        b"name,teacher\nBread,Ada\n",
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_whole(content: bytes) -> None:
    with pytest.raises(ImportRefusedError):
        load(content)


def test_publishing_leaves_what_is_not_complete_a_draft_and_says_so() -> None:
    report = load(as_csv({"course": "idea", "title": "An idea"}, BREAD), publish=True)

    assert (report.created, report.published) == (2, 1)
    assert problems(report) == [
        (2, "It stays a draft, for it lacks: description, category, language, level, price, lessons.")
    ]


def test_a_second_run_publishes_what_the_first_left_a_draft(published: Callable[..., list[Any]]) -> None:
    load(as_csv(BREAD))
    assert published(CoursePublished) == []

    assert load(as_csv(BREAD), publish=True) == ImportReport(unchanged=1, published=1)

    assert len(published(CoursePublished)) == 1


def test_a_change_that_would_leave_a_published_course_incomplete_is_refused() -> None:
    load(as_csv(BREAD), publish=True)

    report = load(as_csv({**BREAD, "description": ""}))

    assert problems(report) == [(2, "The course must have these, and lacks them: description.")]
    assert Course.objects.get().description == "A loaf a week."


def test_a_dry_run_reports_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "sheet.txt").write_text("Weigh, mix, wait.")
    sheet = {"module": "The loaf", "lesson": "Sheet", "kind": "file", "content": "sheet.txt"}

    report = load(as_csv(BREAD, sheet), publish=True, dry_run=True, folder=tmp_path)

    assert report == ImportReport(created=1, published=1)
    assert not Course.objects.exists()
    assert not MediaFile.objects.exists()


def test_a_file_that_fills_more_than_its_owners_space_is_reported_with_its_row(
    tmp_path: Path, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"MEDIA_QUOTA_BYTES": 3}
    (tmp_path / "sheet.txt").write_text("text")

    report = load(as_csv({**BREAD, "kind": "file", "content": "sheet.txt"}), folder=tmp_path)

    assert problems(report) == [(2, "Of 3 bytes, 0 are taken: there is no room for 4 more.")]


def test_files_beside_the_imported_one_become_lessons(tmp_path: Path) -> None:
    (tmp_path / "sheet.txt").write_text("Weigh, mix, wait.")
    sheet = {"module": "The loaf", "lesson": "Sheet", "kind": "file", "content": "sheet.txt"}
    load(as_csv(BREAD, sheet), folder=tmp_path)
    first = Lesson.objects.get(title="Sheet").file
    assert first is not None
    with default_storage.open(first.storage_name) as stored:
        assert stored.read() == b"Weigh, mix, wait."

    load(as_csv({**BREAD, "title": "Better bread"}, sheet), folder=tmp_path)
    assert Lesson.objects.get(title="Sheet").file == first

    (tmp_path / "sheet.txt").write_text("Weigh, mix, wait, bake.")
    load(as_csv({**BREAD, "title": "Best bread"}, sheet), folder=tmp_path)
    assert Lesson.objects.get(title="Sheet").file != first


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "none.txt", "."])
def test_no_file_is_taken_from_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "import"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("mine")

    report = load(as_csv({**BREAD, "kind": "file", "content": name}), folder=folder)

    assert problems(report) == [(2, f"there is no file '{name}' beside the imported one.")]
    assert not Course.objects.exists()


def test_the_command_says_who_owns_the_courses(people: Callable[[str], Any], tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_bytes(as_csv(BREAD, {**BREAD, "course": "cake"}))
    ada, bo = people("Ada"), people("Bo")

    call_command("import_catalog", path, "--owner", str(ada), "--owner", str(bo), "--publish")

    assert set(Course.objects.values_list("owner_id", flat=True)) == {ada, bo}
    with pytest.raises(CommandError, match="no instructor nobody@example"):
        call_command("import_catalog", path, "--owner", "nobody@example.org")


def test_the_command_fails_on_refused_rows_only_when_it_is_told_to(tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_bytes(as_csv({"course": "x", "title": ""}))

    call_command("import_catalog", path)
    with pytest.raises(CommandError):
        call_command("import_catalog", path, "--strict")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_catalog", tmp_path / "none.csv")
