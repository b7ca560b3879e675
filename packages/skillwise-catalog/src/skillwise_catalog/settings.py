"""What catalog reads of Django's settings, with its values unless the host sets others. Framework-free:
settings modules import it.
"""

from typing import Any, Final

__all__ = ["CATALOG_SETTINGS", "catalog_setting"]

CATALOG_SETTINGS: Final[dict[str, Any]] = {
    "SKILLWISE_CATALOG": {
        # Bytes of one uploaded file; most kinds may have fewer.
        "MAX_UPLOAD_BYTES": 2 * 1024 * 1024 * 1024,
        # Bytes of all files of one owner.
        "MEDIA_QUOTA_BYTES": 50 * 1024 * 1024 * 1024,
        # Larger files are sent in parts of this many bytes (S3 takes no part below 5 MiB but the last, and no
        # more than 10,000 of them).
        "UPLOAD_PART_BYTES": 16 * 1024 * 1024,
        # For how long an upload may go on before it is swept.
        "UPLOAD_HOURS": 48,
        # Where files are: "folder" (MEDIA_ROOT) or "s3".
        "MEDIA_STORAGE": "folder",
        # For "s3": an endpoint of None is Amazon's own; keys of None are found as boto3 finds them.
        "S3_BUCKET": "",
        "S3_ENDPOINT_URL": None,
        "S3_REGION": None,
        "S3_ACCESS_KEY_ID": None,
        "S3_SECRET_ACCESS_KEY": None,
        # Whether videos are made ready for streaming (HLS), where there is an ffmpeg.
        "VIDEO_RENDITIONS": False,
    },
}
"""Beside these, catalog reads MEDIA_ROOT and CACHES["default"]."""


def catalog_setting(name: str) -> Any:
    """The setting as the host has it, or ours. It reads Django's settings: not for settings modules."""
    from django.conf import settings

    configured: dict[str, Any] = getattr(settings, "SKILLWISE_CATALOG", {})
    return {**CATALOG_SETTINGS["SKILLWISE_CATALOG"], **configured}[name]
