"""What every package comes to: a document, the files that it names, and a report."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from uuid import UUID

from skillwise_kernel.ids import new_id

from skillwise_catalog.domain.documents import CourseDocument, LessonDocument
from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.report import Finding, ImportNotes, Reason
from skillwise_catalog.domain.markdown import media_named_in
from skillwise_catalog.domain.quizzes import Quiz
from skillwise_catalog.domain.references import renamed_media
from skillwise_catalog.domain.uploads.kinds import clean_name, kind_of, misplaced
from skillwise_catalog.errors import PackageRefusedError, UploadRefusedError

__all__ = ["PackageFile", "ParsedCourse", "Shelf", "with_files"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """A file to be stored, which the document calls by `id`; `path` is its place in the package."""

    id: UUID
    path: str
    name: str
    content: Path | bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedCourse:
    """`files` can be read while the archive that they came in is unpacked."""

    document: CourseDocument
    files: tuple[PackageFile, ...]
    notes: ImportNotes


class Shelf:
    """The files of a package that its course comes to use, each once."""

    def __init__(self, archive: Archive, notes: ImportNotes) -> None:
        self._archive = archive
        self._notes = notes
        self._looked_up: dict[str, PackageFile | None] = {}
        self._misplaced: set[tuple[str, str]] = set()
        self._taken: dict[str, PackageFile] = {}

    @property
    def files(self) -> tuple[PackageFile, ...]:
        return tuple(self._taken.values())

    @property
    def paths(self) -> frozenset[str]:
        """Every path that was asked for, of files that came along and of those that are reported."""
        return frozenset(self._looked_up) | {file.path for file in self.files}

    def take(self, path: str, *, form: str = "") -> UUID | None:
        """The id of the package's file; None, and reported, where it has none, its kind is not accepted, or
        not of the `form` (`FileKind.form`) that must stand where it is wanted. Blank is any.
        """
        if path not in self._looked_up:
            self._looked_up[path] = self._found(path)
        file = self._looked_up[path]
        if file is None:
            return None
        if problem := misplaced(kind_of(file.name), form=form):
            if (path, form) not in self._misplaced:
                self._misplaced.add((path, form))
                self._report(path, Reason.FILE_REFUSED, problem.detail)
            return None
        self._taken[path] = file
        return file.id

    def add(self, path: str, *, name: str, content: bytes) -> UUID:
        """Put a file there that was made of the one at `path`."""
        file = PackageFile(id=new_id(), path=path, name=name, content=content)
        self._taken[f"{path} as {name}"] = file
        return file.id

    def _found(self, path: str) -> PackageFile | None:
        if path not in self._archive:
            self._report(path, Reason.FILE_MISSING, "The package has no such file.")
            return None
        try:
            name = clean_name(PurePosixPath(path).name)
        except UploadRefusedError as exc:
            self._report(path, Reason.FILE_REFUSED, str(exc))
            return None
        return PackageFile(id=new_id(), path=path, name=name, content=self._archive.files[path])

    def _report(self, path: str, reason: Reason, detail: str) -> None:
        self._notes.left_out.append(Finding(path=path, kind="file", reason=reason, detail=detail))


def with_files(document: CourseDocument, ids: Mapping[UUID, UUID]) -> CourseDocument:
    """The document with its files called by other ids. A file without one goes: from articles its mention
    does, captions and resources with it, and a lesson that is nothing without it too.

    Raises `PackageRefusedError` (`file`) for Markdown that names another file all the same, as `media\\:…`
    does: readers would get links to it, whoever it belongs to.
    """
    renamed = replace(
        document,
        description=_renamed(document.description, ids),
        cover_id=ids.get(document.cover_id) if document.cover_id else None,
        promo_video_id=ids.get(document.promo_video_id) if document.promo_video_id else None,
        modules=tuple(
            replace(
                module,
                lessons=tuple(
                    _lesson(lesson, ids)
                    for lesson in module.lessons
                    if lesson.file_id is None or lesson.file_id in ids
                ),
            )
            for module in document.modules
        ),
    )
    texts = [renamed.description, *(text for lesson in renamed.lessons for text in lesson.prose())]
    if any(media_named_in(text) - set(ids.values()) for text in texts if text):
        raise PackageRefusedError("A text names a file that the package has not.", extra={"reason": "file"})
    return renamed


def _lesson(lesson: LessonDocument, ids: Mapping[UUID, UUID]) -> LessonDocument:
    return replace(
        lesson,
        article=_renamed(lesson.article, ids),
        quiz=_quiz(lesson.quiz, ids) if lesson.quiz else None,
        file_id=ids[lesson.file_id] if lesson.file_id else None,
        captions=tuple(
            replace(caption, file_id=ids[caption.file_id])
            for caption in lesson.captions
            if caption.file_id in ids
        ),
        resources=tuple(
            replace(resource, file_id=ids[resource.file_id])
            for resource in lesson.resources
            if resource.file_id in ids
        ),
    )


def _quiz(quiz: Quiz, ids: Mapping[UUID, UUID]) -> Quiz:
    return replace(
        quiz,
        questions=tuple(
            replace(
                question,
                text=_renamed(question.text, ids),
                explanation=_renamed(question.explanation, ids),
                choices=tuple(
                    replace(choice, text=_renamed(choice.text, ids)) for choice in question.choices
                ),
            )
            for question in quiz.questions
        ),
    )


def _renamed(markdown: str, ids: Mapping[UUID, UUID]) -> str:
    """An address that nobody has stays behind for one that is lost: readers see the words."""

    def address(file_id: UUID) -> str:
        known = ids.get(file_id)
        return f"media:{known}" if known else "#"

    return renamed_media(markdown, address)
