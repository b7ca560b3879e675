"""How many bytes an owner's files may take."""

from uuid import UUID

from django.db.models import F

from skillwise_catalog.domain.uploads.kinds import kind_of
from skillwise_catalog.errors import MediaQuotaExceededError, UploadTooLargeError
from skillwise_catalog.models import MediaUsage
from skillwise_catalog.settings import catalog_setting

__all__ = ["check_size", "give_back", "hold", "reserve"]


def check_size(*, name: str, size: int) -> None:
    """Raises `UploadTooLargeError` when a file of this name may not have so many bytes."""
    allowed: int = catalog_setting("MAX_UPLOAD_BYTES")
    if (of_kind := kind_of(name).max_bytes) is not None:
        allowed = min(allowed, of_kind)
    if size > allowed:
        raise UploadTooLargeError(
            f"A file of this kind may have at most {allowed:,} bytes.", extra={"max_bytes": allowed}
        )


def reserve(*, owner_id: UUID, size: int) -> None:
    """Take `size` bytes of the owner's space, in the caller's transaction. Who reserves at once waits for the
    other's commit, so that the sum never exceeds the quota. Raises `MediaQuotaExceededError`.
    """
    quota: int = catalog_setting("MEDIA_QUOTA_BYTES")
    MediaUsage.objects.bulk_create([MediaUsage(owner_id=owner_id)], ignore_conflicts=True)
    usage = MediaUsage.objects.filter(owner_id=owner_id)
    if not usage.filter(used_bytes__lte=quota - size).update(used_bytes=F("used_bytes") + size):
        used = usage.values_list("used_bytes", flat=True).get()
        raise MediaQuotaExceededError(
            f"Of {quota:,} bytes, {used:,} are taken: there is no room for {size:,} more.",
            extra={"max_bytes": quota, "used_bytes": used},
        )


def hold(*, owner_id: UUID) -> None:
    """Have nobody reserve or give back until the transaction ends. Before any file is locked: who imports has
    reserved when a text names a file.
    """
    list(MediaUsage.objects.select_for_update().filter(owner_id=owner_id).values_list("pk"))


def give_back(*, owner_id: UUID, size: int) -> None:
    """What `reserve` took."""
    MediaUsage.objects.filter(owner_id=owner_id).update(used_bytes=F("used_bytes") - size)
