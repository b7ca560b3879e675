"""Courses as packages."""

import json
import zipfile
from typing import Any, BinaryIO, Final
from uuid import UUID

from skillwise_catalog.domain.imports.packages.course import MANIFEST
from skillwise_catalog.domain.imports.packages.manifest import PACKAGE_FORMAT
from skillwise_catalog.errors import CourseNotFoundError
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Course, MediaFile
from skillwise_catalog.selectors.documents import working_copy

__all__ = ["export_course"]

#: Zip's own beginning of time: the same course makes the same package.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def export_course(*, course_id: UUID, target: BinaryIO) -> None:
    """Write the course's working copy to `target`, which need not be sought in, as `docs/course-package.md`
    describes it.

    That whoever asks may edit the course is for the caller to know. Raises `CourseNotFoundError`, and
    `ContentMissingError` when the storage has lost a file.
    """
    course = Course.objects.select_related("category").filter(id=course_id).first()
    if course is None:
        raise CourseNotFoundError
    document = working_copy(course)
    written = document.as_json()
    files = _in_order_of_mention(MediaFile.objects.filter(id__in=document.file_ids), json.dumps(written))
    manifest = {"format": PACKAGE_FORMAT, "course": written, "files": [_as_json(file) for file in files]}
    with zipfile.ZipFile(target, "w") as archive:
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        archive.writestr(_entry(MANIFEST, zipfile.ZIP_DEFLATED), text)
        for file in files:
            entry = _entry(_path(file), zipfile.ZIP_STORED)
            entry.file_size = file.size
            with archive.open(entry, "w") as copy:
                for chunk in get_storage().read(key=file.storage_name):
                    copy.write(chunk)


def _in_order_of_mention(files: Any, text: str) -> list[MediaFile]:
    return sorted(files, key=lambda file: text.index(str(file.id)))


def _as_json(file: MediaFile) -> dict[str, Any]:
    return {
        "id": str(file.id),
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "path": _path(file),
    }


def _path(file: MediaFile) -> str:
    return f"files/{file.id}/{file.name}"


def _entry(path: str, packing: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, date_time=_NO_TIME)
    entry.compress_type = packing
    entry.external_attr = 0o644 << 16
    return entry
