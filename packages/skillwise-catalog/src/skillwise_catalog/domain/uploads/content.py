"""Whether a file's bytes are what its name says, and harmless."""

import codecs
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from skillwise_catalog.domain.uploads.archives import examine_tar, examine_zip
from skillwise_catalog.domain.uploads.brands import is_movie, is_quicktime_movie
from skillwise_catalog.domain.uploads.captions import examine_captions
from skillwise_catalog.domain.uploads.drawings import examine_drawing
from skillwise_catalog.domain.uploads.images import examine_image
from skillwise_catalog.domain.uploads.kinds import FileKind
from skillwise_catalog.errors import UploadRefusedError

__all__ = ["HEAD_LENGTH", "Examined", "examine"]

#: How many of a video's first bytes are enough for `examine`.
HEAD_LENGTH: Final = 4096

_ZIP_ENTRY: Final = b"PK\x03\x04"
#: An EPUB's first entry is its media type, stored as it is (EPUB OCF 3.3 §4.3).
_EPUB_AT_30: Final = b"mimetypeapplication/epub+zip"

#: How the first bytes of each type that is not text look.
_SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "application/epub+zip": lambda head: head.startswith(_ZIP_ENTRY) and head[30:58] == _EPUB_AT_30,
    "application/gzip": lambda head: head.startswith(b"\x1f\x8b\x08"),
    "application/pdf": lambda head: head.startswith(b"%PDF-"),
    "application/zip": lambda head: head.startswith(_ZIP_ENTRY),
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    "video/mp4": is_movie,
    "video/quicktime": is_quicktime_movie,
    # EBML (RFC 8794), and Matroska's DocType within its header
    "video/webm": lambda head: head.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in head[:64],
}
_TEXT_CONTROLS: Final = frozenset("\t\n\r\f")
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What an accepted file turned out to be; `width` and `height` in pixels, of an image."""

    content_type: str
    width: int | None = None
    height: int | None = None


def examine(kind: FileKind, content: BinaryIO) -> Examined:
    """Judge `content`, which is sought in, by the kind that its name claims. Of a video the head is enough.

    Raises `UploadRefusedError` whose `extra["reason"]` says what is wrong.
    """
    head = content.read(HEAD_LENGTH)
    content.seek(0)
    if not head:
        raise UploadRefusedError("The file is empty.", extra={"reason": "empty"})
    signature = _SIGNATURES.get(kind.content_type)
    if signature and not signature(head):
        raise _lie(kind.content_type)
    width = height = None
    match kind.form:
        case "image":
            width, height = examine_image(content, content_type=kind.content_type)
        case "zip" | "epub":
            examine_zip(content)
        case "tar":
            examine_tar(content)
        case "svg":
            examine_drawing(_text(content))
        case "captions":
            examine_captions(_text(content))
        case "text":
            for _ in _texts(content):
                pass
    return Examined(content_type=kind.content_type, width=width, height=height)


def _text(content: BinaryIO) -> str:
    return "".join(_texts(content))


def _texts(content: BinaryIO) -> Iterator[str]:
    """The content as text, in pieces. Raises `UploadRefusedError` for what is none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := content.read(_CHUNK):
            yield _printable(decoder.decode(chunk))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _lie("UTF-8 text") from None


def _printable(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in set(text) - _TEXT_CONTROLS):
        raise _lie("UTF-8 text")
    return text


def _lie(claimed: str) -> UploadRefusedError:
    return UploadRefusedError(
        f"By its name the file is {claimed}; by its content it is not.", extra={"reason": "content"}
    )
