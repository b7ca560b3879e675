"""Taking in files."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from skillwise_catalog.domain.uploads import Inspection, clean_name
from skillwise_catalog.errors import UploadTooLargeError
from skillwise_catalog.models import MediaFile
from skillwise_catalog.settings import CATALOG_SETTINGS

__all__ = ["max_upload_bytes", "store_upload", "too_large"]


class _Upload(Protocol):
    """What we need of Django's `UploadedFile` and `File`."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


def max_upload_bytes() -> int:
    """The most bytes that one file may have."""
    configured: dict[str, int] = getattr(settings, "SKILLWISE_CATALOG", {})
    return {**CATALOG_SETTINGS["SKILLWISE_CATALOG"], **configured}["MAX_UPLOAD_BYTES"]


def too_large() -> UploadTooLargeError:
    """The error that says how large a file may be."""
    limit = max_upload_bytes()
    return UploadTooLargeError(f"A file may have at most {limit:,} bytes.", extra={"max_bytes": limit})


def store_upload(*, owner_id: UUID, file: File, now: datetime) -> MediaFile:
    """Keep a file for its owner, to be put into lessons. Nothing is kept of one that is refused.

    Raises `UploadRefusedError` and `UploadTooLargeError`.
    """
    upload: _Upload = file
    name = clean_name(upload.name or "")
    inspection = Inspection(name)
    for chunk in upload.chunks():
        inspection.feed(chunk)
        if inspection.size > max_upload_bytes():
            raise too_large()
    content_type = inspection.content_type()

    file.seek(0)
    key = secrets.token_hex(16)
    stored = default_storage.save(f"catalog/{key[:2]}/{key}", file)
    try:
        return MediaFile.objects.create(
            owner_id=owner_id,
            name=name,
            storage_name=stored,
            content_type=content_type,
            size=inspection.size,
            sha256=inspection.sha256,
            created_at=now,
        )
    except BaseException:
        default_storage.delete(stored)
        raise
