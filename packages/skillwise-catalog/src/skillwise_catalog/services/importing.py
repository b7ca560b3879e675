"""Loading catalogues out of files."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from skillwise_catalog.domain.imports.mappings import (
    BUILT_IN,
    ColumnMapping,
    RowRefusedError,
    check_header,
    detect_mapping,
)
from skillwise_catalog.domain.imports.records import CourseRecord, LessonRecord, ModuleRecord, read_courses
from skillwise_catalog.domain.imports.rows import read_rows
from skillwise_catalog.domain.publishing import missing_from
from skillwise_catalog.dto import CourseStatus, ImportReport, LessonKind, RowProblem
from skillwise_catalog.errors import (
    CourseIncompleteError,
    MediaQuotaExceededError,
    UploadRefusedError,
    UploadTooLargeError,
)
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Category, Course, Edition, Lesson, MediaFile, Module
from skillwise_catalog.services.access import mark_edited
from skillwise_catalog.services.categories import ensure_category, hold_names
from skillwise_catalog.services.courses import insert_course
from skillwise_catalog.services.lifecycle import publish_now
from skillwise_catalog.services.uploads.taking import store_upload

__all__ = ["import_catalog", "import_demo_catalog"]

_BATCH: Final = 100


def import_catalog(
    *,
    lines: Iterable[bytes],
    owner_ids: Sequence[UUID],
    now: datetime,
    mapping: ColumnMapping | None = None,
    constants: dict[str, str] | None = None,
    folder: Path | None = None,
    publish: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Load the courses of a CSV file; what `domain.imports` finds wrong is left out and reported.

    `lines` are read as they are needed and written a hundred courses to a transaction. Without a `mapping`
    the columns decide on one; `constants` fill cells that it leaves blank. A course that was imported before,
    by source and key, is left alone when the file says the same of it as last time, else becomes what the
    file says: its lessons keep their identity where their titles are the same. New courses go to `owner_ids`
    in turn, and are drafts; `publish` publishes those that lack nothing and were not published before.
    `folder` is where lessons of kind `file` have their files. `dry_run` writes nothing. Raises
    `ImportRefusedError` for a file that fits no mapping.
    """
    header, rows = read_rows(lines)
    mapping = mapping or detect_mapping(header)
    check_header(mapping, header)
    loader = _Loader(
        source=mapping.source, owners=itertools.cycle(owner_ids), folder=folder, publish=publish, now=now
    )
    courses = read_courses(rows, mapping.with_constants(constants or {}))
    while batch := list(itertools.islice(courses, _BATCH)):
        loader.problems += [item for item in batch if isinstance(item, RowProblem)]
        loader.load([item for item in batch if isinstance(item, CourseRecord)], dry_run=dry_run)
    return loader.report()


def import_demo_catalog(*, owner_ids: Sequence[UUID], now: datetime) -> ImportReport:
    """Load and publish the demonstration catalogue that this package ships. A second time changes nothing."""
    demo = resources.files("skillwise_catalog") / "demo"
    with resources.as_file(demo) as folder, (folder / "catalog.csv").open("rb") as lines:
        return import_catalog(
            lines=lines,
            owner_ids=owner_ids,
            now=now,
            mapping=BUILT_IN["skillwise"],
            folder=folder,
            publish=True,
        )


