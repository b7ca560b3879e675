"""A package is installed alone: with what it declares, and with nothing that another's extra brings."""

from pathlib import Path

import pytest
from skillwise_host.wheels import Wheels

WORKSPACE = """
[project]
name = "workspace"
version = "1"
requires-python = ">=3.11"

[tool.uv.workspace]
members = ["packages/*"]
"""
PACKAGE = """
[project]
name = "skillwise-{name}"
version = "1"
dependencies = [{dependencies}]
optional-dependencies.testing = [{testing}]

[build-system]
requires = ["uv_build>=0.13,<0.14"]
build-backend = "uv_build"

[tool.uv.sources]
skillwise-lower = {{ workspace = true }}
skillwise-tools = {{ workspace = true }}
"""


@pytest.fixture
def wheels(tmp_path: Path) -> Wheels:
    """Of three packages: `upper` asks for `lower` with its extra, which brings `tools`."""
    root = tmp_path / "checkout"
    for name, dependencies, testing in (
        ("upper", '"skillwise-lower[testing]"', ""),
        ("lower", "", '"skillwise-tools"'),
        ("tools", "", ""),
    ):
        folder = root / f"packages/skillwise-{name}"
        (folder / f"src/skillwise_{name}").mkdir(parents=True)
        (folder / f"src/skillwise_{name}/__init__.py").touch()
        (folder / "pyproject.toml").write_text(
            PACKAGE.format(name=name, dependencies=dependencies, testing=testing)
        )
    (root / "pyproject.toml").write_text(WORKSPACE)
    folder = tmp_path / "built"
    folder.mkdir()
    wheels = Wheels(root, folder)
    wheels.build()
    return wheels


def test_what_a_package_declares_is_installed_with_it(wheels: Wheels) -> None:
    python = wheels.install("skillwise-lower")

    assert python.is_file()
    assert wheels.undeclared("skillwise-lower", python) == set()  # its own extra counts


def test_what_anothers_extra_brings_is_told(wheels: Wheels) -> None:
    python = wheels.install("skillwise-upper")

    assert wheels.undeclared("skillwise-upper", python) == {"skillwise-tools"}


def test_what_is_no_package_is_no_wheel(wheels: Wheels) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        wheels.install("skillwise-nothing")
