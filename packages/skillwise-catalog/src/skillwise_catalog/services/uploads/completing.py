"""Making a file of what was uploaded, once it is proved to be what was announced."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from skillwise_catalog.domain.uploads.content import Examined
from skillwise_catalog.domain.uploads.kinds import kind_of
from skillwise_catalog.errors import (
    MediaNotFoundError,
    UploadIncompleteError,
    UploadMismatchError,
    UploadRefusedError,
)
from skillwise_catalog.gateways import ContentMissingError, MediaStorage, get_storage
from skillwise_catalog.models import MediaFile, ProbeState, Upload
from skillwise_catalog.services.uploads.beginning import parts_of
from skillwise_catalog.services.uploads.probing import probe_after_commit
from skillwise_catalog.services.uploads.removing import remove_upload
from skillwise_catalog.services.uploads.verifying import verify

__all__ = ["complete_upload"]


def complete_upload(*, owner_id: UUID, upload_id: UUID, now: datetime) -> MediaFile:
    """Verify what was uploaded, and make the file that lessons refer to. Again, it answers the same file.

    What is verified is a copy that no upload address leads to: nobody changes it afterwards. The copy that a
    transaction makes the file is the one that stays, however many complete at once.

    Raises `MediaNotFoundError`; `UploadIncompleteError`, after which the upload goes on;
    `UploadMismatchError` and `UploadRefusedError`, after which it is gone and its space free.
    """
    upload = Upload.objects.filter(id=upload_id, owner_id=owner_id).first()
    if upload is None:
        return _kept(owner_id, upload_id)
    storage = get_storage()
    key = f"{upload.kept_prefix}{secrets.token_hex(16)}"
    try:
        _gather(upload, storage, key)
        examined = verify(
            kind=kind_of(upload.name), size=upload.size, sha256=upload.sha256, storage=storage, key=key
        )
    except ContentMissingError:
        # Or another call is making the file of it and has cleared the rest away: wait until it is through.
        with transaction.atomic():
            if Upload.objects.select_for_update().filter(id=upload_id).exists():
                raise _incomplete(upload, storage) from None
        return _kept(owner_id, upload_id)
    except (UploadMismatchError, UploadRefusedError):
        if not remove_upload(upload_id=upload_id):
            storage.delete(key=key)
        raise
    return _keep(upload, storage, key, examined, now)


def _gather(upload: Upload, storage: MediaStorage, key: str) -> None:
    """Copy what has arrived to `key`. Raises `ContentMissingError`."""
    if upload.part_size is not None:
        storage.assemble(key=upload.key, multipart_id=upload.multipart_id, parts=parts_of(upload))
    storage.copy(source=upload.key, key=key)


def _incomplete(upload: Upload, storage: MediaStorage) -> UploadIncompleteError:
    arrived = storage.parts_present(key=upload.key, multipart_id=upload.multipart_id)
    missing = [part.number for part in parts_of(upload) if arrived.get(part.number) != part.size]
    return UploadIncompleteError(
        f"{len(missing)} of its parts have not arrived.", extra={"missing_parts": missing}
    )


def _keep(upload: Upload, storage: MediaStorage, key: str, examined: Examined, now: datetime) -> MediaFile:
    """Put a file in the upload's place, unless another call did, or it was swept or given up meanwhile."""
    with transaction.atomic():
        locked = Upload.objects.select_for_update().filter(id=upload.id).first()
        if locked is not None:
            is_video = kind_of(upload.name).is_video
            file = MediaFile.objects.create(
                id=upload.id,
                owner_id=upload.owner_id,
                name=upload.name,
                storage_name=key,
                content_type=examined.content_type,
                size=upload.size,
                sha256=upload.sha256,
                width=examined.width,
                height=examined.height,
                probe=ProbeState.PENDING if is_video else "",
                created_at=now,
            )
            locked.delete()
            # Before the commit: were we killed after it, nobody would clear this away.
            storage.delete_below(prefix=upload.arrival_prefix)
            storage.delete_below(prefix=upload.kept_prefix, keep=key)
            if is_video:
                probe_after_commit(file.id)
            return file
    storage.delete(key=key)
    return _kept(upload.owner_id, upload.id)


def _kept(owner_id: UUID, upload_id: UUID) -> MediaFile:
    file = MediaFile.objects.filter(id=upload_id, owner_id=owner_id).first()
    if file is None:
        raise MediaNotFoundError
    return file
