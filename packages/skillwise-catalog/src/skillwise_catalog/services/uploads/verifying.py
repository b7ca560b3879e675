"""Reading what the storage holds, to the last byte, before anybody relies on it."""

import hashlib
import tempfile
from typing import IO, BinaryIO, Final, cast

from skillwise_catalog.domain.uploads.content import HEAD_LENGTH, Examined, examine
from skillwise_catalog.domain.uploads.kinds import FileKind
from skillwise_catalog.errors import UploadMismatchError
from skillwise_catalog.gateways import MediaStorage

__all__ = ["verify"]

_IN_MEMORY: Final = 8 * 1024 * 1024


def verify(*, kind: FileKind, size: int, sha256: str, storage: MediaStorage, key: str) -> Examined:
    """What the object at `key` is, of which `size` and `sha256` were announced.

    Storages' own checksums are not asked: of an object in parts S3 knows a checksum of checksums, and not
    every imitation knows any. Raises `UploadMismatchError`, `UploadRefusedError` and `ContentMissingError`.
    """
    if (stored := storage.size(key=key)) != size:
        raise UploadMismatchError(
            f"{size:,} bytes were announced, and {stored:,} arrived.", extra={"reason": "size"}
        )
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        digest = _read(storage, key, copy, keep=HEAD_LENGTH if kind.is_video else size)
        if digest != sha256:
            raise UploadMismatchError(
                "The SHA-256 of what arrived is not the one that was announced.", extra={"reason": "checksum"}
            )
        copy.seek(0)
        return examine(kind, cast("BinaryIO", copy))


def _read(storage: MediaStorage, key: str, copy: IO[bytes], *, keep: int) -> str:
    """The SHA-256 of the whole, whose first `keep` bytes are put into `copy`."""
    digest = hashlib.sha256()
    for chunk in storage.read(key=key):
        digest.update(chunk)
        if keep > 0:
            copy.write(chunk[:keep])
            keep -= len(chunk)
    return digest.hexdigest()
