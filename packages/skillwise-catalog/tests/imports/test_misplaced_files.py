"""Imports put no file where authors could not: covers are pictures, videos videos, and captions WebVTT."""

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from files import MP4, PDF, VTT, picture, stored_files, zipped
from olx_packages import html, olx, parsed
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import PackageRefusedError
from skillwise_catalog.models import Course
from skillwise_catalog.services.packages import import_course
from skillwise_kernel.ids import new_id

FILES = {"loaf.png": picture("PNG"), "s.pdf": PDF, "a.txt": b"Flour", "a.vtt": VTT, "a.mp4": MP4}
IDS = {name: str(UUID(int=number)) for number, name in enumerate(FILES, start=1)}


def package(**course: Any) -> bytes:
    """One of our own, of all `FILES`."""
    listed = [
        {
            "id": IDS[name],
            "name": name,
            "content_type": "any/thing",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "path": f"files/{name}",
        }
        for name, content in FILES.items()
    ]
    described = {"format": "skillwise.course/1", "title": "Bread"} | course
    manifest = {"format": "skillwise.package/1", "course": described, "files": listed}
    stored = {f"files/{name}": content for name, content in FILES.items()}
    return zipped({"course.json": json.dumps(manifest).encode()} | stored)


def lesson(**members: Any) -> dict[str, Any]:
    """Of a course that has just this one."""
    written = {"id": str(new_id()), "title": "See"} | members
    return {"modules": [{"id": str(new_id()), "title": "Begin", "lessons": [written]}]}


def load(content: bytes) -> UUID | None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    return import_course(content=io.BytesIO(content), owner_id=new_id(), now=now).course_id


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("course", "pointer", "wanted"),
    [
        ({"cover_id": IDS["s.pdf"]}, "/course/cover_id", "a picture: JPEG, PNG or WebP"),
        ({"promo_video_id": IDS["a.txt"]}, "/course/promo_video_id", "a video: MP4, QuickTime or WebM"),
        (
            lesson(kind="video", file_id=IDS["a.txt"]),
            "/course/modules/0/lessons/0/file_id",
            "a video: MP4, QuickTime or WebM",
        ),
        (
            lesson(
                kind="video",
                file_id=IDS["a.mp4"],
                captions=[
                    {"language": "en", "file_id": IDS["a.vtt"]},
                    {"language": "de", "file_id": IDS["a.txt"]},
                ],
            ),
            "/course/modules/0/lessons/0/captions/1/file_id",
            "captions: WebVTT",
        ),
    ],
)
def test_a_package_with_a_file_where_it_cannot_stand_is_refused_with_a_pointer(
    media: Path, course: dict[str, Any], pointer: str, wanted: str
) -> None:
    with pytest.raises(PackageRefusedError) as refused:
        load(package(**course))

    (problem,) = refused.value.fields
    assert refused.value.extra["reason"] == "manifest"
    assert (problem.pointer, problem.code) == (pointer, "catalog.upload_of_wrong_kind")
    assert problem.detail == f"This must be {wanted}."
    assert not Course.objects.exists()
    assert stored_files(media) == []


@pytest.mark.django_db
def test_a_package_with_each_file_in_its_place_is_imported(media: Path) -> None:
    course = lesson(kind="file", file_id=IDS["a.txt"], resources=[{"title": "S", "file_id": IDS["s.pdf"]}])

    load(package(cover_id=IDS["loaf.png"], promo_video_id=IDS["a.mp4"], **course))

    kept = Course.objects.get()
    assert kept.cover
    assert kept.promo_video
    assert (kept.cover.name, kept.promo_video.name, kept.lesson_count) == ("loaf.png", "a.mp4", 1)


def test_a_cover_that_is_no_picture_is_left_out_of_an_open_edx_course() -> None:
    course = parsed(
        olx(
            html("<p>Flour.</p>"),
            **{
                "course/course/2026.xml": '<course display_name="Bread" course_image="s.pdf"/>',
                "course/static/s.pdf": PDF,
            },
        )
    )

    (found,) = (finding for finding in course.notes.left_out if finding.kind == "file")
    assert (course.document.cover_id, course.files) == (None, ())
    assert (found.path, found.reason.value) == ("static/s.pdf", "file_refused")
    assert found.detail == "This must be a picture: JPEG, PNG or WebP."


def test_a_video_whose_file_is_none_is_left_out_of_an_open_edx_course() -> None:
    sources = "[&quot;/static/s.pdf&quot;, &quot;/static/s.pdf&quot;]"
    course = parsed(
        olx(
            f'<video display_name="See" html5_sources="{sources}"/>',
            f'<video display_name="Look" html5_sources="{sources}" youtube_id_1_0="abc"/>',
            html('<a href="/static/s.pdf">The sheet</a>'),
            **{"course/static/s.pdf": PDF},
        )
    )

    look, article = course.document.lessons
    (sheet,) = course.files
    assert (look.title, look.file_id) == ("Look", None)
    assert look.video_url == "https://www.youtube.com/watch?v=abc"
    assert (article.kind, article.article) == (LessonKind.ARTICLE, f"[The sheet](media:{sheet.id})")
    assert [(found.kind, found.reason.value, found.detail) for found in course.notes.left_out] == [
        ("file", "file_refused", "This must be a video: MP4, QuickTime or WebM."),
        ("video", "no_source", ""),
    ]
