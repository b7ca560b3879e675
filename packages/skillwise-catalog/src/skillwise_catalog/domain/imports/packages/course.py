"""A package of the house's own as a document and its files."""

import hashlib
import json
from typing import Any, Final, cast

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.packages.manifest import ListedFile, read_manifest
from skillwise_catalog.domain.imports.parsed import PackageFile, ParsedCourse
from skillwise_catalog.domain.imports.report import ImportNotes
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["MANIFEST", "read_package"]

MANIFEST: Final = "course.json"
_MAX_MANIFEST: Final = 64 * 1024**2


def read_package(archive: Archive) -> ParsedCourse:
    """The course in it, as another one: its modules and lessons have new ids.

    A package says what it holds, so that anything which is not as it says refuses the whole. Raises
    `PackageRefusedError` (`json`, `manifest`, `file`).
    """
    if MANIFEST not in archive:
        raise _refused("manifest", f"{MANIFEST} does not stand at the top of the package.")
    try:
        written = json.loads(archive.read(MANIFEST, max_bytes=_MAX_MANIFEST))
    except (ValueError, RecursionError):
        raise _refused("json", f"{MANIFEST} is not JSON.") from None
    manifest = read_manifest(written)
    notes = ImportNotes(is_strict=True)
    notes.imported.update({"module": len(manifest.course.modules), "lesson": len(manifest.course.lessons)})
    return ParsedCourse(
        document=manifest.course.with_new_ids(),
        files=tuple(_file(listed, archive) for listed in manifest.files),
        notes=notes,
    )


def _file(listed: ListedFile, archive: Archive) -> PackageFile:
    if listed.path not in archive:
        raise _refused("file", f"{listed.path} is listed, and not there.")
    with archive.open(listed.path) as content:
        digest = hashlib.file_digest(cast("Any", content), "sha256").hexdigest()
    if archive.size(listed.path) != listed.size or digest != listed.sha256.lower():
        raise _refused("file", f"{listed.path} is not the file whose size and checksum are listed.")
    return PackageFile(id=listed.id, path=listed.path, name=listed.name, content=archive.files[listed.path])


def _refused(reason: str, detail: str) -> PackageRefusedError:
    return PackageRefusedError(detail, extra={"reason": reason})
