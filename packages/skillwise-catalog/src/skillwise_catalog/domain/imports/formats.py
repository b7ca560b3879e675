"""Which format a package is of, and its course."""

import enum

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.olx.course import LessonsFrom, read_olx
from skillwise_catalog.domain.imports.packages.course import MANIFEST, read_package
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["LessonsFrom", "PackageFormat", "read_course"]


class PackageFormat(enum.StrEnum):
    """Open edX's archive, and the house's own package."""

    OLX = "olx"
    PACKAGE = "package"


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


def _format_of(archive: Archive, expected: PackageFormat | None) -> PackageFormat:
    found = next((known for known, name in _TELLING.items() if _has(archive, name)), None)
    if found is None or expected not in {None, found}:
        wanted = ", ".join(name for known, name in _TELLING.items() if expected in {None, known})
        raise PackageRefusedError(f"The package has no {wanted}.", extra={"reason": "format"})
    return found


def _has(archive: Archive, name: str) -> bool:
    return any(path.split("/")[-1] == name for path in archive)


_TELLING = {PackageFormat.PACKAGE: MANIFEST, PackageFormat.OLX: "course.xml"}
