"""Files are uploaded, put into lessons, and read by links that expire."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from skillwise_catalog import api as catalog
from skillwise_catalog.models import MediaFile
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

UPLOADS = "/api/v1/uploads/"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def zipped(*names: str, stored: bytes = b"") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, stored)
    return content.getvalue()


FILES: list[tuple[str, bytes, str]] = [
    ("sheet.pdf", PDF, "application/pdf"),
    ("photo.png", PNG, "image/png"),
    ("photo.JPG", b"\xff\xd8\xff\xe0" + bytes(32), "image/jpeg"),
    ("photo.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(32), "image/webp"),
    ("clip.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(32), "video/mp4"),
    ("code.zip", zipped("main.py"), "application/zip"),
    ("book.epub", zipped("mimetype", stored=b"application/epub+zip"), "application/epub+zip"),
    ("notes.txt", "Grüße aus Köln\n".encode(), "text/plain"),
    ("notes.md", b"# Notes\n", "text/markdown"),
    ("data.csv", b"a,b\n1,2\n", "text/csv"),
]


def stored_files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def upload(client: ApiClient, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile("placeholder", content, content_type="application/octet-stream")
    file._name = name
    return client.post(UPLOADS, {"file": file}, format="multipart")


@pytest.mark.parametrize(("name", "content", "content_type"), FILES)
def test_a_file_that_is_what_its_name_says_is_kept(
    instructor: ApiClient, instructor_id: UUID, name: str, content: bytes, content_type: str
) -> None:
    answer = upload(instructor, name, content)

    assert answer.status_code == 201, answer.content
    kept = instructor.json(answer)
    assert (kept["content_type"], kept["size"]) == (content_type, len(content))
    file = MediaFile.objects.get(id=kept["id"])
    assert file.owner_id == instructor_id
    assert file.name not in file.storage_name
    with default_storage.open(file.storage_name) as stored:
        assert stored.read() == content


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("sheet.exe", PDF, "extension"),
        ("sheet", PDF, "extension"),
        ("page.html", b"<script>", "extension"),
        ("drawing.svg", b"<svg onload='alert(1)'/>", "extension"),
        ("sheet.pdf", PNG, "content"),
        ("photo.png", PDF, "content"),
        ("photo.png", b"<script>alert(1)</script>", "content"),
        ("book.epub", zipped("main.py"), "content"),
        ("notes.txt", b"\xff\xfeN\x00o\x00", "content"),
        ("notes.txt", b"bell \x07", "content"),
        ("notes.csv", b"half a character \xe2\x82", "content"),
        ("notes.txt", b"", "empty"),
        (".pdf", PDF, "extension"),
        ("\u202e .pdf", PDF, "extension"),
    ],
)
def test_a_file_that_lies_or_may_harm_is_refused_and_not_kept(
    instructor: ApiClient, media: Path, name: str, content: bytes, reason: str
) -> None:
    answer = upload(instructor, name, content)

    assert answer.status_code == 422, answer.content
    problem = instructor.json(answer)
    assert (problem["code"], problem["reason"]) == ("catalog.upload_refused", reason)
    assert not MediaFile.objects.exists()
    assert stored_files(media) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\notes.txt", "notes.txt"),
        ("  my   notes .TXT", "my notes.txt"),
        ("a\u200b<c>.txt", "a c.txt"),
        ("Übung 1, 日本.txt", "Übung 1, 日本.txt"),
        ("x" * 300 + ".txt", "x" * 146 + ".txt"),
    ],
)
def test_names_are_made_harmless(instructor: ApiClient, name: str, kept: str) -> None:
    answer = upload(instructor, name, b"text")

    assert instructor.json(answer)["name"] == kept


def test_a_file_beyond_the_limit_is_refused_whatever_the_request_claims(
    instructor: ApiClient, media: Path, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"MAX_UPLOAD_BYTES": 1000}

    assert upload(instructor, "notes.txt", b"x" * 1000).status_code == 201
    for size in (1001, 60_000, 200_000):
        refused = upload(instructor, "notes.txt", b"x" * size)
        assert refused.status_code == 413
        problem = instructor.json(refused)
        assert (problem["code"], problem["max_bytes"]) == ("catalog.upload_too_large", 1000)

    assert len(stored_files(media)) == MediaFile.objects.count() == 1


def test_a_body_that_is_too_long_is_refused_unread(instructor: ApiClient, settings: Any) -> None:
    settings.SKILLWISE_CATALOG = {"MAX_UPLOAD_BYTES": 1000}

    refused = instructor.generic(
        "POST", UPLOADS, b"no multipart at all" * 10_000, content_type="multipart/form-data; boundary=x"
    )

    assert refused.status_code == 413


def test_uploading_takes_a_file_and_an_instructor(
    instructor: ApiClient, student: ApiClient, admin: ApiClient, api: ApiClient
) -> None:
    assert instructor.post(UPLOADS, {}, format="multipart").status_code == 400
    assert instructor.post(UPLOADS, {"file": "text"}, format="multipart").status_code == 400
    assert instructor.post(UPLOADS, {"file": "text"}).status_code == 415
    assert upload(student, "notes.txt", b"text").status_code == 403
    assert upload(api, "notes.txt", b"text").status_code == 401
    assert upload(admin, "notes.txt", b"text").status_code == 201


def test_a_file_becomes_a_lesson_that_is_read_by_its_link(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    file = instructor.json(upload(instructor, "Übung „eins“.pdf", PDF))
    course = make_course(owner_id=instructor_id, published=False)
    module = outline_of(course.id).modules[0]
    lesson = instructor.post(
        f"/api/v1/modules/{module.id}/lessons/",
        {"title": "Worksheet", "kind": "file", "upload_id": file["id"]},
    )
    assert lesson.status_code == 201, lesson.content
    link = instructor.json(lesson)["file_url"]
    assert link.startswith("/api/v1/media/")

    answer = api.get(link)

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%9Cbung%20%E2%80%9Eeins%E2%80%9C.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, max-age=600"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    answer.close()


@pytest.fixture
def link(instructor: ApiClient, instructor_id: UUID) -> str:
    """A good link to a file that is a lesson."""
    file = instructor.json(upload(instructor, "sheet.pdf", PDF))
    lesson = {"title": "Sheet", "kind": "file", "upload_id": UUID(file["id"])}
    course = make_course(owner_id=instructor_id, lessons=[lesson])
    url = catalog.get_lesson_content(lesson_id=outline_of(course.id).lessons[0].id).file_url
    assert url is not None
    return url


def test_who_has_a_file_already_is_not_sent_it_again(api: ApiClient, link: str) -> None:
    first = api.get(link)

    again = api.get(link, headers={"If-None-Match": first["ETag"]})
    other = api.get(link, headers={"If-None-Match": '"something-else"'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"] == "private, max-age=600"
    assert other.status_code == 200
    for answer in (first, other):
        answer.close()


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}])
def test_a_file_that_the_disk_has_lost_is_not_found(
    api: ApiClient, media: Path, link: str, headers: dict[str, str]
) -> None:
    for path in stored_files(media):
        path.unlink()

    answer = api.get(link, headers=headers)

    assert (answer.status_code, api.json(answer)["code"]) == (404, "catalog.media_not_found")


def test_links_expire_and_cannot_be_made_up(api: ApiClient, link: str) -> None:
    forged = api.get(link[:-2] + ("A/" if link[-2] != "A" else "B/"))
    with time_machine.travel(clock.now() + timedelta(minutes=9, seconds=50), tick=False):
        in_time = api.get(link)
        in_time.close()
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=10), tick=False):
        late = api.get(link)

    assert (forged.status_code, api.json(forged)["code"]) == (404, "catalog.media_not_found")
    assert in_time.status_code == 200
    assert (late.status_code, api.json(late)["code"]) == (410, "catalog.media_link_expired")


def test_nobody_puts_another_persons_file_into_a_lesson(
    instructor: ApiClient, rival: ApiClient, admin: ApiClient, instructor_id: UUID
) -> None:
    theirs = rival.json(upload(rival, "sheet.pdf", PDF))["id"]
    houses = rival.json(upload(admin, "sheet.pdf", PDF))["id"]
    course = make_course(owner_id=instructor_id, published=False)
    lessons = f"/api/v1/modules/{outline_of(course.id).modules[0].id}/lessons/"

    for upload_id in (theirs, houses, str(new_id())):
        refused = instructor.post(lessons, {"title": "S", "kind": "file", "upload_id": upload_id})
        assert refused.status_code == 422
        assert instructor.json(refused)["code"] == "catalog.upload_not_found"
    assert admin.post(lessons, {"title": "S", "kind": "file", "upload_id": houses}).status_code == 201
    assert instructor.post(lessons, {"title": "S", "kind": "file", "upload_id": houses}).status_code == 422


def test_a_file_whose_row_cannot_be_written_is_not_left_behind(
    instructor: ApiClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise IntegrityError("no room")

    monkeypatch.setattr(MediaFile.objects, "create", fail)

    with pytest.raises(IntegrityError):
        upload(instructor, "sheet.pdf", PDF)

    assert stored_files(media) == []
