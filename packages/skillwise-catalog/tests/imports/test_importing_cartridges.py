"""A cartridge becomes a draft, by the command and over the API."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cartridges import BLANK, LOAF, asked, assessment, cartridge, equal, item, page, scored
from django.core.management import call_command
from files import upload
from skillwise_catalog.models import Course, MediaFile
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.services.course_imports import run_import
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

BREAD = cartridge(
    item(
        "One",
        item("Look", to="page.html"),
        item("Quiz", to="quiz.xml"),
    ),
    **{
        "page.html": page('<p><img src="$IMS-CC-FILEBASE$/loaf.png" alt="a loaf"/></p>'),
        "web_resources/loaf.png": LOAF,
        "quiz.xml": assessment(
            asked(
                "cc.fib.v0p1",
                text="&lt;img src='$IMS-CC-FILEBASE$/loaf.png' alt='it'/&gt;",
                response=BLANK,
                right=scored(equal("bread")),
            )
        ),
    },
)


@pytest.mark.django_db
def test_the_command_imports_a_cartridge(
    tmp_path: Path, bread: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bread.imscc"
    file.write_bytes(BREAD)

    call_command("import_cartridge", file, "--category", bread)

    course = Course.objects.get()
    picture = MediaFile.objects.get()
    article, quiz = working_copy(course).lessons
    assert article.article == f"![a loaf](media:{picture.id})"
    assert quiz.quiz
    assert quiz.quiz.questions[0].text == f"![it](media:{picture.id})"
    assert course.category
    assert course.category.slug == bread
    assert "1 modules, 2 lessons; 0 left out" in capsys.readouterr().out


@pytest.mark.django_db
def test_an_uploaded_cartridge_becomes_a_draft(instructor: ApiClient) -> None:
    upload_id = instructor.json(upload(instructor, "bread.imscc", BREAD))["id"]
    body = {"upload_id": upload_id, "format": "cartridge"}
    asked_for: dict[str, Any] = instructor.json(instructor.post("/api/v1/courses/import/", body))

    run_import(import_id=UUID(asked_for["id"]), clock=clock.now)

    done = instructor.json(instructor.get(f"/api/v1/courses/imports/{asked_for['id']}/"))
    assert (done["state"], done["report"]["imported"]) == (
        "done",
        {"assessment": 1, "item": 1, "module": 1, "webcontent": 1},
    )
    assert Course.objects.get().lesson_count == 2
