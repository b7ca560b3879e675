"""Files are uploaded straight to the storage and verified, and nothing is kept of what is refused."""

import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from files import (
    MOV,
    MP4,
    PDF,
    SVG,
    UPLOADS,
    VTT,
    announced,
    complete,
    hand_in,
    picture,
    send_parts,
    stored_files,
    tarred,
    upload,
    zipped,
)
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import MediaFile, MediaUsage, Upload
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

FILES: list[tuple[str, bytes, str]] = [
    ("sheet.pdf", PDF, "application/pdf"),
    ("photo.png", picture("PNG"), "image/png"),
    ("photo.JPG", picture("JPEG"), "image/jpeg"),
    ("photo.webp", picture("WEBP"), "image/webp"),
    ("drawing.svg", SVG, "image/svg+xml"),
    ("clip.mp4", MP4, "video/mp4"),
    ("IMG_0042.MOV", MOV, "video/quicktime"),
    ("words.vtt", VTT, "text/vtt"),
    ("code.zip", zipped({"main.py": b"print()"}), "application/zip"),
    ("course.imscc", zipped({"imsmanifest.xml": b"<manifest/>"}), "application/zip"),
    ("course.tar.gz", tarred({"course/course.xml": b"<course/>"}), "application/gzip"),
    ("book.epub", zipped({"mimetype": b"application/epub+zip"}), "application/epub+zip"),
    ("notes.txt", "Grüße aus Köln\n".encode(), "text/plain"),
    ("notes.md", b"# Notes\n", "text/markdown"),
    ("data.csv", b"a,b\n1,2\n", "text/csv"),
]


def nothing_is_kept(media: Path) -> bool:
    used = sum(MediaUsage.objects.values_list("used_bytes", flat=True))
    return not (MediaFile.objects.exists() or Upload.objects.exists() or stored_files(media) or used)


@pytest.mark.parametrize(("name", "content", "content_type"), FILES)
def test_a_file_that_is_what_its_name_says_is_kept(
    instructor: ApiClient, instructor_id: UUID, media: Path, name: str, content: bytes, content_type: str
) -> None:
    answer = upload(instructor, name, content)

    assert answer.status_code == 200, answer.content
    kept = instructor.json(answer)
    assert (kept["is_completed"], kept["content_type"], kept["size"]) == (True, content_type, len(content))
    file = MediaFile.objects.get(id=kept["id"])
    assert file.owner_id == instructor_id
    assert file.name not in file.storage_name
    assert b"".join(get_storage().read(key=file.storage_name)) == content
    assert len(stored_files(media)) == 1
    assert not Upload.objects.exists()
    assert MediaUsage.objects.get(owner_id=instructor_id).used_bytes == len(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_of_a_picture_its_size_in_pixels_is_kept(instructor: ApiClient, kind: str) -> None:
    kept = instructor.json(
        upload(instructor, f"a.{kind.lower().replace('jpeg', 'jpg')}", picture(kind, 40, 30))
    )

    assert (kept["width"], kept["height"]) == (40, 30)


@pytest.mark.parametrize(
    ("name", "content_type", "reason"),
    [
        ("sheet.exe", "application/pdf", "extension"),
        ("sheet", "application/pdf", "extension"),
        ("page.html", "text/html", "extension"),
        (".pdf", "application/pdf", "extension"),
        ("\u202e .pdf", "application/pdf", "extension"),
        ("../../etc/passwd.txt", "text/plain", "path"),
        ("C:\\Users\\me\\notes.txt", "text/plain", "path"),
        ("notes.txt", "text/html", "type"),
        ("photo.png", "image/svg+xml", "type"),
    ],
)
def test_a_file_is_refused_by_its_name_before_a_byte_is_sent(
    instructor: ApiClient, media: Path, name: str, content_type: str, reason: str
) -> None:
    answer = instructor.post(UPLOADS, announced(name, PDF, content_type=content_type))

    assert answer.status_code == 422, answer.content
    problem = instructor.json(answer)
    assert (problem["code"], problem["reason"]) == ("catalog.upload_refused", reason)
    assert nothing_is_kept(media)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("sheet.pdf", picture("PNG"), "content"),
        ("photo.png", PDF, "content"),
        ("photo.png", b"<script>alert(1)</script>", "content"),
        ("photo.png", picture("PNG", 400, 300)[:-200], "damaged"),
        ("drawing.svg", SVG.replace(b"<path", b"<path onclick='alert(1)'"), "active_content"),
        ("book.epub", zipped({"main.py": b""}), "content"),
        ("code.zip", zipped({"main.py": b""})[:-5], "damaged"),
        ("code.zip", zipped({"../main.py": b""}), "path"),
        ("code.zip", zipped({"zeros": bytes(64 * 1024 * 1024)}, packing=zipfile.ZIP_DEFLATED), "bomb"),
        ("words.vtt", b"WEBVTT\n\n00:02.000 --> 00:01.000\nBackwards.\n", "captions"),
        ("notes.txt", b"\xff\xfeN\x00o\x00", "content"),
        ("notes.txt", b"bell \x07", "content"),
        ("notes.csv", b"half a character \xe2\x82", "content"),
    ],
)
def test_a_file_that_lies_or_may_harm_is_refused_and_nothing_of_it_kept(
    instructor: ApiClient, media: Path, name: str, content: bytes, reason: str
) -> None:
    answer = upload(instructor, name, content)

    assert answer.status_code == 422, answer.content
    problem = instructor.json(answer)
    assert (problem["code"], problem["reason"]) == ("catalog.upload_refused", reason)
    assert nothing_is_kept(media)


