"""Taking in bytes at the signed addresses of the folder: what an S3 bucket does for itself."""

from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from django.core import signing
from django.db import transaction

from skillwise_catalog.errors import MediaLinkExpiredError, MediaNotFoundError, UploadMismatchError
from skillwise_catalog.gateways import ContentMissingError
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
    storage = FolderStorage.from_settings()
    try:
        storage.receive(key=handover.key, chunks=_exactly(handover.size, read))
    except ContentMissingError:  # what arrived was cleared away while more came in
        raise MediaNotFoundError from None
    finally:
        _check_goes_on(upload_id, storage)


def _check_goes_on(upload_id: UUID, storage: FolderStorage) -> None:
    """Raises `MediaNotFoundError` for an upload that was given up, swept or completed while bytes came in,
    and clears them away: nobody else would. Whoever is only about to end it clears them away in time.
    """
    with transaction.atomic():
        goes_on = Upload.objects.select_for_update().filter(id=upload_id).exists()
    if not goes_on:
        storage.delete_below(prefix=Upload(id=upload_id).arrival_prefix)
        raise MediaNotFoundError


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
