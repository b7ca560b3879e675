"""What catalog reads of Django's settings, with its values unless the host sets others. Framework-free:
settings modules import it.
"""

from typing import Any, Final

__all__ = ["CATALOG_SETTINGS"]

CATALOG_SETTINGS: Final[dict[str, Any]] = {
    "SKILLWISE_CATALOG": {
        # Bytes of one uploaded file.
        "MAX_UPLOAD_BYTES": 100 * 1024 * 1024,
    },
}
"""Beside these, catalog reads MEDIA_ROOT (or whatever Django's default storage reads) and CACHES["default"].
"""
