"""Transcripts of other systems as WebVTT."""

import html
import json
import re
from collections.abc import Iterable
from typing import Final

__all__ = ["sjson_as_webvtt", "srt_as_webvtt"]

_TIMING: Final = re.compile(
    r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
)
_TAG: Final = re.compile(r"</?[a-z][^>]*>|\{\\[^}]*\}", re.IGNORECASE)

#: From and to, in milliseconds, and what is said.
Cue = tuple[int, int, str]


def srt_as_webvtt(content: bytes) -> str | None:
    """SubRip captions; None for what is none."""
    cues = []
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    for block in re.split(r"\n[ \t]*\n", text):
        timing = _TIMING.search(block)
        if timing:
            said = block[timing.end() :].strip()
            cues.append((_time(*timing.groups()[:4]), _time(*timing.groups()[4:]), html.unescape(said)))
    return _webvtt(cues)


def sjson_as_webvtt(content: bytes) -> str | None:
    """Open edX's own JSON of `start` and `end` (milliseconds) and `text`; None for what is none."""
    try:
        written = json.loads(content)
        cues = [
            (int(start), int(end), html.unescape(str(said)))
            for start, end, said in zip(written["start"], written["end"], written["text"], strict=True)
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return _webvtt(cues)


def _webvtt(cues: Iterable[Cue]) -> str | None:
    """In order of their beginnings, without those that last no time or say nothing."""
    said = [(start, end, _lines(text)) for start, end, text in sorted(cues) if end > start >= 0]
    blocks = [f"{_stamp(start)} --> {_stamp(end)}\n{lines}\n" for start, end, lines in said if lines]
    return "\n".join(["WEBVTT\n", *blocks]) if blocks else None


def _lines(text: str) -> str:
    """What a cue says, without markup of other formats or an empty line, which would end it."""
    plain = _TAG.sub("", text).replace("-->", "→")
    lines = (" ".join(line.split()) for line in plain.splitlines())
    return html.escape("\n".join(line for line in lines if line), quote=False)


def _time(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _stamp(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"
