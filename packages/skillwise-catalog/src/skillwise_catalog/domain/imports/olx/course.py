"""An Open edX course as a document: chapters become modules, and what stands in their verticals lessons."""

import enum
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import tostring

from skillwise_catalog.domain.documents import CourseDocument, LessonDocument, ModuleDocument
from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.lessons import quiz_lessons, read_article
from skillwise_catalog.domain.imports.markup import MAX_MARKUP, to_markdown
from skillwise_catalog.domain.imports.olx.addresses import static_file
from skillwise_catalog.domain.imports.olx.leftovers import report_leftovers
from skillwise_catalog.domain.imports.olx.problems import read_problem
from skillwise_catalog.domain.imports.olx.tree import Node, Tree, open_tree
from skillwise_catalog.domain.imports.olx.videos import read_video
from skillwise_catalog.domain.imports.parsed import ParsedCourse, Shelf
from skillwise_catalog.domain.imports.report import Finding, ImportNotes, Reason
from skillwise_catalog.domain.imports.wording import prose_of, title_of
from skillwise_catalog.domain.lessons import MAX_LESSONS_PER_MODULE, MAX_MODULES
from skillwise_catalog.domain.quizzes import Question
from skillwise_catalog.domain.text import (
    MAX_ARTICLE_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_SUBTITLE_LENGTH,
    TextRefusedError,
    clean_language,
)
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["LessonsFrom", "read_olx"]

_CONTAINERS: Final = frozenset({"vertical", "sequential", "library_content", "itembank", "wrapper"})
_LEAVES: Final = frozenset({"html", "video", "problem"})


class LessonsFrom(enum.StrEnum):
    """What makes a lesson: each block, or each vertical as far as its blocks are of one kind."""

    BLOCKS = "blocks"
    VERTICALS = "verticals"


def read_olx(archive: Archive, *, lessons_from: LessonsFrom = LessonsFrom.BLOCKS) -> ParsedCourse:
    """The course in an OLX archive. Raises `PackageRefusedError`."""
    return _Reader(open_tree(archive), lessons_from).course()


