"""A Common Cartridge as a document: top items become modules, and what they lead to lessons."""

import html
from collections.abc import Iterator
from itertools import groupby
from typing import Final
from uuid import UUID

from bs4 import BeautifulSoup

from skillwise_catalog.domain.documents import CourseDocument, LessonDocument, ModuleDocument
from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.cartridges.addresses import is_page, package_file
from skillwise_catalog.domain.imports.cartridges.manifest import (
    MANIFEST,
    Item,
    Resource,
    open_cartridge,
    read_plain_xml,
)
from skillwise_catalog.domain.imports.cartridges.questions import read_items
from skillwise_catalog.domain.imports.lessons import quiz_lessons, read_article
from skillwise_catalog.domain.imports.markup import MAX_MARKUP, FindFile, to_markdown
from skillwise_catalog.domain.imports.parsed import ParsedCourse, Shelf
from skillwise_catalog.domain.imports.report import Finding, ImportNotes, Reason
from skillwise_catalog.domain.imports.wording import prose_of, title_of
from skillwise_catalog.domain.lessons import MAX_LESSONS_PER_MODULE, MAX_MODULES
from skillwise_catalog.domain.quizzes import Question
from skillwise_catalog.domain.text import (
    MAX_DESCRIPTION_LENGTH,
    TextRefusedError,
    clean_language,
    clean_video_url,
)
from skillwise_catalog.domain.uploads.kinds import KINDS, kind_of
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["read_cartridge"]

_HEADINGS_APART: Final = " / "


