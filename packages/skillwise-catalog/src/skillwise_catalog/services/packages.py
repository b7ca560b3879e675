"""Courses out of packages: all of one, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from skillwise_catalog.domain.imports.archive import unpacked
from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat, read_course
from skillwise_catalog.domain.imports.parsed import PackageFile, ParsedCourse, with_files
from skillwise_catalog.domain.imports.report import Finding, ImportNotes, Reason
from skillwise_catalog.errors import PackageRefusedError, UploadRefusedError, UploadTooLargeError
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Category, Course, MediaFile
from skillwise_catalog.selectors.categories import names_down_to
from skillwise_catalog.services.courses import insert_course
from skillwise_catalog.services.documents import write_working_copy
from skillwise_catalog.services.uploads.taking import record_file, save_bytes

__all__ = ["ImportedCourse", "import_course"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCourse:
    """`course_id` is None of a dry run."""

    course_id: UUID | None
    title: str
    modules: int
    lessons: int
    notes: ImportNotes

    def as_json(self) -> dict[str, Any]:
        """What became of the package, without the course's id."""
        return {
            "title": self.title,
            "modules": self.modules,
            "lessons": self.lessons,
            **self.notes.as_json(),
        }


def import_course(
    *,
    content: BinaryIO,
    owner_id: UUID,
    expected: PackageFormat | None = None,
    lessons_from: LessonsFrom = LessonsFrom.BLOCKS,
    category: Category | None = None,
    dry_run: bool = False,
    batch_id: UUID | None = None,
    on_written: Callable[[ImportedCourse], None] | None = None,
    now: datetime,
) -> ImportedCourse:
    """A new draft of the owner's out of a package. When anything goes wrong nothing is kept: no row, no file.

    Without a `category` the course gets the package's own, where the house has it. `batch_id` is what its
    files' bytes are stored together under. `on_written` is called in the transaction that writes the course,
    which what it raises undoes. That the owner may have courses is for the caller to know. Raises
    `PackageRefusedError`, and `MediaQuotaExceededError` when its files are more than the owner may have.
    """
    with unpacked(content) as archive:
        parsed = read_course(archive, expected=expected, lessons_from=lessons_from)
        if category is not None:
            parsed = replace(parsed, document=replace(parsed.document, category=names_down_to(category)))
        if dry_run:
            return _imported(parsed)
        with _saved(parsed, owner_id=owner_id, batch_id=batch_id, now=now) as files, transaction.atomic():
            course = _write(parsed, files, owner_id=owner_id, now=now)
            imported = _imported(parsed, course)
            if on_written is not None:
                on_written(imported)
    return imported


def _imported(parsed: ParsedCourse, course: Course | None = None) -> ImportedCourse:
    return ImportedCourse(
        course_id=course.id if course else None,
        title=parsed.document.title,
        modules=len(parsed.document.modules),
        lessons=len(parsed.document.lessons),
        notes=parsed.notes,
    )


@contextmanager
def _saved(
    parsed: ParsedCourse, *, owner_id: UUID, batch_id: UUID | None, now: datetime
) -> Iterator[dict[UUID, MediaFile]]:
    """The bytes of the files that the course names, by the id that it has for each; deleted if what follows
    fails.
    """
    saved: dict[UUID, MediaFile] = {}
    named = parsed.document.file_ids
    try:
        for file in parsed.files:
            if file.id not in named:
                continue
            with _reporting(file, parsed.notes), file.open() as content:
                saved[file.id] = save_bytes(
                    owner_id=owner_id, name=file.name, content=content, batch_id=batch_id, now=now
                )
        yield saved
    except BaseException:
        for kept in saved.values():
            get_storage().delete(key=kept.storage_name)
        raise


@contextmanager
def _reporting(file: PackageFile, notes: ImportNotes) -> Iterator[None]:
    """A file that is refused refuses the whole where the format is strict, and is left out otherwise."""
    try:
        yield
    except (UploadRefusedError, UploadTooLargeError) as exc:
        if notes.is_strict:
            raise PackageRefusedError(
                f"{file.path}: {exc}", extra={"reason": "file", "path": file.path}
            ) from None
        notes.left_out.append(
            Finding(path=file.path, kind="file", reason=Reason.FILE_REFUSED, detail=str(exc))
        )


def _write(parsed: ParsedCourse, files: dict[UUID, MediaFile], *, owner_id: UUID, now: datetime) -> Course:
    for file in files.values():
        record_file(file)
    document = with_files(parsed.document, {file_id: file.id for file_id, file in files.items()})
    course = Course(owner_id=owner_id, title=document.title, created_at=now, updated_at=now)
    insert_course(course)
    write_working_copy(course, document, now=now)
    return course
