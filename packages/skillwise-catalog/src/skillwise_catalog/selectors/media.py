"""A person's files, and links to files: signed, each for one file and one way to read it, and good for a
while.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse

from skillwise_catalog.domain.documents import CaptionDocument
from skillwise_catalog.domain.markdown import link_media
from skillwise_catalog.domain.uploads.kinds import kind_of_type
from skillwise_catalog.errors import MediaLinkExpiredError, MediaNotFoundError
from skillwise_catalog.models import AnyUpload, MediaFile, Rendition, Upload

__all__ = [
    "LINK_LIFETIME",
    "VIDEO_LINK_LIFETIME",
    "Linked",
    "linked_captions",
    "linked_file",
    "linked_playlist",
    "linked_rendition",
    "linked_segments",
    "own_file",
    "own_uploads",
    "playlist_path",
    "signed_path",
    "stable_cover_path",
    "uploads_and_files",
    "with_signed_links",
]

LINK_LIFETIME: Final = timedelta(minutes=10)
#: A player goes on asking for pieces while somebody watches, pauses, and watches on.
VIDEO_LINK_LIFETIME: Final = timedelta(hours=4)

#: What a playlist calls all its captions.
_SUBTITLES: Final = "captions"
_SEGMENT_LENGTH: Final = re.compile(r"^#EXTINF:([0-9.]+)", re.MULTILINE)

_file_signer = signing.TimestampSigner(salt="skillwise_catalog.media")
_playlist_signer = signing.TimestampSigner(salt="skillwise_catalog.media.playlist")
_rendition_signer = signing.TimestampSigner(salt="skillwise_catalog.media.rendition")
_captions_signer = signing.TimestampSigner(salt="skillwise_catalog.media.captions")
_segments_signer = signing.TimestampSigner(salt="skillwise_catalog.media.segments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What a link leads to: an object of the storage, and how it is sent. `tag` changes when its bytes do."""

    key: str
    size: int
    content_type: str
    file_name: str
    is_inline: bool
    tag: str
    lifetime: timedelta


def signed_path(*, file_id: UUID) -> str:
    """A path below the API's origin at which whoever holds it reads the file, until it expires."""
    return reverse("catalog-media", kwargs={"token": _file_signer.sign(file_id.hex)})


def with_signed_links(html: str) -> str:
    """What `domain.markdown` rendered, with a signed path in place of each file that it names. The paths
    expire: it is for one reader, now, and is kept no longer than they live.
    """
    return link_media(html, lambda file_id: signed_path(file_id=file_id))


def stable_cover_path(*, course_id: UUID, cover_id: UUID) -> str:
    """Where a published course's picture is found as long as it has one: another address for another picture,
    that a copy may be kept under. What answers there is a signed path.
    """
    return f"{reverse('catalog-course-cover', kwargs={'course_id': course_id})}?of={cover_id.hex}"


def playlist_path(*, file_id: UUID, captions: Iterable[CaptionDocument] = ()) -> str:
    """The same for the HLS playlist of a video that has renditions, with the captions of the lesson that it
    is shown in.
    """
    named = [file_id.hex, *(f"{caption.language}_{caption.file_id.hex}" for caption in captions)]
    return reverse("catalog-media-playlist", kwargs={"token": _playlist_signer.sign(".".join(named))})


def own_file(*, owner_id: UUID, file_id: UUID) -> MediaFile | None:
    """None for another person's too."""
    return MediaFile.objects.filter(id=file_id, owner_id=owner_id).first()


def own_uploads(*, owner_id: UUID) -> QuerySet[AnyUpload]:
    """A person's uploads that go on, and all their files."""
    return AnyUpload.objects.filter(owner_id=owner_id)


def uploads_and_files(listed: Sequence[AnyUpload]) -> list[Upload | MediaFile]:
    """These in their order, without those that are gone meanwhile. Two queries; files are looked for after
    uploads, so that one that is completed in between is found.
    """
    ids = [entry.id for entry in listed]
    uploads = Upload.objects.in_bulk(ids)
    files = MediaFile.objects.in_bulk(ids)
    found = (files.get(upload_id) or uploads.get(upload_id) for upload_id in ids)
    return [kept for kept in found if kept is not None]


