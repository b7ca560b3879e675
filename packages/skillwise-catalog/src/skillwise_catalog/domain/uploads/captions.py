"""Captions, as WebVTT (https://www.w3.org/TR/webvtt1/) says that authors write them."""

import re
from typing import Final, NoReturn

from skillwise_catalog.errors import UploadRefusedError

__all__ = ["examine_captions"]

_TIME: Final = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING: Final = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S+:\S+)*[ \t]*")
_SIGNATURE: Final = re.compile(r"WEBVTT(?:[ \t].*)?")
_NOT_CUES: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")


def examine_captions(text: str) -> None:
    """Raises `UploadRefusedError`, naming the line, unless a player would show all of it: the signature, at
    least one cue, each with good times, in order. Players pass over a bad cue in silence; the author should
    hear of it instead.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not _SIGNATURE.fullmatch(lines[0]):
        _refuse(1, "captions begin with WEBVTT")
    header_end = lines.index("") if "" in lines else len(lines)
    for number, line in enumerate(lines[:header_end], start=1):
        if "-->" in line:
            _refuse(number, "an empty line is missing before the first cue")
    latest = -1
    for number, block in _blocks(lines, header_end):
        if not _NOT_CUES.fullmatch(block[0]) or "-->" in block[0]:
            latest = _examine_cue(number, block, not_before=latest)
        elif any("-->" in line for line in block):
            _refuse(number, "an empty line is missing before a cue")
    if latest < 0:
        _refuse(len(lines), "there is no cue")


def _blocks(lines: list[str], start: int) -> list[tuple[int, list[str]]]:
    """Each run of lines that are not empty, with the number of its first."""
    blocks: list[tuple[int, list[str]]] = []
    open_block = False
    for number, line in enumerate(lines[start:], start=start + 1):
        if line and open_block:
            blocks[-1][1].append(line)
        elif line:
            blocks.append((number, [line]))
        open_block = bool(line)
    return blocks


def _examine_cue(number: int, block: list[str], *, not_before: int) -> int:
    """When the cue starts, in milliseconds."""
    at = 0 if "-->" in block[0] else 1
    if at == len(block):
        _refuse(number, "this is no cue: it has no times")
    timing = _TIMING.fullmatch(block[at])
    if timing is None:
        _refuse(number + at, "times are written as 00:00:01.000 --> 00:00:04.000")
    start, end = _milliseconds(*timing.groups()[:4]), _milliseconds(*timing.groups()[4:])
    if end <= start:
        _refuse(number + at, "the cue ends before it starts")
    if start < not_before:
        _refuse(number + at, "the cue starts before the one above it")
    for offset, line in enumerate(block[at + 1 :], start=at + 1):
        if "-->" in line:
            _refuse(number + offset, "an empty line is missing before a cue")
    return start


def _milliseconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


def _refuse(number: int, why: str) -> NoReturn:
    raise UploadRefusedError(f"Line {number}: {why}.", extra={"reason": "captions", "line": number})