class _Reader:
    def __init__(self, tree: Tree, lessons_from: LessonsFrom) -> None:
        self._tree = tree
        self._lessons_from = lessons_from
        self._notes = ImportNotes()
        self._shelf = Shelf(tree.archive, self._notes)
        self._reached: set[str] = set()

    def course(self) -> ParsedCourse:
        root = self._tree.root
        modules = [self._module(chapter) for chapter in self._shown(self._tree.children(root))]
        if len(modules) > MAX_MODULES:
            raise _too_many(f"The course has more than {MAX_MODULES} chapters.")
        document = CourseDocument(
            title=title_of(root.title, otherwise=title_of(root.name, otherwise="Course")),
            subtitle=title_of(self._about("short_description"), otherwise="", max_length=MAX_SUBTITLE_LENGTH),
            description=prose_of(self._about("overview"), max_length=MAX_DESCRIPTION_LENGTH) or "",
            language=_language(root),
            cover_id=self._file(f"/static/{root.attributes.get('course_image') or ''}", form="image"),
            modules=tuple(module for module in modules if module),
        )
        report_leftovers(self._tree, reached=self._reached, shelf=self._shelf, notes=self._notes)
        return ParsedCourse(document=document, files=self._shelf.files, notes=self._notes)

    def _module(self, chapter: Node) -> ModuleDocument | None:
        if chapter.kind != "chapter":
            self._leave_out(chapter, Reason.UNSUPPORTED)
            return None
        self._notes.imported["chapter"] += 1
        title = title_of(chapter.title, otherwise="Module")
        lessons = [
            lesson
            for sequential in self._shown(self._tree.children(chapter))
            for lesson in self._lessons(sequential, fallback=title)
        ]
        if len(lessons) > MAX_LESSONS_PER_MODULE:
            raise _too_many(
                f"Chapter {title!r} has {len(lessons)} lessons; {MAX_LESSONS_PER_MODULE} may be in a module."
                + (" With a lesson for each vertical there are fewer." if not self._by_vertical else "")
            )
        return ModuleDocument(title=title, lessons=tuple(lessons))

    def _lessons(self, sequential: Node, *, fallback: str) -> Iterator[LessonDocument]:
        """Those of a sequential, grouped under its title; a vertical's runs of one kind are told apart."""
        self._notes.imported[sequential.kind] += 1
        group = title_of(sequential.title, otherwise=fallback)
        for vertical in self._shown(self._tree.children(sequential)):
            title = title_of(vertical.title, otherwise=group)
            if vertical.kind in _CONTAINERS:
                self._notes.imported[vertical.kind] += 1
                blocks = list(self._blocks(vertical))
            else:
                blocks = [vertical]
            lessons = list(self._lessons_of(blocks, title, group))
            yield from self._merged(lessons, title) if self._by_vertical else lessons

    def _blocks(self, container: Node) -> Iterator[Node]:
        """The blocks within, those of containers in it among them."""
        for node in self._shown(self._tree.children(container)):
            if node.kind not in _CONTAINERS:
                yield node
                continue
            self._notes.imported[node.kind] += 1
            if node.kind in {"library_content", "itembank"}:
                self._change(node, Reason.RANDOMISED, "All of its problems are asked, not some at random.")
            yield from self._blocks(node)

    def _lessons_of(self, blocks: list[Node], title: str, group: str) -> Iterator[LessonDocument]:
        for is_problem, run in groupby(blocks, key=lambda node: node.kind == "problem"):
            if is_problem:
                yield from self._quizzes(list(run), title, group)
                continue
            for block in run:
                lesson = self._lesson(block, title=title_of(block.title, otherwise=title), group=group)
                if lesson is not None:
                    self._notes.imported[block.kind] += 1
                    yield lesson

    def _lesson(self, block: Node, *, title: str, group: str) -> LessonDocument | None:
        if block.element is None:
            self._leave_out(block, Reason.FILE_MISSING)
            return None
        match block.kind:
            case "html":
                return self._article(block, title=title, group=group)
            case "video":
                video = read_video(
                    block, tree=self._tree, shelf=self._shelf, notes=self._notes, title=title, group=group
                )
                if video is None:
                    self._leave_out(block, Reason.NO_SOURCE)
                return video
        self._leave_out(block, Reason.UNSUPPORTED)
        return None

    def _article(self, block: Node, *, title: str, group: str) -> LessonDocument | None:
        html = self._html_of(block)
        if html is None:
            self._leave_out(block, Reason.FILE_MISSING)
            return None
        article = read_article(html, find_file=self._file)
        if isinstance(article, Reason):
            self._leave_out(block, article)
            return None
        for reason, detail in article.lost:
            self._change(block, reason, detail)
        return LessonDocument(title=title, kind=LessonKind.ARTICLE, group=group, article=article.text)

    def _html_of(self, block: Node) -> str | None:
        """What the block's `.html` file holds, or the block itself where it names none."""
        element = block.element
        if element is None:
            return None
        name = element.get("filename")
        if name is None:
            return (element.text or "") + "".join(tostring(child, encoding="unicode") for child in element)
        path = f"html/{name.replace(':', '/')}.html"
        self._reached.add(path)
        if path not in self._tree.archive:
            return None
        return self._tree.archive.read(path, max_bytes=MAX_MARKUP).decode(errors="replace")

    def _quizzes(self, problems: list[Node], title: str, group: str) -> Iterator[LessonDocument]:
        """Problems that follow each other are one quiz, or as many as their number and length need."""
        questions: list[Question] = []
        for problem in problems:
            questions += self._questions(problem)
        names = [problem.title for problem in problems if problem.title]
        name = title_of(names[0], otherwise=title) if len(problems) == 1 and names else title
        yield from quiz_lessons(questions, title=name, group=group)

    def _questions(self, problem: Node) -> tuple[Question, ...]:
        if problem.element is None:
            self._leave_out(problem, Reason.FILE_MISSING)
            return ()
        try:
            read = read_problem(problem.element, title=problem.title or "Question", find_file=self._file)
        except RecursionError:
            self._leave_out(problem, Reason.UNREADABLE)
            return ()
        if not read.questions:
            reason, detail = read.lost[0]
            self._leave_out(problem, reason, detail)
            return ()
        self._notes.imported["problem"] += 1
        for reason, detail in read.lost:
            self._change(problem, reason, detail)
        return read.questions

    def _merged(self, lessons: list[LessonDocument], title: str) -> Iterator[LessonDocument]:
        """A vertical's lessons: articles that follow each other are one, under the vertical's title. Where
        that leaves several, each keeps its own title behind it.
        """
        merged: list[LessonDocument] = []
        for lesson in lessons:
            last = merged[-1] if merged else None
            if last and last.kind is lesson.kind is LessonKind.ARTICLE:
                article = f"{last.article}\n\n{lesson.article}"
                if len(article) <= MAX_ARTICLE_LENGTH:
                    merged[-1] = replace(last, article=article)
                    continue
            merged.append(lesson)
        for lesson in merged:
            alone = len(merged) == 1 or lesson.title == title
            yield replace(
                lesson, title=title if alone else title_of(f"{title}: {lesson.title}", otherwise=title)
            )

    @property
    def _by_vertical(self) -> bool:
        return self._lessons_from is LessonsFrom.VERTICALS

    def _shown(self, nodes: Iterator[Node]) -> Iterator[Node]:
        """Those that learners saw."""
        for node in nodes:
            self._reached.add(node.path)
            if node.is_set("visible_to_staff_only"):
                self._keep_out(node, Reason.STAFF_ONLY)
            elif node.is_set("hide_from_toc"):
                self._keep_out(node, Reason.HIDDEN)
            else:
                if node.attributes.get("group_access") not in (None, "", "{}", {}):
                    self._change(node, Reason.RESTRICTED, "It was for some groups of learners only.")
                yield node

    def _keep_out(self, node: Node, reason: Reason) -> None:
        """The node, and all that is in it."""
        self._notes.kept_out.append(_finding(node, reason))
        for child in self._tree.children(node) if node.kind in {"chapter", *_CONTAINERS} else ():
            self._reached.add(child.path)
            self._keep_out(child, reason)

    def _leave_out(self, node: Node, reason: Reason, detail: str = "") -> None:
        """The node, and the blocks in it."""
        self._notes.left_out.append(_finding(node, reason, detail))
        for child in self._tree.children(node) if node.kind not in _LEAVES else ():
            if child.kind in {*_CONTAINERS, *_LEAVES}:
                self._reached.add(child.path)
                self._leave_out(child, Reason.WITHIN_LEFT_OUT)

    def _change(self, node: Node, reason: Reason, detail: str = "") -> None:
        self._notes.changed.append(_finding(node, reason, detail))

    def _file(self, address: str, *, form: str = "") -> UUID | None:
        return static_file(address, archive=self._tree.archive, shelf=self._shelf, form=form)

    def _about(self, name: str) -> str:
        path = f"about/{name}.html"
        if path not in self._tree.archive:
            return ""
        html = self._tree.archive.read(path, max_bytes=MAX_MARKUP).decode(errors="replace")
        try:
            rendered = to_markdown(html, find_file=self._file)
        except RecursionError:
            self._notes.left_out.append(Finding(path=path, kind="about", reason=Reason.UNREADABLE))
            return ""
        self._notes.changed += [
            Finding(path=path, kind="about", reason=reason, detail=detail) for reason, detail in rendered.lost
        ]
        return rendered.text


def _finding(node: Node, reason: Reason, detail: str = "") -> Finding:
    return Finding(path=node.path, kind=node.kind, reason=reason, title=node.title, detail=detail)


def _language(root: Node) -> str:
    try:
        return clean_language(str(root.attributes.get("language") or "").replace("_", "-"))
    except TextRefusedError:
        return ""


def _too_many(detail: str) -> PackageRefusedError:
    return PackageRefusedError(detail, extra={"reason": "too_many"})