def test_other_bytes_than_were_announced_are_refused_and_nothing_of_them_kept(
    instructor: ApiClient, media: Path
) -> None:
    answer = upload(instructor, "sheet.pdf", PDF, sha256="0" * 64)

    problem = instructor.json(answer)
    assert (answer.status_code, problem["code"]) == (422, "catalog.upload_mismatch")
    assert problem["reason"] == "checksum"
    assert nothing_is_kept(media)


@pytest.mark.parametrize("content", [PDF[:-1], PDF + b"\n", b""])
def test_an_address_takes_as_many_bytes_as_were_announced(
    instructor: ApiClient, media: Path, content: bytes
) -> None:
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))

    assert hand_in(instructor, begun["parts"][0]["request"], content) == 422

    assert stored_files(media) == []


def test_an_address_takes_the_announced_type(instructor: ApiClient, media: Path) -> None:
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    request = begun["parts"][0]["request"]

    assert hand_in(instructor, request | {"headers": {"Content-Type": "text/html"}}, PDF) == 422

    assert stored_files(media) == []


def test_an_address_expires_and_cannot_be_made_up_or_changed(instructor: ApiClient, media: Path) -> None:
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    request = begun["parts"][0]["request"]
    url: str = request["url"]

    forged = hand_in(instructor, request | {"url": url[:-3] + ("AA/" if url[-3:] != "AA/" else "BB/")}, PDF)
    other_use = hand_in(instructor, request | {"url": url.replace("/media/incoming/", "/media/")}, PDF)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        late = hand_in(instructor, request, PDF)

    assert (forged, other_use, late) == (404, 405, 410)
    assert stored_files(media) == []


def test_an_upload_that_was_given_up_takes_no_more_bytes(instructor: ApiClient, media: Path) -> None:
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    assert hand_in(instructor, begun["parts"][0]["request"], PDF) == 204

    assert instructor.delete(f"{UPLOADS}{begun['id']}/").status_code == 204

    assert hand_in(instructor, begun["parts"][0]["request"], PDF) == 404
    assert complete(instructor, begun).status_code == 404
    assert nothing_is_kept(media)


def test_completing_before_all_has_arrived_says_what_is_missing_and_loses_nothing(
    instructor: ApiClient, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"UPLOAD_PART_BYTES": 30}
    content = PDF
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", content)))
    first, second, third = begun["parts"]
    assert hand_in(instructor, second["request"], content[30:60]) == 204

    early = complete(instructor, begun)

    assert (early.status_code, instructor.json(early)["code"]) == (409, "catalog.upload_incomplete")
    assert instructor.json(early)["missing_parts"] == [first["number"], third["number"]]
    resumed = instructor.json(instructor.get(f"{UPLOADS}{begun['id']}/"))
    assert [part["request"] is None for part in resumed["parts"]] == [False, True, False]
    send_parts(instructor, resumed, content)
    done = complete(instructor, begun)
    assert done.status_code == 200, done.content
    assert b"".join(get_storage().read(key=MediaFile.objects.get().storage_name)) == content


