"""`manage import_catalog FILE.csv`: courses out of a spreadsheet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from skillwise_kernel.clock import now

from skillwise_catalog.domain.imports.mappings import BUILT_IN, COLUMNS, ColumnMapping, parse_mapping
from skillwise_catalog.dto import ImportReport
from skillwise_catalog.errors import ImportRefusedError
from skillwise_catalog.management.owners import HOUSE_NAME, house, owner_named
from skillwise_catalog.services.importing import import_catalog, import_demo_catalog


class Command(BaseCommand):
    help = (
        "Load courses from a CSV file. Rows that cannot be loaded are reported by line and reason; the "
        "others are loaded, and the same file again changes nothing. The README explains the columns."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", type=Path, metavar="FILE.csv")
        what.add_argument("--demo", action="store_true", help="The demonstration catalogue, published.")
        parser.add_argument(
            "--owner",
            action="append",
            default=[],
            metavar="EMAIL-or-ID",
            help="The instructor who gets the new courses; several get them in turn. "
            f"Unless given, the account {HOUSE_NAME!r}, which is made for it.",
        )
        parser.add_argument(
            "--mapping",
            metavar="NAME-or-FILE",
            help=f"One of {', '.join(BUILT_IN)}, or a JSON file. Unless given, the columns tell.",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            dest="constants",
            metavar="COLUMN=VALUE",
            help="What a column says where the file says nothing, such as language=en.",
        )
        parser.add_argument(
            "--publish", action="store_true", help="Publish what lacks nothing; the rest stay drafts."
        )
        parser.add_argument("--dry-run", action="store_true", help="Report, and change nothing.")
        parser.add_argument("--strict", action="store_true", help="Exit with 1 when any row was refused.")

    def handle(self, *args: Any, **options: Any) -> None:
        owner_ids = [owner_named(name) for name in options["owner"]] or [house()]
        if options["demo"]:
            report = import_demo_catalog(owner_ids=owner_ids, now=now())
        else:
            report = _import(options, owner_ids)
        for problem in report.problems:
            self.stderr.write(f"line {problem.line}: {problem.reason}")
        tense = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{report.created} courses {tense}created, {report.updated} {tense}updated, "
            f"{report.unchanged} unchanged; {report.published} {tense}published; "
            f"{len(report.problems)} problems."
        )
        if options["strict"] and report.problems:
            raise CommandError("Rows were refused.")


def _import(options: dict[str, Any], owner_ids: list[UUID]) -> ImportReport:
    path: Path = options["file"]
    try:
        with path.open("rb") as lines:
            return import_catalog(
                lines=lines,
                owner_ids=owner_ids,
                now=now(),
                mapping=_mapping(options["mapping"]),
                constants=_constants(options["constants"]),
                folder=path.parent,
                publish=options["publish"],
                dry_run=options["dry_run"],
            )
    except (OSError, ImportRefusedError) as exc:
        raise CommandError(f"{path}: {exc}") from None


def _mapping(name: str | None) -> ColumnMapping | None:
    if name is None or name in BUILT_IN:
        return BUILT_IN[name] if name else None
    return parse_mapping(Path(name).read_bytes())


def _constants(settings: list[str]) -> dict[str, str]:
    constants = {}
    for setting in settings:
        column, equals, value = setting.partition("=")
        if not equals or column not in COLUMNS:
            raise CommandError(f"--set takes COLUMN=VALUE, with one of the columns {', '.join(COLUMNS)}.")
        constants[column] = value
    return constants
