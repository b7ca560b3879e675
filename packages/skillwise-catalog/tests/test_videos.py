"""Videos are looked into, and made ready for streaming, where ffprobe and ffmpeg are installed."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from files import upload
from skillwise_catalog.gateways.video import LADDER, rungs_for
from skillwise_catalog.models import Course, Lesson, MediaFile, Rendition
from skillwise_catalog.selectors.media import signed_path
from skillwise_catalog.services.uploads.probing import probe_due, probe_video
from skillwise_catalog.services.uploads.rendering import RENDERING_TIME, render_due
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

needs_ffmpeg = pytest.mark.skipif(
    not (shutil.which("ffmpeg") and shutil.which("ffprobe")), reason="ffmpeg is not installed here"
)


def filmed(folder: Path, name: str, *, size: str = "320x180", seconds: int = 2, sound: bool = True) -> bytes:
    """A video of moving colours and a tone, made by ffmpeg."""
    path = folder / name
    sounds = ["-f", "lavfi", "-i", f"sine=duration={seconds}"] if sound else []
    codecs = ["-c:v", "libvpx", "-c:a", "libvorbis"] if name.endswith("webm") else ["-c:v", "libx264"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc=size={size}:rate=12:duration={seconds}",
         *sounds, *codecs, "-pix_fmt", "yuv420p", "-shortest", str(path)],
        check=True,
    )  # fmt: skip
    return path.read_bytes()


def uploaded(client: ApiClient, name: str, content: bytes) -> MediaFile:
    answer = upload(client, name, content)
    assert answer.status_code == 200, answer.content
    return MediaFile.objects.get(id=client.json(answer)["id"])


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "sound", "codecs"),
    [("a.mp4", True, ("h264", "aac")), ("b.mp4", False, ("h264", "")), ("c.webm", True, ("vp8", "vorbis"))],
)
def test_what_a_video_is_becomes_known(
    instructor: ApiClient, tmp_path: Path, name: str, sound: bool, codecs: tuple[str, str]
) -> None:
    video = uploaded(instructor, name, filmed(tmp_path, name, sound=sound))
    assert video.probe == "pending"

    probe_video(file_id=video.id, now=clock.now())

    known = instructor.json(instructor.get(f"/api/v1/uploads/{video.id}/"))
    assert known["probe"] == "probed"
    assert (known["duration"], known["width"], known["height"]) == (2, 320, 180)
    assert (known["video_codec"], known["audio_codec"] or "") == codecs
    assert known["rendering"] is None


@needs_ffmpeg
def test_a_video_that_only_begins_like_one_is_unreadable_and_stays(instructor: ApiClient) -> None:
    video = uploaded(instructor, "a.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(5000))

    assert probe_due(now=clock.now()) == 1

    video.refresh_from_db()
    assert (video.probe, video.duration) == ("unreadable", None)
    assert probe_due(now=clock.now()) == 0


@needs_ffmpeg
def test_a_playlist_in_disguise_reads_no_other_file(instructor: ApiClient, tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(filmed(tmp_path, "real.mp4"))
    lines = f"ffconcat version 1.0\nfile {tmp_path}/secret.mp4\n".encode()
    video = uploaded(instructor, "a.mp4", b"\x00\x00\x00\x18ftypmp42\n" + lines)

    probe_video(file_id=video.id, now=clock.now())

    video.refresh_from_db()
    assert video.probe == "unreadable"


def test_without_ffprobe_a_video_is_unprobed_and_nothing_fails(
    instructor: ApiClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    video = uploaded(instructor, "a.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(32))
    monkeypatch.setenv("PATH", str(tmp_path))

    probe_video(file_id=video.id, now=clock.now())

    video.refresh_from_db()
    assert (video.probe, video.duration) == ("unprobed", None)


@needs_ffmpeg
def test_a_lesson_that_says_no_duration_gets_its_videos(
    instructor: ApiClient, tmp_path: Path, lesson_with: Callable[..., Lesson]
) -> None:
    video = uploaded(instructor, "a.mp4", filmed(tmp_path, "a.mp4"))
    silent = lesson_with(video.id, kind="video")
    telling = lesson_with(video.id, kind="video", duration=90)

    probe_video(file_id=video.id, now=clock.now())

    silent.refresh_from_db()
    telling.refresh_from_db()
    assert (silent.duration, telling.duration) == (2, 90)
    assert (silent.version, telling.version) == (1, 1)
    course = Course.objects.get(modules__lessons=silent)
    assert (course.duration, course.has_changes) == (2, True)


@needs_ffmpeg
def test_a_lesson_made_of_a_video_that_is_known_takes_as_long(
    instructor: ApiClient, tmp_path: Path, instructor_id: UUID
) -> None:
    video = uploaded(instructor, "a.mp4", filmed(tmp_path, "a.mp4"))
    probe_video(file_id=video.id, now=clock.now())
    course = make_course(owner_id=instructor_id, published=False)
    lessons = f"/api/v1/modules/{outline_of(course.id).modules[0].id}/lessons/"

    made = instructor.post(lessons, {"title": "S", "kind": "video", "upload_id": str(video.id)})
    told = instructor.post(
        lessons, {"title": "T", "kind": "video", "upload_id": str(video.id), "duration": 90}
    )

    assert (instructor.json(made)["duration"], instructor.json(told)["duration"]) == (2, 90)


def test_a_rung_never_enlarges() -> None:
    assert [rung.height for rung in rungs_for(1080)] == [1080, 720, 480, 270]
    assert [rung.height for rung in rungs_for(500)] == [480, 270]
    assert [rung.height for rung in rungs_for(181)] == [180]
    assert LADDER[0].height == 1080


def test_without_the_setting_nothing_is_rendered(instructor: ApiClient) -> None:
    video = uploaded(instructor, "a.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(32))
    probe_video(file_id=video.id, now=clock.now())

    assert render_due(now=clock.now()) is None


@needs_ffmpeg
@pytest.mark.slow
def test_a_video_streams_by_signed_playlists_in_the_heights_that_suit_it(
    instructor: ApiClient, api: ApiClient, tmp_path: Path, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"VIDEO_RENDITIONS": True}
    video = uploaded(instructor, "a.mp4", filmed(tmp_path, "a.mp4", size="854x480", seconds=8))
    probe_video(file_id=video.id, now=clock.now())

    assert render_due(now=clock.now()) == video.id

    known = instructor.json(instructor.get(f"/api/v1/uploads/{video.id}/"))
    assert known["rendering"] == "rendered"
    everything = api.get(known["playlist_url"])
    assert everything["Content-Type"] == "application/vnd.apple.mpegurl"
    variants = re.findall(r"RESOLUTION=(\S+)\n(\S+)", everything.content.decode())
    assert [size for size, _ in variants] == ["854x480", "480x270"]
    for _, link in variants:
        playlist = api.get(link).content.decode()
        assert playlist.startswith("#EXTM3U")
        ranges = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)", playlist)
        assert len(ranges) == 2
        for length, start, segments in ranges:
            last = int(start) + int(length) - 1
            piece = api.get(segments, headers={"Range": f"bytes={start}-{last}"})
            content = b"".join(piece.streaming_content)
            assert (piece.status_code, len(content), content[:1]) == (206, int(length), b"\x47")
    assert render_due(now=clock.now()) is None


@needs_ffmpeg
def test_a_video_that_one_worker_is_at_is_left_alone_until_it_must_have_died(
    instructor: ApiClient, tmp_path: Path, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"VIDEO_RENDITIONS": True}
    video = uploaded(instructor, "a.mp4", filmed(tmp_path, "a.mp4", size="64x48", seconds=1))
    probe_video(file_id=video.id, now=clock.now())
    begun_at = clock.now()
    MediaFile.objects.update(rendering_since=begun_at)

    assert render_due(now=begun_at + timedelta(minutes=1)) is None
    assert render_due(now=begun_at + RENDERING_TIME) == video.id

    assert [(made.width, made.height) for made in Rendition.objects.all()] == [(64, 48)]


@needs_ffmpeg
def test_what_cannot_be_rendered_is_given_up(instructor: ApiClient) -> None:
    video = uploaded(instructor, "a.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(5000))
    MediaFile.objects.update(rendering="pending")

    assert render_due(now=clock.now()) == video.id

    video.refresh_from_db()
    assert (video.rendering, video.renditions.count()) == ("failed", 0)


def test_a_deleted_videos_link_is_dead(instructor: ApiClient, api: ApiClient) -> None:
    video = uploaded(instructor, "a.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(32))

    assert instructor.delete(f"/api/v1/uploads/{video.id}/").status_code == 204

    assert api.get(signed_path(file_id=UUID(str(video.id)))).status_code == 404
