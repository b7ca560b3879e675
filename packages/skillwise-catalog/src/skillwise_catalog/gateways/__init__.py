"""What the catalogue asks of others, behind ports: where files are kept, and who can look into videos."""

from importlib import import_module

from skillwise_catalog.gateways.port import (
    ByteRange,
    ContentMissingError,
    MediaStorage,
    Part,
    UploadTarget,
    cut_into_parts,
)
from skillwise_catalog.settings import catalog_setting

__all__ = [
    "ByteRange",
    "ContentMissingError",
    "MediaStorage",
    "Part",
    "UploadTarget",
    "cut_into_parts",
    "get_storage",
]


def get_storage() -> MediaStorage:
    """The storage that the settings name. Its module is imported when first asked for: boto3 is large, and
    who keeps files in a folder needs none of it.
    """
    module = import_module(f"{__name__}.{catalog_setting('MEDIA_STORAGE')}")
    storage: MediaStorage = module.STORAGE.from_settings()
    return storage
