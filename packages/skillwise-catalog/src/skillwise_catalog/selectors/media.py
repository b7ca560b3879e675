"""Links to uploaded files: signed, and good for ten minutes."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.urls import reverse

from skillwise_catalog.errors import MediaLinkExpiredError, MediaNotFoundError
from skillwise_catalog.models import MediaFile

__all__ = ["LINK_LIFETIME", "linked_file", "signed_path"]

LINK_LIFETIME: Final = timedelta(minutes=10)

_signer = signing.TimestampSigner(salt="skillwise_catalog.media")


def signed_path(*, file_id: UUID) -> str:
    """A path below the API's origin at which whoever holds it reads the file, until it expires."""
    return reverse("catalog-media", kwargs={"token": _signer.sign(file_id.hex)})


def linked_file(*, token: str) -> MediaFile:
    """The file that a link names. Raises `MediaLinkExpiredError`, and `MediaNotFoundError` for a link that we
    did not make.
    """
    try:
        file_id = _signer.unsign(token, max_age=LINK_LIFETIME)
    except signing.SignatureExpired:
        raise MediaLinkExpiredError from None
    except signing.BadSignature:
        raise MediaNotFoundError from None
    file = MediaFile.objects.filter(id=UUID(file_id)).first()
    if file is None:
        raise MediaNotFoundError
    return file
