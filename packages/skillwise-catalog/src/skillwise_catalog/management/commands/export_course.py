"""`manage export_course COURSE`: a course's working copy as a package."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from skillwise_catalog.models import Course
from skillwise_catalog.services.exporting import export_course

__all__ = ["Command"]


class Command(BaseCommand):
    help = "Write a course, with its files, to a zip that import_package reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("course", metavar="ID-or-SLUG")
        parser.add_argument(
            "--to", type=Path, metavar="FILE.zip", help="Unless given, SLUG.zip in this folder."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        course = _course(options["course"])
        path: Path = options["to"] or Path(f"{course.slug}.zip")
        with path.open("wb") as target:
            target.writelines(export_course(course_id=course.id))
        self.stdout.write(f"{course.title!r} is in {path}.")


def _course(name: str) -> Course:
    try:
        course = Course.objects.filter(id=UUID(name)).first()
    except ValueError:
        course = Course.objects.filter(slug=name).first()
    if course is None:
        raise CommandError(f"There is no course {name}.")
    return course
