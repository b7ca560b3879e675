"""Videos are looked into, and made ready for streaming, where ffprobe and ffmpeg are installed."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from files import VTT, upload
from skillwise_catalog.gateways.video import LADDER, rungs_for
from skillwise_catalog.models import Course, Lesson, MediaFile, Rendition
from skillwise_catalog.selectors.media import VIDEO_LINK_LIFETIME, signed_path
from skillwise_catalog.services.uploads.probing import probe_due, probe_video
from skillwise_catalog.services.uploads.rendering import RENDERING_TIME, render_due
from skillwise_catalog.testing import make_course, make_rendered_video, outline_of
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
    [
        ("a.mp4", True, ("h264", "aac")),
        ("b.mp4", False, ("h264", "")),
        ("c.webm", True, ("vp8", "vorbis")),
        ("IMG_0042.MOV", True, ("h264", "aac")),
    ],
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


def lesson_of(
    client: ApiClient, owner_id: UUID, video_id: UUID, captions: dict[str, bytes]
) -> dict[str, Any]:
    """A lesson of the video with captions, by their languages."""
    outline = outline_of(make_course(owner_id=owner_id, published=False).id)
    named = [
        {"language": language, "upload_id": str(uploaded(client, f"{language}.vtt", content).id)}
        for language, content in captions.items()
    ]
    lesson = {"title": "Feeding", "kind": "video", "upload_id": str(video_id), "captions": named}
    made = client.post(f"/api/v1/modules/{outline.modules[0].id}/lessons/", lesson)
    assert made.status_code == 201, made.content
    answer: dict[str, Any] = client.json(made)
    return answer


def attributes(line: str) -> dict[str, str]:
    """Of a tag (RFC 8216 §4.2)."""
    return {name: value.strip('"') for name, value in re.findall(r'([A-Z-]+)=("[^"]*"|[^",]+)', line)}


def test_a_lessons_captions_are_in_its_playlist_whole_by_links_that_expire(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    video_id = make_rendered_video(owner_id=instructor_id)
    Rendition.objects.update(playlist="#EXTM3U\n#EXTINF:6.000,\nsegments\n#EXTINF:2.500,\nsegments\n")
    other = VTT.replace(b"Flour", b"Mehl")
    lesson = lesson_of(instructor, instructor_id, video_id, {"en": VTT, "de-CH": other})

    lines = api.get(lesson["playlist_url"]).content.decode().splitlines()

    tags = [attributes(line) for line in lines if line.startswith("#EXT-X-MEDIA:")]
    assert [(tag["TYPE"], tag["LANGUAGE"], tag["NAME"]) for tag in tags] == [
        ("SUBTITLES", "de-CH", "de-CH"),
        ("SUBTITLES", "en", "en"),
    ]
    streams = [attributes(line) for line in lines if line.startswith("#EXT-X-STREAM-INF:")]
    assert {stream["SUBTITLES"] for stream in streams} == {tag["GROUP-ID"] for tag in tags}
    for tag, content in zip(tags, (other, VTT), strict=True):
        playlist = api.get(tag["URI"])
        assert (playlist["Content-Type"], playlist["Cache-Control"]) == (
            "application/vnd.apple.mpegurl",
            "no-store",
        )
        told = playlist.content.decode().splitlines()
        assert told[2:5] == ["#EXT-X-TARGETDURATION:9", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXTINF:8.500,"]
        whole = api.get(told[5])
        assert (b"".join(whole.streaming_content), whole["Content-Type"]) == (content, "text/vtt")
        assert told[6:] == ["#EXT-X-ENDLIST"]
        with time_machine.travel(clock.now() + VIDEO_LINK_LIFETIME - timedelta(minutes=1)):
            assert b"".join(api.get(told[5]).streaming_content) == content
            assert api.get(tag["URI"]).status_code == 200
        with time_machine.travel(clock.now() + VIDEO_LINK_LIFETIME + timedelta(minutes=1)):
            assert (api.get(tag["URI"]).status_code, api.get(told[5]).status_code) == (410, 410)
        assert api.get(tag["URI"].replace("/captions/", "/captions/x")).status_code == 404


def test_a_video_without_captions_and_the_file_by_itself_name_none(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    video_id = make_rendered_video(owner_id=instructor_id)
    lesson_of(instructor, instructor_id, video_id, {"en": VTT})
    bare = lesson_of(instructor, instructor_id, video_id, {})
    file = instructor.json(instructor.get(f"/api/v1/uploads/{video_id}/"))

    for playlist in (bare["playlist_url"], file["playlist_url"]):
        assert "SUBTITLES" not in api.get(playlist).content.decode()


@needs_ffmpeg
@pytest.mark.slow
def test_players_find_captions_in_a_phones_video_and_show_them_in_time(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID, tmp_path: Path, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"VIDEO_RENDITIONS": True}
    video = uploaded(instructor, "IMG_1.MOV", filmed(tmp_path, "IMG_1.MOV", size="64x48", seconds=5))
    probe_video(file_id=video.id, now=clock.now())
    assert render_due(now=clock.now()) == video.id
    lesson = lesson_of(instructor, instructor_id, video.id, {"en": VTT})

    playlist = kept(api, lesson["playlist_url"], tmp_path / "all.m3u8")

    # ffmpeg's player of playlists passes over subtitles before its version 7
    streams = streams_in(playlist) | streams_in(*tmp_path.glob("*-*.vtt"))
    assert {"audio", "subtitle", "video"} == set(streams)
    assert streams["subtitle"]["codec_name"] == "webvtt"
    assert float(streams["video"]["start_time"]) < 0.5


def streams_in(path: Path) -> dict[str, dict[str, Any]]:
    """What ffprobe says of each, by its type."""
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return {stream["codec_type"]: stream for stream in json.loads(told)["streams"]}


def kept(client: ApiClient, address: str, path: Path) -> Path:
    """What is at the address, with all that it links to, as files."""
    answer = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"#EXTM3U"):
        text = content.decode()
        for number, link in enumerate(sorted(set(re.findall(r'/api/v1/media/[^"\s]+', text)))):
            end = {"captions": "m3u8", "renditions": "m3u8", "segments": "ts"}.get(link.split("/")[4], "vtt")
            part = kept(client, link, path.with_name(f"{path.stem}-{number}.{end}"))
            text = text.replace(link, part.name)
        content = text.encode()
    path.write_bytes(content)
    return path


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
