"""What the commands that import a course's package have in common."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat
from skillwise_catalog.management.owners import house, owner_named
from skillwise_catalog.selectors.categories import find_category
from skillwise_catalog.services.packages import ImportedCourse, import_course

__all__ = ["PackageCommand"]


class PackageCommand(BaseCommand):
    expected: ClassVar[PackageFormat]
    metavar: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar=self.metavar)
        parser.add_argument(
            "--owner",
            metavar="EMAIL-or-ID",
            help="The instructor who gets the course. Unless given, the house.",
        )
        parser.add_argument(
            "--category",
            metavar="SLUG-or-PATH",
            help="The course's, such as bread or Kitchen/Bread. Unless given, the package's own, if it is "
            "there.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Report, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.import_file(options, lessons_from=LessonsFrom.BLOCKS)

    def import_file(self, options: dict[str, Any], *, lessons_from: LessonsFrom) -> None:
        path: Path = options["file"]
        owner_id = owner_named(options["owner"]) if options["owner"] else house()
        try:
            category = find_category(options["category"]) if options["category"] else None
            with path.open("rb") as content:
                imported = import_course(
                    content=content,
                    owner_id=owner_id,
                    expected=self.expected,
                    lessons_from=lessons_from,
                    category=category,
                    dry_run=options["dry_run"],
                    now=now(),
                )
        except (OSError, SkillWiseError) as exc:
            raise CommandError(f"{path}: {exc}") from None
        self._report(imported)

    def _report(self, imported: ImportedCourse) -> None:
        notes = imported.notes
        for heading, findings in (
            ("left out", notes.left_out),
            ("kept out", notes.kept_out),
            ("changed", notes.changed),
        ):
            for finding in findings:
                about = " ".join(filter(None, [finding.kind, finding.path, finding.title, finding.detail]))
                self.stderr.write(f"{heading} ({finding.reason.value}): {about}")
        done = f"imported as {imported.course_id}" if imported.course_id else "would be imported"
        self.stdout.write(
            f"{imported.title!r} {done}: {imported.modules} modules, {imported.lessons} lessons; "
            f"{len(notes.left_out)} left out, {len(notes.kept_out)} kept out, {len(notes.changed)} changed."
        )
