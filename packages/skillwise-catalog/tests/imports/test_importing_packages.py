"""A package becomes a draft, whole or not at all."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from files import stored_files
from olx_packages import PNG, html, olx
from skillwise_catalog.domain.documents import CourseDocument, LessonDocument
from skillwise_catalog.domain.imports.formats import PackageFormat
from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.errors import PackageRefusedError
from skillwise_catalog.models import Category, Course, MediaFile
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.services import packages
from skillwise_catalog.services.packages import ImportedCourse, import_course
from skillwise_kernel.ids import new_id

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)


def load(content: bytes, **options: Any) -> ImportedCourse:
    return import_course(content=io.BytesIO(content), owner_id=new_id(), now=NOW, **options)


def written(imported: ImportedCourse) -> CourseDocument:
    return working_copy(Course.objects.get(id=imported.course_id))


def lessons(imported: ImportedCourse) -> Iterator[LessonDocument]:
    yield from written(imported).lessons


BREAD = olx(
    html('<p>See <img src="/static/loaf.png" alt="a loaf"/></p>', name="Look"),
    '<problem><stringresponse answer="a" type="ci"><label>A?</label></stringresponse></problem>',
    **{"course/static/loaf.png": PNG},
)


def test_an_open_edx_course_becomes_a_draft_of_its_owner(instructor_id: UUID) -> None:
    imported = import_course(content=io.BytesIO(BREAD), owner_id=instructor_id, now=NOW)

    course = Course.objects.get(id=imported.course_id)
    picture = MediaFile.objects.get()
    article, quiz = lessons(imported)
    assert (course.owner_id, course.status, course.lesson_count) == (instructor_id, CourseStatus.DRAFT, 2)
    assert (picture.owner_id, picture.name) == (instructor_id, "loaf.png")
    assert article.article == f"See ![a loaf](media:{picture.id})"
    assert quiz.quiz
    assert quiz.quiz.questions[0].accepted == ("a",)


def test_a_picture_of_a_question_comes_along() -> None:
    imported = load(
        olx(
            '<problem><stringresponse answer="a" type="ci"><p><img src="/static/a.png" alt="A"/></p>'
            "</stringresponse></problem>",
            **{"course/static/a.png": PNG},
        )
    )

    (lesson,) = lessons(imported)
    assert lesson.quiz
    assert lesson.quiz.questions[0].text == f"![A](media:{MediaFile.objects.get().id})"


def test_transcripts_become_captions_that_are_accepted() -> None:
    imported = load(
        olx(
            '<video youtube_id_1_0="abc"><transcript language="en" src="a.srt"/></video>',
            **{"course/static/a.srt": "1\n00:00:01,000 --> 00:00:03,000\nBread -->\n\n2\n"},
        )
    )

    (lesson,) = lessons(imported)
    assert [caption.language for caption in lesson.captions] == ["en"]
    assert MediaFile.objects.get().content_type == "text/vtt"


def test_a_dry_run_reports_and_keeps_nothing(media: Path) -> None:
    imported = load(BREAD, dry_run=True)

    assert (imported.course_id, imported.lessons) == (None, 2)
    assert not Course.objects.exists()
    assert stored_files(media) == []


def test_a_package_that_fails_half_way_leaves_neither_rows_nor_files(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        assert stored_files(media)  # the picture is there by now
        raise RuntimeError("the machine went down")

    monkeypatch.setattr(packages, "write_working_copy", fail)

    with pytest.raises(RuntimeError):
        load(BREAD)

    assert not Course.objects.exists()
    assert not MediaFile.objects.exists()
    assert stored_files(media) == []


def test_a_picture_that_is_none_is_reported_and_its_mention_leads_nowhere(media: Path) -> None:
    imported = load(
        olx(html('<p><img src="/static/loaf.png" alt="a loaf"/></p>'), **{"course/static/loaf.png": "no"})
    )

    (article,) = lessons(imported)
    assert article.article == "![a loaf](#)"
    assert [finding.reason.value for finding in imported.notes.left_out] == ["file_refused"]
    assert stored_files(media) == []


def test_a_package_of_another_format_is_refused() -> None:
    content = olx(**{"course/course.xml": "<nothing/>"})

    with pytest.raises(PackageRefusedError):
        load(content, expected=PackageFormat.OLX)

    assert not Course.objects.exists()


def test_the_command_imports_an_open_edx_course(
    tmp_path: Path, instructor_id: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bread.tar.gz"
    file.write_bytes(olx(html("<p>Flour.</p>"), html("<p>Salt.</p>"), "<lti/>"))

    call_command("import_olx", file, "--owner", str(instructor_id), "--lessons-from", "verticals")

    course = Course.objects.get()
    said = capsys.readouterr()
    assert (course.owner_id, course.lesson_count) == (instructor_id, 1)
    assert "1 modules, 1 lessons; 1 left out" in said.out
    assert "left out (unsupported): lti" in said.err


@pytest.mark.parametrize("named", ["bread", "Kitchen/Bread", "kitchen/bread"])
def test_the_command_puts_the_course_on_a_shelf(tmp_path: Path, bread: str, named: str) -> None:
    file = tmp_path / "bread.tar.gz"
    file.write_bytes(BREAD)

    call_command("import_olx", file, "--category", named)

    category = Course.objects.get().category
    assert category
    assert category.slug == bread


def test_the_command_knows_no_other_shelf(tmp_path: Path, bread: str) -> None:
    file = tmp_path / "bread.tar.gz"
    file.write_bytes(BREAD)

    with pytest.raises(CommandError, match="There is no category Bread/Kitchen"):
        call_command("import_olx", file, "--category", "Bread/Kitchen")

    assert not Course.objects.exists()


def test_the_command_tells_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "bread.tar.gz"
    file.write_bytes(b"nothing")

    with pytest.raises(CommandError, match=r"neither a zip nor a tar\.gz"):
        call_command("import_olx", file)

    assert not Category.objects.exists()
