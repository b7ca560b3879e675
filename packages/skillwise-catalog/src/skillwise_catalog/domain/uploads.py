"""Which files are accepted: those whose bytes are what their name says, of a few harmless kinds."""

import codecs
import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from skillwise_catalog.errors import UploadRefusedError

__all__ = ["ACCEPTED_TYPES", "MAX_NAME_LENGTH", "Inspection", "clean_name"]

MAX_NAME_LENGTH: Final = 150

#: The content type of each accepted extension.
ACCEPTED_TYPES: Final[dict[str, str]] = {
    ".csv": "text/csv",
    ".epub": "application/epub+zip",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".md": "text/markdown",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".zip": "application/zip",
}

_ZIP_ENTRY: Final = b"PK\x03\x04"
#: An EPUB's first entry is its media type, stored as it is (EPUB OCF 3.3 §4.3).
_EPUB_AT_30: Final = b"mimetypeapplication/epub+zip"

#: How the first bytes of each kind that is not text look.
_SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "application/epub+zip": lambda head: head.startswith(_ZIP_ENTRY) and head[30:58] == _EPUB_AT_30,
    "application/pdf": lambda head: head.startswith(b"%PDF-"),
    "application/zip": lambda head: head.startswith(_ZIP_ENTRY),
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    "video/mp4": lambda head: head[4:8] == b"ftyp",
}
_HEAD_LENGTH: Final = 64
_TEXT_CONTROLS: Final = frozenset("\t\n\r\f")


def clean_name(name: str) -> str:
    """A file's name without folders, unprintable characters and the ones that file systems give meaning to.

    Raises `UploadRefusedError` when what is left has no extension that is accepted.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    shown = "".join(
        " " if unicodedata.category(character)[0] in "ZC" or character in '<>:"|?*' else character
        for character in PurePosixPath(name).name
    )
    path = PurePosixPath(" ".join(shown.split()).strip(" ."))
    extension = path.suffix.lower()
    if extension not in ACCEPTED_TYPES:
        accepted = ", ".join(extension[1:] for extension in ACCEPTED_TYPES)
        raise UploadRefusedError(
            f"The name must end in one of these extensions: {accepted}.", extra={"reason": "extension"}
        )
    stem = path.stem.rstrip(" .")
    return f"{stem[: MAX_NAME_LENGTH - len(extension)]}{extension}"


class Inspection:
    """Looks at a file's bytes as they come by: `feed` each chunk, then ask for `content_type`."""

    def __init__(self, name: str) -> None:
        self._claimed = ACCEPTED_TYPES[PurePosixPath(name).suffix.lower()]
        self._is_text = self._claimed.startswith("text/")
        self._head = b""
        self._hash = hashlib.sha256()
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.size = 0

    def feed(self, chunk: bytes) -> None:
        """Raises `UploadRefusedError` as soon as a text is none."""
        self.size += len(chunk)
        self._hash.update(chunk)
        if len(self._head) < _HEAD_LENGTH:
            self._head = (self._head + chunk)[:_HEAD_LENGTH]
        if self._is_text:
            self._read(chunk)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def content_type(self) -> str:
        """What the file is. Raises `UploadRefusedError` when that is not what its name says, and for an empty
        one.
        """
        if not self.size:
            raise UploadRefusedError("The file is empty.", extra={"reason": "empty"})
        if self._is_text:
            self._read(b"", final=True)
        elif not _SIGNATURES[self._claimed](self._head):
            raise self._lie()
        return self._claimed

    def _read(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            raise self._lie() from None
        if any(unicodedata.category(character) == "Cc" for character in set(text) - _TEXT_CONTROLS):
            raise self._lie()

    def _lie(self) -> UploadRefusedError:
        kind = "UTF-8 text" if self._is_text else self._claimed
        return UploadRefusedError(
            f"By its name the file is {kind}; by its content it is not.", extra={"reason": "content"}
        )
