"""Until the first release a fresh clone has one initial migration per package."""

import pytest

from architecture.layout import PACKAGES, Package


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_has_one_initial_migration(package: Package) -> None:
    # Django's loader leaves out what begins with an underscore: the texts that a migration is made of.
    migrations = [file.stem for file in (package.source / "migrations").glob("[!_]*.py")]

    assert migrations == ["0001_initial"]
