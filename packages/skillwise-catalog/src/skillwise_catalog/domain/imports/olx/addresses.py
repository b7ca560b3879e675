"""How OLX's HTML names the course's own files."""

import re
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.parsed import Shelf

__all__ = ["static_file", "static_path"]

#: `/static/a.png`, `asset-v1:Org+Course+Run+type@asset+block@a.png` and `/c4x/Org/Course/asset/a.png`.
_STATIC: Final = re.compile(
    r"(?:https?://[^/]+)?(?:/?static/|/?asset-v1:[^@]+@asset\+block@|/?c4x/[^/]+/[^/]+/asset/)(?P<name>[^?#]+)"
)


def static_file(address: str, *, archive: Archive, shelf: Shelf, form: str = "") -> UUID | None:
    """The file that an address means; None for an address of something else, or a file that is not there or
    not of the `form` that must stand there, as `Shelf.take`.
    """
    path = static_path(address, archive=archive)
    return shelf.take(path, form=form) if path else None


def static_path(address: str, *, archive: Archive) -> str | None:
    """Where the archive has it. Studio writes names with underscores that the export has with blanks."""
    match = _STATIC.fullmatch(address.strip().split("?")[0].split("#")[0])
    if match is None:
        return None
    path = f"static/{unquote(match['name'])}"
    if path in archive:
        return path
    alike = (held for held in archive if held.startswith("static/") and _folded(held) == _folded(path))
    return next(alike, path)


def _folded(path: str) -> str:
    return re.sub(r"[^\w./-]", "_", path).lower()