def linked_file(*, token: str) -> Linked:
    """What a link leads to. Raises `MediaLinkExpiredError`, and `MediaNotFoundError` for a link that we did
    not make.
    """
    file = MediaFile.objects.filter(id=_unsigned(_file_signer, token, VIDEO_LINK_LIFETIME)).first()
    if file is None:
        raise MediaNotFoundError
    kind = kind_of_type(file.content_type)
    lifetime = VIDEO_LINK_LIFETIME if kind.is_watched else LINK_LIFETIME
    _unsigned(_file_signer, token, lifetime)
    return Linked(
        key=file.storage_name,
        size=file.size,
        content_type=file.content_type,
        file_name=file.name,
        is_inline=kind.shows_inline,
        tag=file.sha256,
        lifetime=lifetime,
    )


def linked_playlist(*, token: str) -> str:
    """All renditions of a video, and its captions, as HLS's multivariant playlist (RFC 8216 §4.3.4) of signed
    links. Raises as `linked_file`.
    """
    named, *captions = _unsigned_text(_playlist_signer, token, VIDEO_LINK_LIFETIME).split(".")
    renditions = list(Rendition.objects.filter(file_id=UUID(named)).order_by("-height"))
    if not renditions:
        raise MediaNotFoundError
    lines = ["#EXTM3U", "#EXT-X-VERSION:4", *_subtitles(captions, renditions[0])]
    subtitles = f',SUBTITLES="{_SUBTITLES}"' if captions else ""
    for rendition in renditions:
        size = f"{rendition.width}x{rendition.height}"
        token = _rendition_signer.sign(rendition.id.hex)
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={rendition.bandwidth},RESOLUTION={size}{subtitles}",
            reverse("catalog-media-rendition", kwargs={"token": token}),
        ]
    return "\n".join(lines) + "\n"


def linked_captions(*, token: str) -> str:
    """A WebVTT file as the one segment of a playlist (RFC 8216 §3.5) that lasts as long as its video. Raises
    as `linked_file`.
    """
    named, rendition_id = _unsigned_text(_captions_signer, token, VIDEO_LINK_LIFETIME).split(".")
    rendition = Rendition.objects.filter(id=UUID(rendition_id)).first()
    if rendition is None:
        raise MediaNotFoundError
    seconds = math.fsum(map(float, _SEGMENT_LENGTH.findall(rendition.playlist)))
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:4",
        f"#EXT-X-TARGETDURATION:{math.ceil(seconds)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXTINF:{seconds:.3f},",
        signed_path(file_id=UUID(named)),
        "#EXT-X-ENDLIST",
    ]
    return "\n".join(lines) + "\n"


def _subtitles(captions: Iterable[str], rendition: Rendition) -> Iterable[str]:
    for caption in captions:
        language, _, file_id = caption.partition("_")
        token = _captions_signer.sign(f"{file_id}.{rendition.id.hex}")
        link = reverse("catalog-media-captions", kwargs={"token": token})
        yield (
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{_SUBTITLES}",NAME="{language}",LANGUAGE="{language}",'
            f'DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="{link}"'
        )


def linked_rendition(*, token: str) -> str:
    """One rendition's playlist, whose segments are pieces of one signed link. Raises as `linked_file`."""
    rendition = _linked_rendition(_rendition_signer, token)
    link = reverse("catalog-media-segments", kwargs={"token": _segments_signer.sign(rendition.id.hex)})
    lines = [link if line == "segments" else line for line in rendition.playlist.splitlines()]
    return "\n".join(lines) + "\n"


def linked_segments(*, token: str) -> Linked:
    """The file that holds a rendition's segments. Raises as `linked_file`."""
    rendition = _linked_rendition(_segments_signer, token)
    return Linked(
        key=rendition.storage_name,
        size=rendition.size,
        content_type="video/mp2t",
        file_name=f"{rendition.height}p.ts",
        is_inline=True,
        tag=rendition.id.hex,
        lifetime=VIDEO_LINK_LIFETIME,
    )


def _linked_rendition(signer: signing.TimestampSigner, token: str) -> Rendition:
    rendition = Rendition.objects.filter(id=_unsigned(signer, token, VIDEO_LINK_LIFETIME)).first()
    if rendition is None:
        raise MediaNotFoundError
    return rendition


def _unsigned(signer: signing.TimestampSigner, token: str, lifetime: timedelta) -> UUID:
    return UUID(_unsigned_text(signer, token, lifetime))


def _unsigned_text(signer: signing.TimestampSigner, token: str, lifetime: timedelta) -> str:
    """What was signed; Django compares signatures in constant time."""
    try:
        return signer.unsign(token, max_age=lifetime)
    except signing.SignatureExpired:
        raise MediaLinkExpiredError from None
    except signing.BadSignature:
        raise MediaNotFoundError from None
