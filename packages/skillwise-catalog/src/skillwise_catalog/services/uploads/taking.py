"""Taking in files that the house itself has at hand: what imports bring along."""

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

__all__ = ["store_upload"]


def store_upload(*, owner_id: UUID, name: str, content: BinaryIO, now: datetime) -> MediaFile:
    """Keep a file for its owner, judged as if they had uploaded it. `content` is sought in. Of one that is
    refused nothing is kept.

    Raises `UploadRefusedError`, `UploadTooLargeError` and `MediaQuotaExceededError`.
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
    key = f"files/{file_id.hex}/{secrets.token_hex(16)}"
    storage = get_storage()
    storage.save(key=key, content=content, content_type=kind.content_type)
    try:
        with transaction.atomic():
            reserve(owner_id=owner_id, size=size)
            file = MediaFile.objects.create(
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
            if kind.is_video:
                probe_after_commit(file.id)
            return file
    except BaseException:
        storage.delete(key=key)
        raise
