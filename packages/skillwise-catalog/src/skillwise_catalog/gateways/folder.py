"""Files in a folder, `MEDIA_ROOT`, handed in and out by our own endpoints.

Every write is to a new file that then takes its name: a name has all of its bytes or is not there, and a file
once named never changes.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Self

from django.conf import settings
from django.core import signing
from django.urls import reverse

from skillwise_catalog.gateways.port import ByteRange, ContentMissingError, Part, UploadTarget

__all__ = ["STORAGE", "FolderStorage", "Handover", "read_handover"]

_CHUNK: Final = 256 * 1024
_SALT: Final = "skillwise_catalog.media.put"
_PART_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a signed address lets its holder hand in: `size` bytes of `content_type`, at `key`."""

    key: str
    size: int
    content_type: str


def read_handover(token: str) -> Handover:
    """What we signed. Raises Django's `SignatureExpired` and `BadSignature`."""
    fields: dict[str, Any] = signing.loads(token, salt=_SALT)
    signing.loads(token, salt=_SALT, max_age=fields["l"])
    return Handover(key=fields["k"], size=fields["s"], content_type=fields["t"])


class FolderStorage:
    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def from_settings(cls) -> Self:
        return cls(Path(settings.MEDIA_ROOT))

    def whole_target(
        self, *, key: str, size: int, content_type: str, sha256: str, lifetime: timedelta
    ) -> UploadTarget:
        return self._target(key, size=size, content_type=content_type, lifetime=lifetime)

    def begin_parts(self, *, key: str, content_type: str) -> str:
        return "folder"

    def part_target(self, *, key: str, multipart_id: str, part: Part, lifetime: timedelta) -> UploadTarget:
        return self._target(
            _part_key(key, part.number), size=part.size, content_type=_PART_TYPE, lifetime=lifetime
        )

    def parts_present(self, *, key: str, multipart_id: str) -> Mapping[int, int]:
        return {
            int(path.name): path.stat().st_size
            for path in self._path(_parts_prefix(key)).glob("*")
            if path.name.isdigit()
        }

    def assemble(self, *, key: str, multipart_id: str, parts: Sequence[Part]) -> None:
        if self._path(key).is_file():
            return
        with self._new_file(key) as whole:
            for part in parts:
                with self._opened(_part_key(key, part.number)) as source:
                    shutil.copyfileobj(source, whole, _CHUNK)
        self.abandon_parts(key=key, multipart_id=multipart_id)

    def abandon_parts(self, *, key: str, multipart_id: str) -> None:
        self.delete_below(prefix=_parts_prefix(key))

    def copy(self, *, source: str, key: str) -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(self._path(source), path)
        except FileNotFoundError:
            raise ContentMissingError(source) from None

    def save(self, *, key: str, content: BinaryIO, content_type: str) -> None:
        with self._new_file(key) as file:
            shutil.copyfileobj(content, file, _CHUNK)

    def receive(self, *, key: str, chunks: Iterable[bytes]) -> None:
        """Keep bytes as they come in. Of chunks that end in an error, nothing is kept.

        Raises `ContentMissingError` when the folder that they arrive in is cleared away meanwhile.
        """
        with self._new_file(key) as file:
            for chunk in chunks:
                file.write(chunk)

    def size(self, *, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise ContentMissingError(key) from None

    def read(self, *, key: str, span: ByteRange | None = None) -> Iterator[bytes]:
        file = self._opened(key)
        span = span or ByteRange(start=0, end=os.fstat(file.fileno()).st_size)
        file.seek(span.start)
        return _Chunks(file, span.end - span.start)

    def delete(self, *, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        _remove_if_empty(path.parent)

    def delete_below(self, *, prefix: str, keep: str = "") -> None:
        folder = self._path(prefix)
        kept = self._path(keep) if keep else None
        # whoever writes or clears below it meanwhile does not trouble this walk
        for place, _, names in os.walk(folder, topdown=False):
            for path in [Path(place, name) for name in names]:
                if path != kept:
                    path.unlink(missing_ok=True)
            _remove_if_empty(Path(place))

    def download_url(
        self, *, key: str, file_name: str, content_type: str, inline: bool, lifetime: timedelta
    ) -> str | None:
        return None

    def _target(self, key: str, *, size: int, content_type: str, lifetime: timedelta) -> UploadTarget:
        fields = {"k": key, "s": size, "t": content_type, "l": int(lifetime.total_seconds())}
        token = signing.dumps(fields, salt=_SALT)
        return UploadTarget(
            method="PUT",
            url=reverse("catalog-media-receive", kwargs={"token": token}),
            headers={"Content-Type": content_type, "Content-Length": str(size)},
        )

    def _path(self, key: str) -> Path:
        return self._root / key

    def _opened(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise ContentMissingError(key) from None

    @contextmanager
    def _new_file(self, key: str) -> Iterator[IO[bytes]]:
        """Raises `ContentMissingError` when the file or its folder is cleared away before it is whole."""
        path = self._path(key)
        with self._arriving(path) as file:
            try:
                yield file
                file.flush()
                Path(file.name).replace(path)
            except FileNotFoundError:
                raise ContentMissingError(key) from None
            finally:
                Path(file.name).unlink(missing_ok=True)

    def _arriving(self, path: Path) -> IO[bytes]:
        """A new file beside `path`. Raises `ContentMissingError` likewise."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return tempfile.NamedTemporaryFile(dir=path.parent, prefix="arriving-", delete=False)
        except FileNotFoundError:
            raise ContentMissingError(path.name) from None


STORAGE = FolderStorage


def _parts_prefix(key: str) -> str:
    return f"{key}-parts/"


def _part_key(key: str, number: int) -> str:
    return f"{_parts_prefix(key)}{number}"


class _Chunks:
    """A file's bytes from where it stands, `left` of them; closed at their end, or before by who asks."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file = file
        self._left = left

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        chunk = b"" if self._file.closed else self._file.read(min(self._left, _CHUNK))
        self._left -= len(chunk)
        if not chunk:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        self._file.close()


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        # somebody wrote into it meanwhile, or removed it first
        return
