"""Uploads and files as JSON has them."""

from typing import Any

from skillwise_catalog.models import MediaFile, RenderState, Upload
from skillwise_catalog.selectors.media import playlist_path
from skillwise_catalog.services.uploads.beginning import PartProgress

__all__ = ["file_as_json", "upload_as_json"]

_UNKNOWN = dict.fromkeys(
    ("width", "height", "probe", "duration", "video_codec", "audio_codec", "rendering", "playlist_url")
)


def upload_as_json(upload: Upload, progress: list[PartProgress]) -> dict[str, Any]:
    """Of one that goes on."""
    return {
        **_described(upload),
        "is_completed": False,
        "expires_at": upload.expires_at,
        "parts": [_part(part) for part in progress],
        **_UNKNOWN,
    }


def file_as_json(file: MediaFile) -> dict[str, Any]:
    """Of one that was completed."""
    is_rendered = file.rendering == RenderState.RENDERED
    return {
        **_described(file),
        "is_completed": True,
        "expires_at": None,
        "parts": [],
        "width": file.width,
        "height": file.height,
        "probe": file.probe or None,
        "duration": file.duration,
        "video_codec": file.video_codec or None,
        "audio_codec": file.audio_codec or None,
        "rendering": file.rendering or None,
        "playlist_url": playlist_path(file_id=file.id) if is_rendered else None,
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
