"""Where the packages of this repository are, and what their files import."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

CONTEXTS = ("identity", "catalog", "commerce", "learning", "insights")


@dataclass(frozen=True)
class Package:
    """One distribution of the workspace: `skillwise-catalog` in `packages/skillwise-catalog`."""

    name: str
    folder: Path

    @property
    def module(self) -> str:
        return f"skillwise_{self.name}"

    @property
    def source(self) -> Path:
        return self.folder / "src" / self.module

    @property
    def metadata(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "pyproject.toml").read_text())

    def python_files(self) -> Iterator[Path]:
        return self.source.rglob("*.py")


PACKAGES = tuple(Package(name, ROOT / "packages" / f"skillwise-{name}") for name in ("kernel", *CONTEXTS))
HOST = Package("host", ROOT / "host")
SANDBOX = Package("sandbox", ROOT / "sandbox")
WORKSPACE = (*PACKAGES, HOST, SANDBOX)


def imported_modules(file: Path) -> set[str]:
    """The dotted names that `file` imports anywhere in it: at the top, in a function, under TYPE_CHECKING."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return names
