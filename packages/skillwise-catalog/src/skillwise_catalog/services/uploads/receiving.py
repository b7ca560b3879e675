"""Taking in bytes at the signed addresses of the folder: what an S3 bucket does for itself."""

from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from django.core import signing

from skillwise_catalog.errors import MediaLinkExpiredError, MediaNotFoundError, UploadMismatchError
from skillwise_catalog.gateways.folder import FolderStorage, read_handover
from skillwise_catalog.models import Upload

__all__ = ["receive"]

_CHUNK: Final = 256 * 1024


def receive(*, token: str, content_type: str, size: int, read: Callable[[int], bytes]) -> None:
    """Keep what `read` gives where the signed `token` says. Nothing is kept unless it is of the size and type
    that were signed, and the upload still goes on.

    Raises `MediaLinkExpiredError`, `MediaNotFoundError` and `UploadMismatchError`.
    """
    try:
        handover = read_handover(token)
    except signing.SignatureExpired:
        raise MediaLinkExpiredError from None
    except signing.BadSignature:
        raise MediaNotFoundError from None
    if content_type != handover.content_type:
        raise UploadMismatchError(
            f"{handover.content_type} was announced, not {content_type or 'nothing'}.",
            extra={"reason": "type"},
        )
    if size != handover.size:
        raise _wrong_size(handover.size, size)
    upload_id = UUID(hex=handover.key.split("/")[1])
    if not Upload.objects.filter(id=upload_id).exists():
        raise MediaNotFoundError
    FolderStorage.from_settings().receive(key=handover.key, chunks=_exactly(handover.size, read))


def _exactly(size: int, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Raises `UploadMismatchError` as soon as there are more bytes than `size`, and at the end of fewer."""
    arrived = 0
    while chunk := read(_CHUNK):
        arrived += len(chunk)
        if arrived > size:
            raise _wrong_size(size, arrived)
        yield chunk
    if arrived < size:
        raise _wrong_size(size, arrived)


def _wrong_size(announced: int, arrived: int) -> UploadMismatchError:
    return UploadMismatchError(
        f"{announced:,} bytes were announced, not {arrived:,}.", extra={"reason": "size"}
    )
