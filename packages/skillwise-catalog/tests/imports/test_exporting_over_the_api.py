"""A course leaves as a package and comes back the same, over the API both ways."""

import io
import json
import re
import zipfile
from typing import Any
from uuid import UUID

import pytest
from files import PDF, picture, upload
from skillwise_catalog.gateways import ContentMissingError, get_storage
from skillwise_catalog.models import MediaFile
from skillwise_catalog.services.course_imports import run_import
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
QUIZ = {
    "pass_percent": 50,
    "questions": [
        {
            "kind": "single",
            "text": "What rises?",
            "choices": [{"text": "Dough", "is_correct": True}, {"text": "Salt"}],
        }
    ],
}


@pytest.fixture
def course_id(instructor: ApiClient, bread: str) -> str:
    """Of a course with a picture, a file and a quiz, written over the API."""

    def made(path: str, body: dict[str, Any]) -> str:
        answer = instructor.post(path, body)
        assert answer.status_code == 201, answer.content
        return str(instructor.json(answer)["id"])

    loaf, sheet = (
        instructor.json(upload(instructor, name, content))["id"]
        for name, content in [("loaf.png", picture("PNG")), ("Sheet 1.pdf", PDF)]
    )
    price = {"amount": 1900, "currency": "USD"}
    course_id = made(COURSES, {"title": "Bread", "category": bread, "level": "beginner", "price": price})
    module = made(f"{COURSES}{course_id}/modules/", {"title": "The loaf"})
    for lesson in (
        {"title": "Look", "kind": "article", "article": f"![a loaf](media:{loaf})", "is_preview": True},
        {"title": "Sheet", "kind": "file", "upload_id": sheet, "group": "Take along"},
        {"title": "Quiz", "kind": "quiz", "quiz": QUIZ},
    ):
        made(f"/api/v1/modules/{module}/lessons/", lesson)
    return course_id


def exported(client: ApiClient, course_id: str) -> bytes:
    answer = client.get(f"{COURSES}{course_id}/export/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def said(package: bytes) -> dict[str, str]:
    """The package with each id replaced by the number of ids before it."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return numbers.setdefault(match[0], f"#{len(numbers)}")

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        return {
            UUID_TEXT.sub(number, name): UUID_TEXT.sub(number, archive.read(name).decode("latin-1"))
            for name in archive.namelist()
        }


def test_a_course_that_is_exported_and_imported_is_the_same_course(
    instructor: ApiClient, rival: ApiClient, course_id: str
) -> None:
    package = exported(instructor, course_id)
    upload_id = rival.json(upload(rival, "bread.zip", package))["id"]
    asked = rival.json(rival.post(f"{COURSES}import/", {"upload_id": upload_id, "format": "package"}))

    run_import(import_id=UUID(asked["id"]), clock=clock.now)

    done = rival.json(rival.get(f"{COURSES}imports/{asked['id']}/"))
    assert (done["state"], done["report"]["lessons"], done["report"]["left_out"]) == ("done", 3, [])
    assert said(exported(rival, done["course_id"])) == said(package)


def test_the_answer_is_a_zip_by_the_course_s_name(instructor: ApiClient, course_id: str) -> None:
    answer = instructor.get(f"{COURSES}{course_id}/export/", headers={"Accept": "application/zip"})

    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="bread.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert json.loads(archive.read("course.json"))["course"]["title"] == "Bread"


@pytest.mark.parametrize("is_published", [False, True])
def test_only_those_who_may_edit_a_course_take_it_along(
    instructor: ApiClient, rival: ApiClient, student: ApiClient, admin: ApiClient, api: ApiClient,
    course_id: str, is_published: bool,
) -> None:  # fmt: skip
    path = f"{COURSES}{course_id}/export/"
    if is_published:
        instructor.patch(f"{COURSES}{course_id}/", {"description": "A loaf.", "language": "en"})
        assert admin.post(f"{COURSES}{course_id}/publish/").status_code == 200

    answers = {client: client.get(path).status_code for client in (instructor, admin, rival, student, api)}

    assert list(answers.values()) == [200, 200, 404, 403, 401]
    unknown = instructor.get(f"{COURSES}{new_id()}/export/")
    assert (unknown.status_code, instructor.json(unknown)["code"]) == (404, "catalog.course_not_found")


def test_what_is_exported_is_what_the_course_said_when_it_was_asked_for(
    instructor: ApiClient, course_id: str
) -> None:
    answer = instructor.get(f"{COURSES}{course_id}/export/")

    instructor.patch(f"{COURSES}{course_id}/", {"title": "Cake"})

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert json.loads(archive.read("course.json"))["course"]["title"] == "Bread"


def test_an_export_that_lacks_a_file_breaks_off_and_is_no_zip(instructor: ApiClient, course_id: str) -> None:
    sheet = MediaFile.objects.get(name="Sheet 1.pdf")
    get_storage().delete(key=sheet.storage_name)
    answer = instructor.get(f"{COURSES}{course_id}/export/")

    received = []
    with pytest.raises(ContentMissingError):
        received.extend(answer.streaming_content)

    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(received)))
