"""Taking in files that the house itself has at hand: what imports bring along.

Bytes go to the storage before the transaction that makes them a file: however long that takes, no row waits
for it.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db import transaction
from skillwise_kernel.ids import new_id

from skillwise_catalog.domain.uploads.content import examine
from skillwise_catalog.domain.uploads.kinds import clean_name, kind_of
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import MediaFile, ProbeState
from skillwise_catalog.services.uploads.probing import probe_after_commit
from skillwise_catalog.services.uploads.space import check_size, reserve

__all__ = ["batch_prefix", "record_file", "save_bytes", "store_upload"]


def store_upload(*, owner_id: UUID, name: str, content: BinaryIO, now: datetime) -> MediaFile:
    """Keep a file for its owner, judged as if they had uploaded it. `content` is sought in. Of one that is
    refused nothing is kept.

    Raises `UploadRefusedError`, `UploadTooLargeError` and `MediaQuotaExceededError`.
    """
    file = save_bytes(owner_id=owner_id, name=name, content=content, now=now)
    try:
        record_file(file)
    except BaseException:
        get_storage().delete(key=file.storage_name)
        raise
    return file


def save_bytes(
    *, owner_id: UUID, name: str, content: BinaryIO, batch_id: UUID | None = None, now: datetime
) -> MediaFile:
    """Put the bytes into the storage. What is answered is no row yet: `record_file` makes it one, or the
    caller deletes its `storage_name`. The bytes of one `batch_id` are all below `batch_prefix`.

    Raises `UploadRefusedError` and `UploadTooLargeError`.
    """
    name = clean_name(name)
    kind = kind_of(name)
    size = content.seek(0, 2)
    check_size(name=name, size=size)
    content.seek(0)
    examined = examine(kind, content)
    content.seek(0)
    sha256 = hashlib.file_digest(cast("Any", content), "sha256").hexdigest()

    content.seek(0)
    file_id = new_id()
    key = f"{batch_prefix(batch_id or file_id)}{secrets.token_hex(16)}"
    get_storage().save(key=key, content=content, content_type=kind.content_type)
    return MediaFile(
        id=file_id,
        owner_id=owner_id,
        name=name,
        storage_name=key,
        content_type=examined.content_type,
        size=size,
        sha256=sha256,
        width=examined.width,
        height=examined.height,
        probe=ProbeState.PENDING if kind.is_video else "",
        created_at=now,
    )


def batch_prefix(batch_id: UUID) -> str:
    return f"files/{batch_id.hex}/"


@transaction.atomic
def record_file(file: MediaFile) -> None:
    """Make it a file of its owner's, who has room for it: else raises `MediaQuotaExceededError`."""
    reserve(owner_id=file.owner_id, size=file.size)
    file.save(force_insert=True)
    if file.probe == ProbeState.PENDING:
        probe_after_commit(file.id)
