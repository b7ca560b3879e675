"""What ffprobe and ffmpeg know of videos, where they are installed. Files come from strangers: each run is
given a local file, the one demuxer of its type, no network, and a time limit.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = [
    "LADDER",
    "MadeRendition",
    "Rung",
    "VideoFacts",
    "VideoToolMissingError",
    "VideoUnreadableError",
    "has_ffmpeg",
    "make_rendition",
    "probe",
    "rungs_for",
]

#: ffmpeg's names of the demuxers.
_DEMUXERS: Final = {"video/mp4": "mov", "video/quicktime": "mov", "video/webm": "matroska"}
_PROBE_SECONDS: Final = 60
#: A rendition may take so many times as long as it plays, and never less than the least.
_RENDITION_FACTOR: Final = 10
_RENDITION_LEAST_SECONDS: Final = 300
_SEGMENT_SECONDS: Final = 6
#: What the playlist calls the file that holds all segments.
_SEGMENTS: Final = "segments"


class VideoToolMissingError(Exception):
    """The program is not installed here."""


class VideoUnreadableError(Exception):
    """The program cannot make anything of the file, or not in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """Seconds; pixels; codecs as ffprobe names them, `audio_codec` empty for a silent one."""

    duration: float
    width: int
    height: int
    video_codec: str
    audio_codec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A height in pixels, and the most bits a second for the picture."""

    height: int
    bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRendition:
    """One file of segments, and its playlist, which calls it `segments`."""

    segments: Path
    playlist: str
    width: int
    height: int
    bandwidth: int


#: From the greatest; after Apple's HLS authoring specification, whose names for these heights it keeps.
LADDER: Final = (
    Rung(height=1080, bits=5_000_000),
    Rung(height=720, bits=2_800_000),
    Rung(height=480, bits=1_400_000),
    Rung(height=270, bits=500_000),
)
_AUDIO_BITS: Final = 128_000


def has_ffmpeg() -> bool:
    return shutil.which("ffmpeg") is not None


def rungs_for(height: int) -> list[Rung]:
    """Those that do not enlarge a video of this height; at least one."""
    return [rung for rung in LADDER if rung.height <= height] or [
        Rung(height=max(height // 2 * 2, 2), bits=LADDER[-1].bits)
    ]


def probe(path: Path, *, content_type: str) -> VideoFacts:
    """Raises `VideoToolMissingError` and `VideoUnreadableError`."""
    answer = _run(
        "ffprobe",
        *_input(path, content_type),
        "-print_format", "json", "-show_format", "-show_streams",
        seconds=_PROBE_SECONDS,
    )  # fmt: skip
    try:
        return _facts(json.loads(answer))
    except (KeyError, ValueError, StopIteration):
        raise VideoUnreadableError("It has no picture, or no duration.") from None


def make_rendition(
    path: Path, *, content_type: str, facts: VideoFacts, rung: Rung, into: Path
) -> MadeRendition:
    """The video in H.264 and AAC in one MPEG-TS file of six-second segments, in the folder `into`.

    Raises `VideoToolMissingError` and `VideoUnreadableError`.
    """
    segments, playlist = into / _SEGMENTS, into / "playlist.m3u8"
    _run(
        "ffmpeg", "-nostdin", "-y",
        *_input(path, content_type),
        "-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1",
        "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt", "yuv420p",
        "-vf", f"scale=-2:{rung.height}",
        "-crf", "23", "-maxrate", str(rung.bits), "-bufsize", str(2 * rung.bits),
        "-force_key_frames", f"expr:gte(t,n_forced*{_SEGMENT_SECONDS})",
        "-c:a", "aac", "-b:a", str(_AUDIO_BITS), "-ac", "2",
        # time begins at 0, as in WebVTT: MPEG-TS would begin at 1.4 seconds, and captions come so much early
        "-muxdelay", "0", "-muxpreload", "0",
        "-f", "hls", "-hls_time", str(_SEGMENT_SECONDS), "-hls_playlist_type", "vod",
        "-hls_flags", "single_file", "-hls_segment_filename", str(segments),
        str(playlist),
        seconds=max(_RENDITION_LEAST_SECONDS, _RENDITION_FACTOR * facts.duration),
    )  # fmt: skip
    return MadeRendition(
        segments=segments,
        playlist=playlist.read_text(),
        width=2 * round(facts.width * rung.height / facts.height / 2),
        height=rung.height,
        bandwidth=rung.bits + _AUDIO_BITS,
    )


def _input(path: Path, content_type: str) -> list[str]:
    return [
        "-v", "error", "-protocol_whitelist", "file", "-f", _DEMUXERS[content_type], "-i", f"file:{path}",
    ]  # fmt: skip


def _run(program: str, *arguments: str, seconds: float) -> str:
    """What it prints."""
    found = shutil.which(program)
    if found is None:
        raise VideoToolMissingError(program)
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and paths that begin with file:
            [found, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=True,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise VideoUnreadableError(f"{program} was not done after {seconds:.0f} seconds.") from None
    except subprocess.CalledProcessError as error:
        raise VideoUnreadableError(f"{program}: {error.stderr[-500:]}") from None
    return done.stdout


def _facts(answer: dict[str, Any]) -> VideoFacts:
    video = next(stream for stream in answer["streams"] if stream["codec_type"] == "video")
    sounds = (stream["codec_name"] for stream in answer["streams"] if stream["codec_type"] == "audio")
    width, height = int(video["width"]), int(video["height"])
    if not (width and height):
        raise ValueError("no picture")
    if any(abs(int(data.get("rotation", 0))) % 180 for data in video.get("side_data_list", ())):
        width, height = height, width
    return VideoFacts(
        duration=float(answer["format"]["duration"]),
        width=width,
        height=height,
        video_codec=video["codec_name"],
        audio_codec=next(sounds, ""),
    )
