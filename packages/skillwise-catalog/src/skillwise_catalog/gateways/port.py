"""What the catalogue asks of wherever files are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO, Protocol, Self

__all__ = ["ByteRange", "ContentMissingError", "MediaStorage", "Part", "UploadTarget", "cut_into_parts"]


class ContentMissingError(Exception):
    """There is nothing in the storage under this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The bytes of a file from `offset` on, `size` of them. Numbers count from 1."""

    number: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """From `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTarget:
    """The request that hands in bytes: to be made just so, headers included, before it expires.

    `url` may be a path below the API's origin.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


class MediaStorage(Protocol):
    """Objects under keys. What hands bytes in or out over HTTP is signed: bound to object, method and expiry,
    and to hand in to size and type as well. `tests/test_storages.py` is this contract.
    """

    @classmethod
    def from_settings(cls) -> Self: ...

    def whole_target(
        self, *, key: str, size: int, content_type: str, sha256: str, lifetime: timedelta
    ) -> UploadTarget:
        """How to hand in an object at once. `sha256` is in hexadecimal digits."""

    def begin_parts(self, *, key: str, content_type: str) -> str:
        """Begin an object in parts. The answer names it to the other functions as `multipart_id`."""

    def part_target(self, *, key: str, multipart_id: str, part: Part, lifetime: timedelta) -> UploadTarget:
        """How to hand in one part. Doing it twice is doing it once."""

    def parts_present(self, *, key: str, multipart_id: str) -> Mapping[int, int]:
        """The sizes of the parts that have arrived, by their numbers. None, once assembled or abandoned."""

    def assemble(self, *, key: str, multipart_id: str, parts: Sequence[Part]) -> None:
        """Make the object of its parts. Once it is made, again does nothing. Raises `ContentMissingError`."""

    def abandon_parts(self, *, key: str, multipart_id: str) -> None:
        """Forget the parts that have arrived, if any."""

    def copy(self, *, source: str, key: str) -> None:
        """Keep what is at `source` now under `key`, whatever becomes of `source`. Raises
        `ContentMissingError`.
        """

    def save(self, *, key: str, content: BinaryIO, content_type: str) -> None:
        """Keep bytes that we have ourselves."""

    def size(self, *, key: str) -> int:
        """Bytes. Raises `ContentMissingError`."""

    def read(self, *, key: str, span: ByteRange | None = None) -> Iterator[bytes]:
        """The object's bytes, or a span of them, in chunks. Raises `ContentMissingError` before the first."""

    def delete(self, *, key: str) -> None:
        """Delete an object, if there is one."""

    def delete_below(self, *, prefix: str, keep: str = "") -> None:
        """Delete every object whose key begins with `prefix`, which ends in a slash, but `keep`."""

    def download_url(
        self, *, key: str, file_name: str, content_type: str, inline: bool, lifetime: timedelta
    ) -> str | None:
        """Where the storage itself sends the object from; None where our own endpoint has to."""


def cut_into_parts(*, size: int, part_size: int) -> list[Part]:
    """The parts of a file of `size` bytes: all of `part_size` but the last."""
    return [
        Part(number=number, offset=offset, size=min(part_size, size - offset))
        for number, offset in enumerate(range(0, size, part_size), start=1)
    ]
