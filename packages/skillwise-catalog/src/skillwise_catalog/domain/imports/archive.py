"""A package's files, unpacked where their names lead nowhere.

Each entry becomes a numbered file of a temporary folder, known by the path that the archive gives it: nothing
that an archive says names a place on this machine.
"""

import gzip
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final, cast

from skillwise_catalog.errors import PackageRefusedError

__all__ = ["MAX_ENTRIES", "Archive", "unpacked"]

MAX_ENTRIES: Final = 10_000
_MAX_UNPACKED: Final = 2 * 1024**3
#: How many times its size a package may become; small ones may anyway.
_MAX_RATIO: Final = 100
_SMALL: Final = 16 * 1024**2
#: What a tar may say about one of its entries: its name, mostly.
_MAX_HEADER: Final = 256 * 1024
_MAX_PATH: Final = 1024
_ENCRYPTED: Final = 0x1
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True)
class Archive:
    """The regular files of a package by their path, as `static/loaf.png`."""

    files: Mapping[str, Path]

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def open(self, path: str) -> BinaryIO:
        return self.files[path].open("rb")

    def read(self, path: str, *, max_bytes: int) -> bytes:
        """All of a file. Raises `PackageRefusedError` for one of more than `max_bytes`."""
        if self.size(path) > max_bytes:
            raise PackageRefusedError(
                f"{path} may have at most {max_bytes:,} bytes.", extra={"reason": "too_large", "path": path}
            )
        return self.files[path].read_bytes()

    def size(self, path: str) -> int:
        """Bytes."""
        return self.files[path].stat().st_size

    def below(self, folder: str) -> "Archive":
        """What stands in `folder`, by its path from there. The empty folder is the whole."""
        start = f"{folder}/" if folder else ""
        return Archive(
            {path.removeprefix(start): file for path, file in self.files.items() if path.startswith(start)}
        )


@contextmanager
def unpacked(content: BinaryIO) -> Iterator[Archive]:
    """The archive, a zip or a tar within gzip, for as long as the context lasts.

    Raises `PackageRefusedError`, whose reason is `not_an_archive`, `damaged`, `encrypted`, `outside` (a path
    that leads out of the folder), `link` (or a device), `name` (no UTF-8, unprintable or too long),
    `duplicate` (two files of one path) or `bomb` (more than `MAX_ENTRIES` entries or too many bytes).
    """
    with tempfile.TemporaryDirectory(prefix="skillwise-package-") as folder:
        unpacking = _Unpacking(Path(folder), size=content.seek(0, 2))
        content.seek(0)
        head = content.read(4)
        content.seek(0)
        with _refusing_damage():
            if head.startswith(b"PK"):
                _unpack_zip(content, unpacking)
            elif head.startswith(b"\x1f\x8b"):
                _unpack_tar(content, unpacking)
            else:
                raise _refused("not_an_archive", "The file is neither a zip nor a tar.gz.")
        yield Archive(unpacking.files)


@dataclass
class _Unpacking:
    folder: Path
    size: int
    files: dict[str, Path] = field(default_factory=dict)
    _entries: int = 0
    _written: int = 0

    def count(self) -> None:
        """An entry, whatever it is."""
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            raise _refused("bomb", f"A package may hold at most {MAX_ENTRIES:,} entries.")

    def weigh(self, unpacked_bytes: int) -> None:
        self._written += unpacked_bytes
        if self._written > min(_MAX_UNPACKED, max(self.size * _MAX_RATIO, _SMALL)):
            raise _refused("bomb", "Unpacked, the package would be far larger than an honest one.")

    def keep(self, name: str, source: IO[bytes]) -> None:
        path = _path_of(name)
        if path in self.files:
            raise _refused("duplicate", f"The package holds {path!r} twice.")
        file = self.folder / str(len(self.files))
        with file.open("wb") as copy:
            while chunk := source.read(_CHUNK):
                copy.write(chunk)
        self.files[path] = file


class _Weighed:
    """What another reader yields, on the scales; `allowed` is how much of it may come before it is set again.

    tarfile reads what a header claims to need into memory: so much as that is for us to say.
    """

    def __init__(self, source: IO[bytes], unpacking: _Unpacking) -> None:
        self._source = source
        self._unpacking = unpacking
        self.allowed = _MAX_HEADER

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._source.read(_CHUNK if size < 0 else size)
        self._unpacking.weigh(len(chunk))
        self.allowed -= len(chunk)
        if self.allowed < 0:
            raise _refused("bomb", "An entry's header is far longer than an honest one.")
        return chunk


def _unpack_zip(content: BinaryIO, unpacking: _Unpacking) -> None:
    with zipfile.ZipFile(content) as archive:
        for entry in archive.infolist():
            unpacking.count()
            unpacking.weigh(entry.file_size)
            _path_of(entry.filename)
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise _link(entry.filename)
            if entry.flag_bits & _ENCRYPTED:
                raise _refused("encrypted", "The package is encrypted.")
            if not entry.is_dir():
                with archive.open(entry) as source:  # reads `file_size` bytes at most
                    unpacking.keep(entry.filename, source)


def _unpack_tar(content: BinaryIO, unpacking: _Unpacking) -> None:
    weighed = _Weighed(cast("IO[bytes]", gzip.GzipFile(fileobj=content, mode="rb")), unpacking)
    with tarfile.open(fileobj=cast("IO[bytes]", weighed), mode="r|", encoding="utf-8") as archive:
        while (entry := archive.next()) is not None:
            unpacking.count()
            _path_of(entry.name)
            if not (entry.isreg() or entry.isdir()):
                raise _link(entry.name)
            weighed.allowed = entry.size + _MAX_HEADER
            if entry.isreg() and (source := archive.extractfile(entry)) is not None:
                unpacking.keep(entry.name, source)
            weighed.allowed = _MAX_HEADER
    weighed.allowed = max(unpacking.size * _MAX_RATIO, _SMALL)
    while weighed.read(_CHUNK):  # what stands behind the tar's end: gzip's own checksum is there
        pass


def _path_of(name: str) -> str:
    """A path within the package, without the `./` that it may begin with."""
    if len(name) > _MAX_PATH or any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise _refused("name", f"The package holds a file of the bad name {name[:200]!r}.")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name[1:2] == ":":
        raise _refused("outside", f"The package's file {name[:200]!r} leads out of its folder.")
    return unicodedata.normalize("NFC", str(path))


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """What the readers raise at damage, as a refusal."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        gzip.BadGzipFile,
        NotImplementedError,
        UnicodeDecodeError,
        ValueError,
        OverflowError,
        RuntimeError,
    ):
        raise _refused("damaged", "The package is damaged, or packed in a way that cannot be read.") from None


def _link(name: str) -> PackageRefusedError:
    return _refused("link", f"The package's entry {name[:200]!r} is a link or a device.")


def _refused(reason: str, detail: str) -> PackageRefusedError:
    return PackageRefusedError(detail, extra={"reason": reason})
