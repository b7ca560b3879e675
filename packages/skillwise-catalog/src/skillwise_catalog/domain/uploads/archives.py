"""Archives, opened as far as it takes to know that unpacking one is safe."""

import gzip
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

from skillwise_catalog.errors import UploadRefusedError

__all__ = ["MAX_ENTRIES", "MAX_UNPACKED", "examine_tar", "examine_zip"]

#: Of an archive, with all archives in it.
MAX_ENTRIES: Final = 10_000
MAX_UNPACKED: Final = 2 * 1024 * 1024 * 1024
#: How many times its size an archive may become; small ones may anyway.
MAX_RATIO: Final = 100
SMALL: Final = 16 * 1024 * 1024
#: An archive, one in it, and a document of a kind that is a zip itself in that.
MAX_DEPTH: Final = 3

_ENCRYPTED: Final = 0x1
_IN_MEMORY: Final = 4 * 1024 * 1024
_CHUNK: Final = 256 * 1024


class _Budget:
    """What unpacking may still cost, of all that is nested in one upload."""

    def __init__(self, packed: int) -> None:
        self._entries = MAX_ENTRIES
        self._bytes = min(MAX_UNPACKED, max(packed * MAX_RATIO, SMALL))

    def spend(self, *, entries: int = 0, unpacked: int = 0) -> None:
        self._entries -= entries
        self._bytes -= unpacked
        if self._entries < 0:
            raise _bomb(f"An archive may hold at most {MAX_ENTRIES:,} entries.")
        if self._bytes < 0:
            raise _bomb("Unpacked, the archive would be far larger than an honest one.")


def examine_zip(content: BinaryIO) -> None:
    """Raises `UploadRefusedError` for a zip that is damaged or encrypted, that would unpack to too much, too
    many or too deep, or write outside of the folder that it is unpacked in.

    Sizes are those that the directory states: Python's reader, and any that checks, reads no further.
    """
    with _reported():
        _walk_zip(content, _Budget(_size(content)), depth=1)


def examine_tar(content: BinaryIO) -> None:
    """The same of a tar within gzip, which is read to its end."""
    with _reported():
        _walk_tar(content, _Budget(_size(content)), depth=1)


def _walk_zip(content: IO[bytes], budget: _Budget, *, depth: int) -> None:
    _check_depth(depth)
    with zipfile.ZipFile(content) as archive:
        for entry in archive.infolist():
            budget.spend(entries=1, unpacked=entry.file_size)
            _check_path(entry.filename)
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise _outside(entry.filename)
            if entry.flag_bits & _ENCRYPTED:
                raise UploadRefusedError("The archive is encrypted.", extra={"reason": "encrypted"})
            if not entry.is_dir():
                with archive.open(entry) as inner:
                    _walk_inner(inner, budget, depth=depth)


class _Metered:
    """Reads what gzip unpacks, within the budget."""

    def __init__(self, packed: IO[bytes], budget: _Budget) -> None:
        self._unpacked = gzip.GzipFile(fileobj=packed, mode="rb")
        self._budget = budget

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._unpacked.read(_CHUNK if size < 0 else size)
        self._budget.spend(unpacked=len(chunk))
        return chunk


def _walk_tar(content: IO[bytes], budget: _Budget, *, depth: int) -> None:
    _check_depth(depth)
    metered = _Metered(content, budget)
    found = False
    with tarfile.open(fileobj=cast("IO[bytes]", metered), mode="r|") as archive:
        for entry in archive:
            found = True
            budget.spend(entries=1)
            _check_path(entry.name)
            if not (entry.isreg() or entry.isdir()):
                raise _outside(entry.name)
            if entry.isreg() and (inner := archive.extractfile(entry)) is not None:
                _walk_inner(inner, budget, depth=depth)
    if not found:
        raise tarfile.ReadError
    # what stands behind the tar's end is unpacked by others too
    while metered.read(_CHUNK):
        pass


def _walk_inner(inner: IO[bytes], budget: _Budget, *, depth: int) -> None:
    """An entry that is an archive itself, whatever it is called, is walked as well."""
    head = inner.read(4)
    if not head.startswith((b"PK\x03\x04", b"\x1f\x8b\x08")):
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        copy.write(head)
        while chunk := inner.read(_CHUNK):
            copy.write(chunk)
        copy.seek(0)
        if head.startswith(b"PK"):
            _walk_zip(copy, budget, depth=depth + 1)
        else:
            _walk_gzip(copy, budget, depth=depth + 1)


def _walk_gzip(content: IO[bytes], budget: _Budget, *, depth: int) -> None:
    """A gzip within an archive: a tar, or any one file."""
    _check_depth(depth)
    try:
        _walk_tar(content, budget, depth=depth)
    except tarfile.ReadError:
        content.seek(0)
        metered = _Metered(content, budget)
        while metered.read(_CHUNK):
            pass


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UploadRefusedError("There are archives in archives in archives.", extra={"reason": "bomb"})


def _check_path(name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    drive = len(name) > 1 and name[1] == ":"
    if path.is_absolute() or drive or ".." in path.parts or "\x00" in name:
        raise _outside(name)


def _size(content: BinaryIO) -> int:
    size = content.seek(0, 2)
    content.seek(0)
    return size


@contextmanager
def _reported() -> Iterator[None]:
    """What the readers raise at damage, as a refusal."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        UnicodeDecodeError,
        ValueError,
        OverflowError,
        RuntimeError,
    ):
        raise UploadRefusedError(
            "The archive is damaged, or packed in a way that cannot be read.", extra={"reason": "damaged"}
        ) from None


def _outside(name: str) -> UploadRefusedError:
    return UploadRefusedError(
        f"The archive's entry {name[:200]!r} leads out of the folder that it is unpacked in.",
        extra={"reason": "path"},
    )


def _bomb(detail: str) -> UploadRefusedError:
    return UploadRefusedError(detail, extra={"reason": "bomb"})
