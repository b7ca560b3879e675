"""Until the first release a fresh clone has one initial migration per package, which can be unapplied."""

import os
import subprocess
import sys

import pytest
from skillwise_kernel.embedded import EmbeddedPostgres

from architecture.layout import PACKAGES, Package


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_has_one_initial_migration(package: Package) -> None:
    # Django's loader leaves out what begins with an underscore: the texts that a migration is made of.
    migrations = [file.stem for file in (package.source / "migrations").glob("[!_]*.py")]

    assert migrations == ["0001_initial"]


@pytest.mark.slow
def test_the_catalog_is_unapplied_and_applied_again_beside_those_who_share_extensions_with_it(
    postgres: EmbeddedPostgres,
) -> None:
    migrate(postgres)
    migrate(postgres, "skillwise_catalog", "zero")
    migrate(postgres)


def migrate(postgres: EmbeddedPostgres, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0", *arguments],
        env={**os.environ, "DATABASE_URL": postgres.url},
        check=True,
    )
