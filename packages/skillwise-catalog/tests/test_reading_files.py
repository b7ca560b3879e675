"""Files are read by links that expire, whole or a range of them."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from files import MOV, MP4, PDF, SVG, picture, stored_files, upload
from skillwise_catalog.selectors.media import signed_path
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(instructor: ApiClient) -> str:
    """A good link to a PDF."""
    kept = instructor.json(upload(instructor, "Übung „eins“.pdf", PDF))
    return signed_path(file_id=UUID(kept["id"]))


def test_a_file_is_read_by_its_link(api: ApiClient, link: str) -> None:
    answer = api.get(link)

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(PDF))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%9Cbung%20%E2%80%9Eeins%E2%80%9C.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, max-age=600"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    answer.close()


def test_a_head_request_tells_what_a_get_would_send(api: ApiClient, link: str) -> None:
    answer = api.head(link)

    assert (answer.status_code, answer["Content-Length"], answer["Content-Type"]) == (
        200,
        str(len(PDF)),
        "application/pdf",
    )
    assert b"".join(answer) == b""


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=5-", 5, len(PDF)),
        ("bytes=-6", len(PDF) - 6, len(PDF)),
        ("bytes=3-9999", 3, len(PDF)),
    ],
)
def test_a_range_of_a_file_is_sent(api: ApiClient, link: str, asked: str, start: int, end: int) -> None:
    answer = api.get(link, headers={"Range": asked})

    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(PDF)}"
    assert answer["Content-Length"] == str(end - start)
    assert b"".join(answer.streaming_content) == PDF[start:end]
    answer.close()


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes=a-b"])
def test_what_is_no_single_range_is_answered_with_the_whole(api: ApiClient, link: str, asked: str) -> None:
    answer = api.get(link, headers={"Range": asked})

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    answer.close()


def test_a_range_beyond_the_end_is_refused(api: ApiClient, link: str) -> None:
    answer = api.get(link, headers={"Range": f"bytes={len(PDF)}-"})

    assert (answer.status_code, api.json(answer)["code"]) == (416, "catalog.range_not_satisfiable")


def test_a_range_of_what_has_changed_since_is_answered_with_the_whole(api: ApiClient, link: str) -> None:
    tag = api.head(link)["ETag"]

    same = api.get(link, headers={"Range": "bytes=0-3", "If-Range": tag})
    other = api.get(link, headers={"Range": "bytes=0-3", "If-Range": '"other"'})

    assert (same.status_code, other.status_code) == (206, 200)
    for answer in (same, other):
        answer.close()


def test_pictures_and_videos_are_shown_and_drawings_saved(instructor: ApiClient, api: ApiClient) -> None:
    shown = {}
    for name, content in (("a.png", picture("PNG")), ("a.mp4", MP4), ("a.mov", MOV), ("a.svg", SVG)):
        kept = instructor.json(upload(instructor, name, content))
        answer = api.head(signed_path(file_id=UUID(kept["id"])))
        shown[name] = answer["Content-Disposition"].partition(";")[0]

    assert shown == {"a.png": "inline", "a.mp4": "inline", "a.mov": "inline", "a.svg": "attachment"}


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
        in_time = api.head(link)
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=10), tick=False):
        late = api.get(link)

    assert (forged.status_code, api.json(forged)["code"]) == (404, "catalog.media_not_found")
    assert in_time.status_code == 200
    assert (late.status_code, api.json(late)["code"]) == (410, "catalog.media_link_expired")


def test_a_videos_link_lasts_as_long_as_somebody_watches(instructor: ApiClient, api: ApiClient) -> None:
    video = signed_path(file_id=UUID(instructor.json(upload(instructor, "a.mp4", MP4))["id"]))

    with time_machine.travel(clock.now() + timedelta(hours=3, minutes=59), tick=False):
        in_time = api.head(video)
    with time_machine.travel(clock.now() + timedelta(hours=4, minutes=1), tick=False):
        late = api.head(video)

    assert (in_time.status_code, late.status_code) == (200, 410)


def test_reading_links_lead_to_no_other_use(api: ApiClient, link: str) -> None:
    for other in ("playlists", "renditions", "segments"):
        assert api.get(link.replace("/media/", f"/media/{other}/")).status_code == 404
    assert api.get(f"/api/v1/media/{new_id().hex}/").status_code == 404
