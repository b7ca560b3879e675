"""The kinds of file that are accepted, and what a file may be called."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.errors import UploadKindError, UploadRefusedError

__all__ = ["KINDS", "MAX_NAME_LENGTH", "FileKind", "clean_name", "kind_of", "kind_of_type", "misplaced"]

MAX_NAME_LENGTH: Final = 150

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """`max_bytes` of one file; None: as many as of any. `form` is how its content is judged."""

    content_type: str
    form: str
    max_bytes: int | None = None

    @property
    def is_video(self) -> bool:
        return self.form == "video"

    @property
    def is_watched(self) -> bool:
        """Whether players go on asking for it while somebody watches."""
        return self.is_video or self.form == "captions"

    @property
    def is_archive(self) -> bool:
        """Whether a course may come in it."""
        return self.form in {"tar", "zip"}

    @property
    def shows_inline(self) -> bool:
        """Whether a browser may show it in its place; all else is saved. Never what can hold script."""
        return self.is_video or self.form == "image"


_CSV: Final = FileKind(content_type="text/csv", form="text", max_bytes=50 * _MIB)
_GZIP: Final = FileKind(content_type="application/gzip", form="tar", max_bytes=500 * _MIB)
_JPEG: Final = FileKind(content_type="image/jpeg", form="image", max_bytes=20 * _MIB)
_ZIP: Final = FileKind(content_type="application/zip", form="zip", max_bytes=500 * _MIB)

#: By the end of the name.
KINDS: Final[dict[str, FileKind]] = {
    ".csv": _CSV,
    ".epub": FileKind(content_type="application/epub+zip", form="epub", max_bytes=200 * _MIB),
    ".imscc": _ZIP,
    ".jpeg": _JPEG,
    ".jpg": _JPEG,
    ".md": FileKind(content_type="text/markdown", form="text", max_bytes=10 * _MIB),
    ".mov": FileKind(content_type="video/quicktime", form="video"),
    ".mp4": FileKind(content_type="video/mp4", form="video"),
    ".pdf": FileKind(content_type="application/pdf", form="pdf", max_bytes=200 * _MIB),
    ".png": FileKind(content_type="image/png", form="image", max_bytes=20 * _MIB),
    ".svg": FileKind(content_type="image/svg+xml", form="svg", max_bytes=_MIB),
    ".tar.gz": _GZIP,
    ".tgz": _GZIP,
    ".txt": FileKind(content_type="text/plain", form="text", max_bytes=10 * _MIB),
    ".vtt": FileKind(content_type="text/vtt", form="captions", max_bytes=2 * _MIB),
    ".webm": FileKind(content_type="video/webm", form="video"),
    ".webp": FileKind(content_type="image/webp", form="image", max_bytes=20 * _MIB),
    ".zip": _ZIP,
}
_BY_TYPE: Final = {kind.content_type: kind for kind in KINDS.values()}
#: What must stand where only one form may.
_FORMS: Final = {
    "image": "a picture: JPEG, PNG or WebP",
    "video": "a video: MP4, QuickTime or WebM",
    "captions": "captions: WebVTT",
}


def kind_of(name: str) -> FileKind:
    """What the file is by its name, which `clean_name` gave."""
    return KINDS[_extension(name)]


def kind_of_type(content_type: str) -> FileKind:
    """What a file that was accepted is."""
    return _BY_TYPE[content_type]


def misplaced(kind: FileKind, *, form: str, pointer: str = "") -> FieldProblem | None:
    """What is wrong with a file of this kind at `pointer`, where one of `form` must stand; blank is any."""
    if form in {"", kind.form}:
        return None
    return FieldProblem(pointer, UploadKindError.code, f"This must be {_FORMS[form]}.")


def clean_name(name: str) -> str:
    """A file's name without unprintable characters and the ones that file systems give meaning to.

    Raises `UploadRefusedError` for one with folders in it, and when its extension is not accepted.
    """
    name = unicodedata.normalize("NFC", name)
    if "/" in name or "\\" in name:
        raise UploadRefusedError("The name must be a file's, without folders.", extra={"reason": "path"})
    shown = "".join(
        " " if unicodedata.category(character)[0] in "ZC" or character in '<>:"|?*' else character
        for character in name
    )
    shown = " ".join(shown.split()).strip(" .")
    extension = _extension(shown)
    stem = shown[: len(shown) - len(extension)].rstrip(" .")
    if not extension or not stem:
        accepted = ", ".join(extension[1:] for extension in KINDS)
        raise UploadRefusedError(
            f"The name must end in one of these extensions: {accepted}.", extra={"reason": "extension"}
        )
    return f"{stem[: MAX_NAME_LENGTH - len(extension)]}{extension}"


def _extension(name: str) -> str:
    """The longest accepted end of the name, in small letters; empty where there is none."""
    lowered = name.lower()
    return max((end for end in KINDS if lowered.endswith(end)), key=len, default="")
