"""Packages as others get them: each as a wheel, in an environment with what it declares and nothing else."""

import os
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Wheels"]


class Wheels:
    """The wheels of the checkout at `root`, and the environments that they are installed into, in `folder`.

    Every method raises `subprocess.CalledProcessError` where uv fails, which says why on the terminal.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._wheels = folder / "wheels"
        self._locked = folder / "constraints.txt"

    def build(self) -> None:
        """Build every package of the workspace, as it would be published."""
        self._uv("build", "--all-packages", "--wheel", "--quiet", "--out-dir", self._wheels)
        # the lock's versions of all that is not ours, so that every environment has the same libraries
        exported = self._uv("export", "--quiet", "--all-packages", "--no-hashes", "--no-emit-workspace")
        self._locked.write_text("\n".join(line for line in exported.splitlines() if "==" in line))

    def install(self, name: str) -> Path:
        """Install one package alone, with what its tests need, and answer its Python."""
        environment = self._folder / name
        python = environment / "bin/python"
        (wheel,) = self._wheels.glob(f"{name.replace('-', '_')}-*.whl")
        self._uv("venv", "--quiet", environment)
        self._uv(
            *("pip", "install", "--quiet", "--python", python, "--find-links", self._wheels),
            *("--constraints", self._locked, f"{wheel}[testing]"),
        )
        return python

    def undeclared(self, name: str, python: Path) -> set[str]:
        """Packages of the workspace that were installed with this one and that it does not declare, nor what
        it declares.
        """
        listed = self._uv("pip", "freeze", "--quiet", "--python", python).splitlines()
        installed = {line.split(" ")[0].split("=")[0] for line in listed}
        return {found for found in installed if found.startswith("skillwise")} - self._declared(name)

    def _declared(self, name: str) -> set[str]:
        """The package and those that it declares, in turn; its own extras count, others' do not."""
        found: set[str] = set()
        waiting = [name, *_ours(self._project(name).get("optional-dependencies", {}))]
        while waiting:
            if (next_one := waiting.pop()) not in found:
                found.add(next_one)
                waiting += _ours({"": self._project(next_one)["dependencies"]})
        return found

    def _project(self, name: str) -> dict[str, Any]:
        places = (self._root / "packages" / name, self._root / name.removeprefix("skillwise-"))
        (file,) = (place / "pyproject.toml" for place in places if place.is_dir())
        project: dict[str, Any] = tomllib.loads(file.read_text())["project"]
        return project

    def _uv(self, *arguments: str | Path) -> str:
        uv = os.environ.get("UV", "uv")  # which `uv run` sets to itself
        return subprocess.run(  # noqa: S603 - our own commands
            [uv, *arguments], cwd=self._root, stdout=subprocess.PIPE, text=True, check=True
        ).stdout


def _ours(requirements: Mapping[str, list[str]]) -> list[str]:
    """Of requirements, by extra, the names of those that are of this workspace."""
    return [
        requirement.split("[")[0].split(">")[0]
        for extra in requirements.values()
        for requirement in extra
        if requirement.startswith("skillwise-")
    ]
