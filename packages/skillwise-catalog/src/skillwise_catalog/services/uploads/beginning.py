"""Announcing a file, and sending its bytes: to the storage, not to us."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from skillwise_catalog.domain.uploads.kinds import clean_name, kind_of
from skillwise_catalog.errors import MediaNotFoundError, UploadRefusedError
from skillwise_catalog.gateways import MediaStorage, Part, UploadTarget, cut_into_parts, get_storage
from skillwise_catalog.gateways.port import ContentMissingError
from skillwise_catalog.models import Upload
from skillwise_catalog.services.uploads.space import check_size, reserve
from skillwise_catalog.settings import catalog_setting

__all__ = ["TARGET_LIFETIME", "PartProgress", "begin_upload", "own_upload", "parts_of", "progress_of"]

#: For how long bytes may be handed in at an address. Reading the upload again gives new ones.
TARGET_LIFETIME: Final = timedelta(hours=1)
#: S3 takes no more.
_MAX_PARTS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartProgress:
    """A part, and how to hand it in until `expires_at`; no `target` where it has arrived."""

    part: Part
    target: UploadTarget | None
    expires_at: datetime


def begin_upload(
    *, owner_id: UUID, name: str, size: int, content_type: str, sha256: str, now: datetime
) -> Upload:
    """Announce a file of `size` bytes whose SHA-256 is `sha256`, in hexadecimal digits, and hold the space.

    Raises `UploadRefusedError`, `UploadTooLargeError` and `MediaQuotaExceededError`.
    """
    name = clean_name(name)
    expected = kind_of(name).content_type
    if content_type != expected:
        raise UploadRefusedError(
            f"A file of this name is {expected}, not {content_type}.", extra={"reason": "type"}
        )
    check_size(name=name, size=size)
    with transaction.atomic():
        reserve(owner_id=owner_id, size=size)
        return Upload.objects.create(
            owner_id=owner_id,
            name=name,
            content_type=content_type,
            size=size,
            sha256=sha256.lower(),
            part_size=_part_size(size),
            created_at=now,
            expires_at=now + timedelta(hours=catalog_setting("UPLOAD_HOURS")),
        )


def own_upload(*, owner_id: UUID, upload_id: UUID) -> Upload:
    """Raises `MediaNotFoundError`, also for another person's and for one that was completed."""
    upload = Upload.objects.filter(id=upload_id, owner_id=owner_id).first()
    if upload is None:
        raise MediaNotFoundError
    return upload


def parts_of(upload: Upload) -> list[Part]:
    """How the file is cut; into one, where it is sent whole."""
    return cut_into_parts(size=upload.size, part_size=upload.part_size or upload.size)


def progress_of(upload: Upload, *, now: datetime) -> list[PartProgress]:
    """Which parts have arrived, and how to hand in the others. Raises `MediaNotFoundError` when the upload is
    swept at this moment.
    """
    storage = get_storage()
    if upload.part_size is not None and not upload.multipart_id:
        _begin_parts(upload, storage)
    arrived = _arrived(upload, storage)
    expires_at = now + TARGET_LIFETIME
    return [
        PartProgress(
            part=part,
            target=None if arrived.get(part.number) == part.size else _target(upload, part, storage),
            expires_at=expires_at,
        )
        for part in parts_of(upload)
    ]


def _part_size(size: int) -> int | None:
    configured: int = catalog_setting("UPLOAD_PART_BYTES")
    if size <= configured:
        return None
    return max(configured, -(-size // _MAX_PARTS))


def _begin_parts(upload: Upload, storage: MediaStorage) -> None:
    """Once, whoever asks at once: the storage is asked outside of a transaction, and one of them wins."""
    begun = storage.begin_parts(key=upload.key, content_type=upload.content_type)
    if not Upload.objects.filter(id=upload.id, multipart_id="").update(multipart_id=begun):
        storage.abandon_parts(key=upload.key, multipart_id=begun)
        begun = own_upload(owner_id=upload.owner_id, upload_id=upload.id).multipart_id
    upload.multipart_id = begun


def _arrived(upload: Upload, storage: MediaStorage) -> dict[int, int]:
    try:
        whole = storage.size(key=upload.key)
    except ContentMissingError:
        if not upload.multipart_id:
            return {}
        return dict(storage.parts_present(key=upload.key, multipart_id=upload.multipart_id))
    if whole == upload.size:
        return {part.number: part.size for part in parts_of(upload)}
    return {}


def _target(upload: Upload, part: Part, storage: MediaStorage) -> UploadTarget:
    if upload.part_size is not None:
        return storage.part_target(
            key=upload.key, multipart_id=upload.multipart_id, part=part, lifetime=TARGET_LIFETIME
        )
    return storage.whole_target(
        key=upload.key,
        size=upload.size,
        content_type=upload.content_type,
        sha256=upload.sha256,
        lifetime=TARGET_LIFETIME,
    )
