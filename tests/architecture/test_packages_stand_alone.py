"""A team can own a package alone: its wheel installs with what it declares, and its own tests pass there."""

import os
import subprocess
from pathlib import Path

import pytest

from architecture.layout import PACKAGES, ROOT, SANDBOX, Package

pytestmark = pytest.mark.slow

ALONE = (*PACKAGES, SANDBOX)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every package of the workspace, built as it would be published."""
    folder = tmp_path_factory.mktemp("wheels")
    run("uv", "build", "--all-packages", "--wheel", "--quiet", "--out-dir", folder, cwd=ROOT)
    return folder


@pytest.mark.parametrize("package", ALONE, ids=lambda package: package.name)
def test_a_package_installs_alone_and_its_tests_pass_there(
    package: Package, wheels: Path, tmp_path: Path
) -> None:
    python = tmp_path / "venv/bin/python"
    run("uv", "venv", "--quiet", tmp_path / "venv", cwd=tmp_path)
    (wheel,) = wheels.glob(f"skillwise_{package.name}-*.whl")

    run(
        *("uv", "pip", "install", "--quiet", "--python", python, "--find-links", wheels),
        *("--constraints", locked_versions(tmp_path), f"{wheel}[testing]"),
        cwd=tmp_path,
    )
    outcome = subprocess.run(
        # Those marked slow run in the workspace alone: what they show does not hang on what is installed.
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", package.folder / "tests"],
        cwd=package.folder,
        env={
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST", "DJANGO", "DATABASE_URL", "REDIS_URL"))
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 0, outcome.stdout[-6000:] + outcome.stderr[-2000:]
    assert installed_packages(python) == reachable(package), (
        "more of the workspace was installed than declared"
    )


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def locked_versions(folder: Path) -> Path:
    """The lock's versions of everything that is not ours: this test and the others try the same libraries."""
    exported = run(
        "uv", "export", "--quiet", "--all-packages", "--no-hashes", "--no-emit-workspace", cwd=ROOT
    )
    file = folder / "constraints.txt"
    file.write_text("\n".join(line for line in exported.splitlines() if "==" in line))
    return file


def installed_packages(python: Path) -> set[str]:
    listed = run("uv", "pip", "freeze", "--python", python, cwd=ROOT)
    return {line.split(" ")[0].split("=")[0] for line in listed.splitlines() if line.startswith("skillwise")}


def reachable(package: Package) -> set[str]:
    """The package and those it declares, in turn."""
    by_name = {f"skillwise-{other.name}": other for other in ALONE}
    found: set[str] = set()
    waiting = [f"skillwise-{package.name}"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        project = by_name[name].metadata["project"]
        extras = (
            project.get("optional-dependencies", {}).values() if name == f"skillwise-{package.name}" else []
        )
        requirements = [*project["dependencies"], *(item for extra in extras for item in extra)]
        waiting += [
            requirement.split("[")[0].split(">")[0]
            for requirement in requirements
            if requirement.startswith("skillwise-")
        ]
    return found