@dataclass(slots=True, kw_only=True)
class _Loader:
    """Writes records, and counts what became of them."""

    source: str
    owners: Iterator[UUID]
    folder: Path | None
    publish: bool
    now: datetime
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    published: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)

    def report(self) -> ImportReport:
        return ImportReport(
            created=self.created,
            updated=self.updated,
            unchanged=self.unchanged,
            published=self.published,
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
        )

    def load(self, records: Sequence[CourseRecord], *, dry_run: bool) -> None:
        """One transaction. Files are stored at once, and removed should it not be committed."""
        self.stored.clear()
        try:
            with transaction.atomic():
                self._wait_for_our_turn()
                known = self._known(records)
                categories = self._categories(records, known.values())
                self._lock_editions(known.values())
                for record in records:
                    self._load_one(record, known.get(record.key), categories.get(record.category))
                if dry_run:
                    transaction.set_rollback(True)
        except BaseException:
            self._forget_files(0)
            raise
        if dry_run:
            self._forget_files(0)

    def _wait_for_our_turn(self) -> None:
        """Two imports of one source take turns: each sees what the other made."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"skillwise_catalog.import:{self.source}"],
            )

    def _known(self, records: Sequence[CourseRecord]) -> dict[str, Course]:
        courses = Course.objects.select_for_update(no_key=True)
        found = courses.filter(source=self.source, source_id__in=[record.key for record in records])
        return {course.source_id: course for course in found.order_by("id")}

    def _categories(
        self, records: Sequence[CourseRecord], known: Iterable[Course]
    ) -> dict[tuple[str, ...], Category]:
        """By their paths, under names that they keep, as do those that courses are in already."""
        paths = dict.fromkeys(record.category for record in records if record.category)
        categories = {path: ensure_category(path=path) for path in paths}
        present = {course.category_id for course in known if course.category_id}
        hold_names(present | {category.id for category in categories.values()})
        return categories

    def _lock_editions(self, courses: Iterable[Course]) -> None:
        """In the order in which `projection.project_again` locks them: published in the file's, the two would
        wait for each other.
        """
        editions = Edition.objects.select_for_update().filter(course__in=[course.id for course in courses])
        list(editions.order_by("course_id").values_list("course_id"))

    def _load_one(self, record: CourseRecord, course: Course | None, category: Category | None) -> None:
        files_before = len(self.stored)
        try:
            with transaction.atomic():
                if course is None:
                    course, outcome = self._create(record, category), "created"
                elif course.source_digest == record.digest:
                    outcome = "unchanged"
                else:
                    self._update(course, record, category)
                    outcome = "updated"
                published = self._publish(course, record)
        except (
            RowRefusedError,
            CourseIncompleteError,
            MediaQuotaExceededError,
            UploadRefusedError,
            UploadTooLargeError,
        ) as exc:
            self._forget_files(files_before)
            self.problems.append(RowProblem(record.line, f"{str(exc).removesuffix('.')}."))
            return
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.published += published

    def _create(self, record: CourseRecord, category: Category | None) -> Course:
        course = Course(
            owner_id=next(self.owners),
            source=self.source,
            source_id=record.key,
            created_at=self.now,
            updated_at=self.now,
        )
        _describe(course, record, category)
        insert_course(course)
        self._write_outline(course, record.modules, present=())
        return course

    def _update(self, course: Course, record: CourseRecord, category: Category | None) -> None:
        if course.status == CourseStatus.IN_REVIEW:
            raise RowRefusedError("it is being reviewed")
        _describe(course, record, category)
        self._write_outline(course, record.modules, present=Module.objects.filter(course=course))
        course.version += 1
        mark_edited(course, now=self.now)
        course.save()
        if course.is_published:
            publish_now(course, publisher_id=None, by_admin=True, now=self.now)

    def _publish(self, course: Course, record: CourseRecord) -> bool:
        """Whether it was published now: one that its owner took back stays where it is."""
        if not self.publish or course.published_at is not None:
            return False
        if missing := missing_from(course.facts):
            self.problems.append(
                RowProblem(record.line, f"It stays a draft, for it lacks: {', '.join(missing)}.")
            )
            return False
        publish_now(course, publisher_id=None, by_admin=True, now=self.now)
        return True

    def _write_outline(
        self, course: Course, records: Sequence[ModuleRecord], *, present: Iterable[Module]
    ) -> None:
        """Make the outline what the file says; a module or lesson of the same title stays the same one."""
        spare = {module.title: module for module in present}
        for position, record in enumerate(records, start=1):
            module = spare.pop(record.title, None) or Module(course=course, title=record.title)
            if module.position != position:
                _save_at(module, position)
            self._write_lessons(module, record.lessons)
        for module in spare.values():
            module.delete()

    def _write_lessons(self, module: Module, records: Sequence[LessonRecord]) -> None:
        lessons = Lesson.objects.filter(module=module).select_related("file")
        spare = {lesson.title: lesson for lesson in lessons}
        for position, record in enumerate(records, start=1):
            lesson = spare.pop(record.title, None) or Lesson(module=module, title=record.title)
            before = _as_is(lesson)
            lesson.kind = record.kind.value
            lesson.duration = record.duration
            lesson.is_preview = record.is_preview
            lesson.article = record.content if record.kind is LessonKind.ARTICLE else ""
            lesson.video_url = record.content if record.kind is LessonKind.VIDEO else ""
            lesson.file = (
                self._file(record.content, module.course, lesson.file)
                if record.kind is LessonKind.FILE
                else None
            )
            if lesson.position != position or _as_is(lesson) != before:
                _save_at(lesson, position)
        for lesson in spare.values():
            lesson.delete()

    def _file(self, name: str, course: Course, present: MediaFile | None) -> MediaFile:
        """The file beside the imported one, kept as it is where it has not changed."""
        if self.folder is None:
            raise RowRefusedError(f"there is no folder to take the file {name!r} from")
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            raise RowRefusedError(f"there is no file {name!r} beside the imported one")
        with path.open("rb") as opened:
            if present and present.sha256 == hashlib.file_digest(opened, "sha256").hexdigest():
                return present
            file = store_upload(owner_id=course.owner_id, name=path.name, content=opened, now=self.now)
        self.stored.append(file.storage_name)
        return file

    def _forget_files(self, first: int) -> None:
        """Remove the files stored since, whose rows were rolled back."""
        for name in self.stored[first:]:
            get_storage().delete(key=name)
        del self.stored[first:]


def _describe(course: Course, record: CourseRecord, category: Category | None) -> None:
    course.title = record.title
    course.subtitle = record.subtitle
    course.description = record.description
    course.category = category
    course.language = record.language
    course.level = record.level
    course.price = record.price
    course.lesson_count = len(record.lessons)
    course.duration = sum(lesson.duration for lesson in record.lessons)
    course.source_digest = record.digest


def _as_is(lesson: Lesson) -> tuple[object, ...]:
    file_id = lesson.file.id if lesson.file else None
    return lesson.kind, lesson.duration, lesson.is_preview, lesson.article, lesson.video_url, file_id


def _save_at(part: Module | Lesson, position: int) -> None:
    if not part._state.adding:
        part.version += 1
    part.position = position
    part.save()
