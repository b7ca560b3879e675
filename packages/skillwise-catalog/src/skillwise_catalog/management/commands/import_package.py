"""`manage import_package FILE.zip`: a course that `export_course` wrote."""

from skillwise_catalog.domain.imports.formats import PackageFormat
from skillwise_catalog.management.packages import PackageCommand

__all__ = ["Command"]


class Command(PackageCommand):
    help = "Import a course that export_course wrote, as a draft. A faulty package leaves nothing behind."
    expected = PackageFormat.PACKAGE
    metavar = "FILE.zip"
