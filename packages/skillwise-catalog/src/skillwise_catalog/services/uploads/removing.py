"""Giving files up: uploads that nobody completes, and files that nothing refers to."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError

from skillwise_catalog.errors import MediaInUseError, MediaNotFoundError
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import MediaFile, Upload
from skillwise_catalog.services.uploads.space import give_back, hold

__all__ = ["delete_upload", "remove_upload", "sweep_uploads"]

_SWEPT_AT_ONCE: Final = 500


def delete_upload(*, owner_id: UUID, upload_id: UUID) -> None:
    """Give up an upload that goes on, or delete the file that became of it.

    Raises `MediaNotFoundError`, and `MediaInUseError` while anything refers to the file.
    """
    if Upload.objects.filter(id=upload_id, owner_id=owner_id).exists() and remove_upload(upload_id=upload_id):
        return
    _delete_file(owner_id, upload_id)


@transaction.atomic
def remove_upload(*, upload_id: UUID) -> bool:
    """Delete an upload, what has arrived of it, and what was reserved for it. Answers whether there was one:
    whoever completed it first has taken its place with the file, which is not touched.
    """
    upload = Upload.objects.select_for_update().filter(id=upload_id).first()
    if upload is None:
        return False
    # Before the row: were we killed in between, the next sweep would do it again.
    storage = get_storage()
    if upload.multipart_id:
        storage.abandon_parts(key=upload.key, multipart_id=upload.multipart_id)
    storage.delete_below(prefix=upload.arrival_prefix)
    storage.delete_below(prefix=upload.kept_prefix)
    upload.delete()
    give_back(owner_id=upload.owner_id, size=upload.size)
    return True


def sweep_uploads(*, now: datetime) -> int:
    """Remove the uploads whose time is over. Answers how many."""
    expired = Upload.objects.filter(expires_at__lte=now).order_by("expires_at")
    ids = list(expired.values_list("id", flat=True)[:_SWEPT_AT_ONCE])
    return sum(remove_upload(upload_id=upload_id) for upload_id in ids)


@transaction.atomic
def _delete_file(owner_id: UUID, file_id: UUID) -> None:
    hold(owner_id=owner_id)
    # Whoever is about to refer to it waits for this lock, and finds it gone; whoever does is seen.
    file = MediaFile.objects.select_for_update().filter(id=file_id, owner_id=owner_id).first()
    if file is None:
        raise MediaNotFoundError
    if file.versions.exists():
        raise MediaInUseError
    keys = [file.storage_name, *file.renditions.values_list("storage_name", flat=True)]
    try:
        file.delete()
    except ProtectedError:
        raise MediaInUseError from None
    give_back(owner_id=owner_id, size=file.size)
    # After the commit: a file without a row costs space, a row without its file costs a lesson.
    transaction.on_commit(lambda: _delete_objects(keys), robust=True)


def _delete_objects(keys: list[str]) -> None:
    storage = get_storage()
    for key in keys:
        storage.delete(key=key)
