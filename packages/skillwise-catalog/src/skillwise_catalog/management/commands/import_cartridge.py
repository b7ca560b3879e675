"""`manage import_cartridge FILE.imscc`: a course out of an IMS Common Cartridge."""

from skillwise_catalog.domain.imports.formats import PackageFormat
from skillwise_catalog.management.packages import PackageCommand

__all__ = ["Command"]


class Command(PackageCommand):
    help = (
        "Import a course out of an IMS Common Cartridge 1.1 to 1.3, as Canvas, Moodle and others write "
        "them, as a draft. What has no counterpart is listed; a faulty cartridge leaves nothing behind."
    )
    expected = PackageFormat.CARTRIDGE
    metavar = "FILE.imscc"
