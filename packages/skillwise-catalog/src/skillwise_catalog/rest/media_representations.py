"""Uploads and files as JSON has them."""

from typing import Any

from skillwise_catalog.models import MediaFile, RenderState, Upload
from skillwise_catalog.selectors.media import playlist_path
from skillwise_catalog.services.uploads.beginning import PartProgress

__all__ = ["file_as_json", "listed_as_json", "upload_as_json"]

_UNKNOWN = dict.fromkeys(
    ("width", "height", "probe", "duration", "video_codec", "audio_codec", "rendering", "playlist_url")
)


def upload_as_json(upload: Upload, progress: list[PartProgress]) -> dict[str, Any]:
    """Of one that goes on."""
    return {**listed_as_json(upload), "parts": [_part(part) for part in progress]}


def file_as_json(file: MediaFile) -> dict[str, Any]:
    """Of one that was completed."""
    return {**listed_as_json(file), "parts": []}


def listed_as_json(found: Upload | MediaFile) -> dict[str, Any]:
    """Of either, without parts: the storage knows of them, and each is signed."""
    if isinstance(found, Upload):
        return {**_described(found), "is_completed": False, "expires_at": found.expires_at, **_UNKNOWN}
    is_rendered = found.rendering == RenderState.RENDERED
    return {
        **_described(found),
        "is_completed": True,
        "expires_at": None,
        "width": found.width,
        "height": found.height,
        "probe": found.probe or None,
        "duration": found.duration,
        "video_codec": found.video_codec or None,
        "audio_codec": found.audio_codec or None,
        "rendering": found.rendering or None,
        "playlist_url": playlist_path(file_id=found.id) if is_rendered else None,
    }


def _described(file: Upload | MediaFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "created_at": file.created_at,
    }


def _part(progress: PartProgress) -> dict[str, Any]:
    part, target = progress.part, progress.target
    return {
        "number": part.number,
        "offset": part.offset,
        "size": part.size,
        "request": target
        and {
            "method": target.method,
            "url": target.url,
            "headers": dict(target.headers),
            "expires_at": progress.expires_at,
        },
    }
