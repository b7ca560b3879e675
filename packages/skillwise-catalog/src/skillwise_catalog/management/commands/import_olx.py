"""`manage import_olx FILE.tar.gz`: a course out of Open edX."""

from argparse import ArgumentParser
from typing import Any

from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat
from skillwise_catalog.management.packages import PackageCommand

__all__ = ["Command"]


class Command(PackageCommand):
    help = (
        "Import a course that Open edX exported, as a draft. What has no counterpart is listed; a faulty "
        "archive leaves nothing behind."
    )
    expected = PackageFormat.OLX
    metavar = "FILE.tar.gz"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lessons-from",
            choices=[*LessonsFrom],
            default=LessonsFrom.BLOCKS,
            help="Whether each block becomes a lesson, or each vertical. Unless given: blocks.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.import_file(options, lessons_from=LessonsFrom(options["lessons_from"]))
