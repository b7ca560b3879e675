"""Courses as packages."""

import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any, Final, cast
from uuid import UUID

from django.db import transaction

from skillwise_catalog.domain.imports.packages.course import MANIFEST
from skillwise_catalog.domain.imports.packages.manifest import PACKAGE_FORMAT
from skillwise_catalog.errors import CourseNotFoundError
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Course, MediaFile
from skillwise_catalog.selectors.documents import working_copy

__all__ = ["export_course"]

#: Zip's own beginning of time: the same course makes the same package.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def export_course(*, course_id: UUID) -> Iterator[bytes]:
    """The course's working copy as `docs/course-package.md` describes it, in pieces, as they are asked for.

    What the course says is read now, in one look. That whoever asks may edit it is for the caller to know.
    Raises `CourseNotFoundError`; the iterator raises `ContentMissingError` when the storage has lost a file,
    and what it gave until then is no zip.
    """
    with transaction.atomic():
        courses = Course.objects.select_for_update(of=("self",), no_key=True).select_related("category")
        course = courses.filter(id=course_id).first()
        if course is None:
            raise CourseNotFoundError
        document = working_copy(course)
        written = document.as_json()
        files = _in_order_of_mention(MediaFile.objects.filter(id__in=document.file_ids), json.dumps(written))
    manifest = {"format": PACKAGE_FORMAT, "course": written, "files": [_as_json(file) for file in files]}
    return _packed(json.dumps(manifest, ensure_ascii=False, indent=1), files)


def _packed(manifest: str, files: list[MediaFile]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w") as archive:
        archive.writestr(_entry(MANIFEST, zipfile.ZIP_DEFLATED), manifest)
        for file in files:
            entry = _entry(_path(file), zipfile.ZIP_STORED)
            entry.file_size = file.size
            with archive.open(entry, "w") as copy:
                for chunk in get_storage().read(key=file.storage_name):
                    copy.write(chunk)
                    yield sink.taken()
    yield sink.taken()


class _Sink:
    """What is written here is taken away; it cannot be sought in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


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