def test_completing_again_answers_the_same(instructor: ApiClient) -> None:
    first = upload(instructor, "sheet.pdf", PDF)

    again = complete(instructor, instructor.json(first))

    assert (again.status_code, again.content) == (200, first.content)
    assert MediaFile.objects.count() == 1


def test_what_was_completed_is_not_changed_by_its_old_address(instructor: ApiClient) -> None:
    other = PDF.replace(b"Catalog", b"Gatalog")
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    send_parts(instructor, begun, PDF)
    assert complete(instructor, begun).status_code == 200

    assert hand_in(instructor, begun["parts"][0]["request"], other) == 404

    assert b"".join(get_storage().read(key=MediaFile.objects.get().storage_name)) == PDF


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  my   notes .TXT", "my notes.txt"),
        ("a\u200b<c>.txt", "a c.txt"),
        ("Übung 1, 日本.txt", "Übung 1, 日本.txt"),
        ("x" * 300 + ".txt", "x" * 146 + ".txt"),
    ],
)
def test_names_are_made_harmless(instructor: ApiClient, name: str, kept: str) -> None:
    answer = upload(instructor, name, b"text")

    assert instructor.json(answer)["name"] == kept


def test_a_file_beyond_the_limit_is_refused_before_a_byte_is_sent(
    instructor: ApiClient, media: Path, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"MAX_UPLOAD_BYTES": 1000}

    refused = instructor.post(UPLOADS, announced("notes.txt", b"x" * 1001))
    too_many_for_captions = instructor.post(UPLOADS, announced("words.vtt", VTT, size=2 * 1024 * 1024 + 1))

    assert refused.status_code == too_many_for_captions.status_code == 413
    problem = instructor.json(refused)
    assert (problem["code"], problem["max_bytes"]) == ("catalog.upload_too_large", 1000)
    assert nothing_is_kept(media)
    assert upload(instructor, "notes.txt", b"x" * 1000).status_code == 200


def test_more_than_the_quota_is_refused_and_what_is_deleted_makes_room(
    instructor: ApiClient, rival: ApiClient, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"MEDIA_QUOTA_BYTES": 1000}
    kept = instructor.json(upload(instructor, "a.txt", b"x" * 600))
    begun = instructor.json(instructor.post(UPLOADS, announced("b.txt", b"x" * 400)))

    refused = instructor.post(UPLOADS, announced("c.txt", b"x"))

    problem = instructor.json(refused)
    assert (refused.status_code, problem["code"]) == (409, "catalog.media_quota_exceeded")
    assert (problem["max_bytes"], problem["used_bytes"]) == (1000, 1000)
    assert rival.post(UPLOADS, announced("c.txt", b"x")).status_code == 201
    assert instructor.delete(f"{UPLOADS}{begun['id']}/").status_code == 204
    assert instructor.delete(f"{UPLOADS}{kept['id']}/").status_code == 204
    assert upload(instructor, "c.txt", b"x" * 1000).status_code == 200


def test_uploading_takes_an_instructor_and_good_figures(
    instructor: ApiClient, student: ApiClient, admin: ApiClient, api: ApiClient
) -> None:
    good = announced("notes.txt", b"text")

    for bad in ({"size": 0}, {"size": -1}, {"sha256": "abc"}, {"name": ""}, {"content_type": ""}):
        assert instructor.post(UPLOADS, good | bad).status_code == 400
    assert student.post(UPLOADS, good).status_code == 403
    assert api.post(UPLOADS, good).status_code == 401
    assert admin.post(UPLOADS, good).status_code == 201


def test_another_persons_upload_is_not_there(
    instructor: ApiClient, rival: ApiClient, admin: ApiClient
) -> None:
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    kept = instructor.json(upload(instructor, "sheet.pdf", PDF))

    for other in (rival, admin):
        for theirs in (begun, kept):
            path = f"{UPLOADS}{theirs['id']}/"
            assert other.get(path).status_code == 404
            assert other.delete(path).status_code == 404
            assert complete(other, theirs).status_code == 404
    assert instructor.get(f"{UPLOADS}{kept['id']}/").status_code == 200
