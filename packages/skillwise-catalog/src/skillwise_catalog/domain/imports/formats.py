"""Which format a package is of, and its course."""

import enum

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.cartridges.course import read_cartridge
from skillwise_catalog.domain.imports.cartridges.manifest import MANIFEST as CARTRIDGE_MANIFEST
from skillwise_catalog.domain.imports.olx.course import LessonsFrom, read_olx
from skillwise_catalog.domain.imports.packages.course import MANIFEST, read_package
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["LessonsFrom", "PackageFormat", "read_course"]


class PackageFormat(enum.StrEnum):
    """Open edX's archive, the house's own package, and IMS's Common Cartridge."""

    OLX = "olx"
    PACKAGE = "package"
    CARTRIDGE = "cartridge"


def read_course(
    archive: Archive, *, expected: PackageFormat | None = None, lessons_from: LessonsFrom
) -> ParsedCourse:
    """The course in the package, whose own files tell its format; `expected` is what it is said to be.
    `lessons_from` is of OLX alone.

    Raises `PackageRefusedError`.
    """
    match _format_of(archive, expected):
        case PackageFormat.OLX:
            return read_olx(archive, lessons_from=lessons_from)
        case PackageFormat.PACKAGE:
            return read_package(archive)
        case PackageFormat.CARTRIDGE:
            return read_cartridge(archive)


def _format_of(archive: Archive, expected: PackageFormat | None) -> PackageFormat:
    depths = {
        known: depth for known, name in _TELLING.items() if (depth := _depth(archive, name)) is not None
    }
    found = expected if expected in depths else min(depths, key=lambda known: depths[known], default=None)
    if found is None or expected not in {None, found}:
        wanted = ", ".join(name for known, name in _TELLING.items() if expected in {None, known})
        raise PackageRefusedError(f"The package has no {wanted}.", extra={"reason": "format"})
    return found


def _depth(archive: Archive, name: str) -> int | None:
    """In how many folders a file of this name is; None, where there is none."""
    return min((path.count("/") for path in archive if path.split("/")[-1] == name), default=None)


_TELLING = {
    PackageFormat.PACKAGE: MANIFEST,
    PackageFormat.OLX: "course.xml",
    PackageFormat.CARTRIDGE: CARTRIDGE_MANIFEST,
}