def read_cartridge(archive: Archive) -> ParsedCourse:
    """The course in a Common Cartridge 1.1 to 1.3. Raises `PackageRefusedError`."""
    return _Reader(archive).course()


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self._cartridge = open_cartridge(archive)
        self._archive = self._cartridge.archive
        self._notes = ImportNotes()
        self._shelf = Shelf(self._archive, self._notes)
        self._reached: set[str] = set()

    def course(self) -> ParsedCourse:
        title = title_of(self._cartridge.title, otherwise="Course")
        modules = tuple(self._modules(title))
        if len(modules) > MAX_MODULES:
            raise _too_many(f"The course has more than {MAX_MODULES} modules.")
        for module in modules:
            if len(module.lessons) > MAX_LESSONS_PER_MODULE:
                raise _too_many(f"Module {module.title!r} has more than {MAX_LESSONS_PER_MODULE} lessons.")
        self._report_the_unreached()
        return ParsedCourse(
            document=CourseDocument(
                title=title,
                description=self._description(),
                language=_language(self._cartridge.language),
                modules=modules,
            ),
            files=self._shelf.files,
            notes=self._notes,
        )

    def _modules(self, title: str) -> Iterator[ModuleDocument]:
        """A module for each folder at the top; what stands between them is one by the course's title."""
        shown = self._shown(self._cartridge.items)
        for is_folder, run in groupby(shown, key=lambda item: not item.resource_id):
            if not is_folder:
                yield ModuleDocument(title=title, lessons=tuple(self._lessons(tuple(run), group="")))
                continue
            for item in run:
                self._notes.imported["module"] += 1
                yield ModuleDocument(
                    title=title_of(item.title, otherwise="Module"),
                    lessons=tuple(self._lessons(item.items, group="")),
                )

    def _lessons(self, items: tuple[Item, ...], *, group: str) -> Iterator[LessonDocument]:
        """Those of items beside each other: a folder's stand under its title, as do those that follow an item
        which is a title alone.
        """
        heading = group
        for item in self._shown(items):
            if item.resource_id:
                yield from self._lessons_of(item, group=heading)
            elif not item.items:
                self._notes.imported["heading"] += 1
                heading = _below(group, item.title)
            if item.items:
                self._notes.imported["folder"] += 1
                yield from self._lessons(item.items, group=_below(group, item.title))

    def _lessons_of(self, item: Item, *, group: str) -> Iterator[LessonDocument]:
        resource = self._cartridge.resources.get(item.resource_id)
        if resource is None:
            finding = Finding(path=MANIFEST, kind="item", reason=Reason.FILE_MISSING, title=item.title)
            self._notes.left_out.append(finding)
            return
        self._reached.add(resource.id)
        title = title_of(item.title, otherwise="Lesson")
        if resource.hidden is not None:
            self._notes.kept_out.append(_finding(resource, resource.hidden, title))
        elif resource.href not in self._archive:
            self._leave_out(resource, Reason.FILE_MISSING, title)
        elif resource.kind == "assessment":
            yield from self._quizzes(resource, title, group)
        elif resource.kind in {"webcontent", "weblink"}:
            lesson = self._lesson(resource, title, group)
            if lesson is not None:
                self._notes.imported[resource.kind] += 1
                yield lesson
        else:
            self._leave_out(resource, Reason.UNSUPPORTED, title)

    def _lesson(self, resource: Resource, title: str, group: str) -> LessonDocument | None:
        if resource.kind == "weblink":
            return self._link(resource, title, group)
        if is_page(resource.href):
            return self._article(resource, title, group)
        file_id = self._shelf.take(resource.href)
        if file_id is None:
            return None  # which is reported
        extension = next(end for end in KINDS if resource.href.lower().endswith(end))
        kind = LessonKind.VIDEO if kind_of(extension).is_video else LessonKind.FILE
        return LessonDocument(title=title, kind=kind, group=group, file_id=file_id)

    def _article(self, resource: Resource, title: str, group: str) -> LessonDocument | None:
        page = _decoded(self._archive.read(resource.href, max_bytes=MAX_MARKUP))
        if _is_unpublished(page):
            self._notes.kept_out.append(_finding(resource, Reason.DRAFT, title))
            return None
        article = read_article(page, find_file=self._files_on(resource.href))
        if isinstance(article, Reason):
            self._leave_out(resource, article, title)
            return None
        for reason, detail in article.lost:
            self._notes.changed.append(_finding(resource, reason, title, detail))
        return LessonDocument(title=title, kind=LessonKind.ARTICLE, group=group, article=article.text)

    def _link(self, resource: Resource, title: str, group: str) -> LessonDocument | None:
        link = read_plain_xml(self._archive, resource.href)
        url = link.find("url")
        try:
            address = clean_video_url((url.get("href") if url is not None else "") or "")
        except TextRefusedError as exc:
            self._leave_out(resource, Reason.INVALID, title, str(exc))
            return None
        said = " ".join((link.findtext("title") or "").split()) or title
        markup = f'<p><a href="{html.escape(address)}">{html.escape(said)}</a></p>'
        article = to_markdown(markup, find_file=lambda address: None).text
        return LessonDocument(title=title, kind=LessonKind.ARTICLE, group=group, article=article)

    def _quizzes(self, resource: Resource, title: str, group: str) -> Iterator[LessonDocument]:
        """An assessment's questions are one quiz, or as many as their number and length need."""
        assessment = read_plain_xml(self._archive, resource.href)
        if next(assessment.iter("selection_number"), None) is not None:
            detail = "All of its questions are asked, not some at random."
            self._notes.changed.append(_finding(resource, Reason.RANDOMISED, title, detail))
        questions: list[Question] = []
        for item in read_items(assessment, find_file=self._files_on(resource.href)):
            path = f"{resource.href}#{item.id}"
            kept = self._notes.changed if item.question else self._notes.left_out
            for reason, detail in item.lost if item.question else item.lost[-1:]:
                kept.append(Finding(path=path, kind="item", reason=reason, title=item.title, detail=detail))
            if item.question:
                questions.append(item.question)
        if not questions:
            self._leave_out(resource, Reason.EMPTY, title)
            return
        self._notes.imported.update({"assessment": 1, "item": len(questions)})
        yield from quiz_lessons(questions, title=title, group=group)

    def _shown(self, items: tuple[Item, ...]) -> Iterator[Item]:
        """Those that learners saw."""
        for item in items:
            if item.hidden is None:
                yield item
            else:
                self._keep_out(item, item.hidden)

    def _keep_out(self, item: Item, reason: Reason) -> None:
        """The item, and all that is in it."""
        resource = self._cartridge.resources.get(item.resource_id)
        if resource is not None:
            self._reached.add(resource.id)
        path, kind = (resource.href, resource.kind) if resource else (f"{MANIFEST}#{item.id}", "item")
        self._notes.kept_out.append(Finding(path=path, kind=kind, reason=reason, title=item.title))
        for child in item.items:
            self._keep_out(child, reason)

    def _leave_out(self, resource: Resource, reason: Reason, title: str = "", detail: str = "") -> None:
        self._notes.left_out.append(_finding(resource, reason, title, detail))

    def _report_the_unreached(self) -> None:
        """Resources that neither the tree leads to nor a lesson shows."""
        shown = {file.path for file in self._shelf.files}
        for resource in self._cartridge.resources.values():
            if resource.id not in self._reached and not shown & {resource.href, *resource.files}:
                if resource.hidden is not None:
                    self._notes.kept_out.append(_finding(resource, resource.hidden))
                else:
                    self._leave_out(resource, Reason.UNREFERENCED)

    def _files_on(self, page: str) -> FindFile:
        def find(address: str) -> UUID | None:
            return package_file(address, page=page, archive=self._archive, shelf=self._shelf)

        return find

    def _description(self) -> str:
        try:
            said = to_markdown(self._cartridge.description, find_file=lambda address: None).text
        except RecursionError:
            return ""
        return prose_of(said, max_length=MAX_DESCRIPTION_LENGTH) or ""


def _below(group: str, title: str) -> str:
    return title_of(_HEADINGS_APART.join(filter(None, [group, title])), otherwise=group)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")


def _is_unpublished(page: str) -> bool:
    """As Canvas says it in the page's head."""
    meta = BeautifulSoup(page, "html.parser").find("meta", attrs={"name": "workflow_state"})
    return meta is not None and meta.get("content") == "unpublished"


def _language(written: str) -> str:
    try:
        return clean_language(written.replace("_", "-"))
    except TextRefusedError:
        return ""


def _finding(resource: Resource, reason: Reason, title: str = "", detail: str = "") -> Finding:
    return Finding(
        path=resource.href or resource.id, kind=resource.kind, reason=reason, title=title, detail=detail
    )


def _too_many(detail: str) -> PackageRefusedError:
    return PackageRefusedError(detail, extra={"reason": "too_many"})
