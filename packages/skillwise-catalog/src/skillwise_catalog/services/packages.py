"""Courses out of packages: all of one, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from skillwise_catalog.domain.documents import CourseDocument
from skillwise_catalog.domain.imports.archive import unpacked
from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat, read_course
from skillwise_catalog.domain.imports.parsed import PackageFile, ParsedCourse, with_files
from skillwise_catalog.domain.imports.report import Finding, ImportNotes, Reason
from skillwise_catalog.errors import PackageRefusedError, UploadRefusedError, UploadTooLargeError
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Category, Course, MediaFile
from skillwise_catalog.services.courses import insert_course
from skillwise_catalog.services.documents import write_working_copy
from skillwise_catalog.services.uploads.taking import store_upload

__all__ = ["ImportedCourse", "import_course"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCourse:
    """`course_id` is None of a dry run."""

    course_id: UUID | None
    title: str
    modules: int
    lessons: int
    notes: ImportNotes


def import_course(
    *,
    content: BinaryIO,
    owner_id: UUID,
    expected: PackageFormat | None = None,
    lessons_from: LessonsFrom = LessonsFrom.BLOCKS,
    dry_run: bool = False,
    now: datetime,
) -> ImportedCourse:
    """A new draft of the owner's out of a package. When anything goes wrong nothing is kept: no row, no file.

    That the owner may have courses is for the caller to know. Raises `PackageRefusedError`, and
    `MediaQuotaExceededError` when its files are more than the owner may have.
    """
    with unpacked(content) as archive:
        parsed = read_course(archive, expected=expected, lessons_from=lessons_from)
        course_id = None if dry_run else _write(parsed, owner_id=owner_id, now=now)
    return ImportedCourse(
        course_id=course_id,
        title=parsed.document.title,
        modules=len(parsed.document.modules),
        lessons=len(parsed.document.lessons),
        notes=parsed.notes,
    )


def _write(parsed: ParsedCourse, *, owner_id: UUID, now: datetime) -> UUID:
    with _storing() as stored, transaction.atomic():
        named = parsed.document.file_ids
        for file in parsed.files:
            if (
                file.id in named
                and (kept := _store(file, parsed.notes, owner_id=owner_id, now=now)) is not None
            ):
                stored[file.id] = kept
        ids = {file_id: kept.id for file_id, kept in stored.items()}
        document = _in_known_category(with_files(parsed.document, ids))
        course = Course(owner_id=owner_id, title=document.title, created_at=now, updated_at=now)
        insert_course(course)
        write_working_copy(course, document, now=now)
        return course.id


@contextmanager
def _storing() -> Iterator[dict[UUID, MediaFile]]:
    """What is stored meanwhile, by the id that the document has for it; deleted if that fails."""
    stored: dict[UUID, MediaFile] = {}
    try:
        yield stored
    except BaseException:
        for file in stored.values():
            get_storage().delete(key=file.storage_name)
        raise


def _store(file: PackageFile, notes: ImportNotes, *, owner_id: UUID, now: datetime) -> MediaFile | None:
    try:
        with file.open() as content:
            return store_upload(owner_id=owner_id, name=file.name, content=content, now=now)
    except (UploadRefusedError, UploadTooLargeError) as exc:
        if notes.is_strict:
            raise PackageRefusedError(
                f"{file.path}: {exc}", extra={"reason": "file", "path": file.path}
            ) from None
        notes.left_out.append(
            Finding(path=file.path, kind="file", reason=Reason.FILE_REFUSED, detail=str(exc))
        )
        return None


def _in_known_category(document: CourseDocument) -> CourseDocument:
    """Shelves are the house's: a package brings none."""
    names = list(document.category)
    category: Category | None = None
    for name in names:
        category = Category.objects.filter(parent=category, name__iexact=name).first()
        if category is None:
            return replace(document, category=())
    return document
