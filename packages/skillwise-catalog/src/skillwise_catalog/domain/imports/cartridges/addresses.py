"""How a cartridge's HTML names the cartridge's files."""

import posixpath
import re
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.parsed import Shelf

__all__ = ["is_page", "package_file"]

#: Where the package's files begin, by the specification; Canvas means its folder `web_resources`.
_BASE: Final = "$IMS-CC-FILEBASE$"
_CANVAS_FILES: Final = "web_resources"
_OUTWARD: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
_PAGES: Final = (".html", ".htm", ".xhtml")


def is_page(path: str) -> bool:
    return path.lower().endswith(_PAGES)


def package_file(address: str, *, page: str, archive: Archive, shelf: Shelf) -> UUID | None:
    """The file that an address on `page` means; None for an address of something else (the web, another page,
    a place of the old home), and for a file that is not there.
    """
    written = unquote(address.strip().split("?")[0].split("#")[0])
    if not written or _OUTWARD.match(address.strip()) or (written.startswith("$") and _BASE not in written):
        return None
    below = written.partition(_BASE)[2] if _BASE in written else written
    candidates = [
        posixpath.normpath(posixpath.join(folder, below.lstrip("/")))
        for folder in (posixpath.dirname(page), "", _CANVAS_FILES)
    ]
    path = next((candidate for candidate in candidates if candidate in archive), candidates[0])
    return None if is_page(path) or path.startswith("..") else shelf.take(path)
