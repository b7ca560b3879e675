"""Each wall is leant against: a violation planted in a copy of the tree must break its contract."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.layout import ROOT, WORKSPACE

VIOLATIONS = {
    "a model of another context": (
        "skillwise_commerce/services/planted.py",
        "from skillwise_catalog.models import Course\n",
        "Catalog is entered through its doors",
    ),
    "a service of another context, by attribute import": (
        "skillwise_learning/subscribers.py",
        "import skillwise_commerce.services\n",
        "Commerce is entered through its doors",
    ),
    "an import inside a function": (
        "skillwise_commerce/selectors.py",
        "def late():\n    from skillwise_identity.models import User\n    return User\n",
        "Identity is entered through its doors",
    ),
    "an import for type checking alone": (
        "skillwise_learning/dto.py",
        "import typing\nif typing.TYPE_CHECKING:\n    from skillwise_catalog.models import Course\n",
        "Catalog is entered through its doors",
    ),
    "an upward import through a door": (
        "skillwise_catalog/api.py",
        "from skillwise_commerce import api as commerce\n",
        "Packages depend in one direction",
    ),
    "an upward import into the kernel's user": (
        "skillwise_kernel/money.py",
        "from skillwise_identity import dto\n",
        "Packages depend in one direction",
    ),
    "a cycle between rooms": (
        "skillwise_identity/models.py",
        "from skillwise_identity import services\n",
        "Every context has the same rooms, entered from above",
    ),
    "a cycle inside a room": (
        "skillwise_kernel/ids.py",
        "from skillwise_kernel import events\n",
        "skillwise_kernel/events.py",
        "from skillwise_kernel import ids\n",
        "No modules import each other in a circle",
    ),
    "a view that takes its own context's door": (
        "skillwise_catalog/rest/__init__.py",
        "from skillwise_catalog import api\n",
        "Every context has the same rooms, entered from above",
    ),
    "Django in domain": (
        "skillwise_commerce/domain/__init__.py",
        "from django.utils import timezone\n",
        "Events, DTOs, errors and domain rules are framework-free",
    ),
    "Django in events, at one remove": (
        "skillwise_kernel/events.py",
        "from skillwise_kernel import outbox\n",
        "Events, DTOs, errors and domain rules are framework-free",
    ),
    "a module that nobody declared": (
        "skillwise_catalog/helpers.py",
        "",
        "Every context has the same rooms, entered from above",
    ),
    "the host inside a context": (
        "skillwise_host/urls.py",
        "from skillwise_identity.models import User\n",
        "The host reaches contexts only by their doors and by name",
    ),
    "the kernel's tables": (
        "skillwise_catalog/services/planted.py",
        "from skillwise_kernel.models import OutboxEvent\n",
        "The kernel is entered through its documented modules",
    ),
    "a stand-in in the product": (
        "skillwise_commerce/services/planted.py",
        "import skillwise_sandbox\n",
        "The product knows no stand-in",
    ),
    "the product in a stand-in": (
        "skillwise_sandbox/planted.py",
        "from skillwise_kernel import ids\n",
        "The stand-ins know nothing of the product",
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of every package's source that is imported before the installed one."""
    for package in WORKSPACE:
        shutil.copytree(
            package.source, tmp_path / package.module, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tree_as_it_stands_keeps_every_contract(tree: Path) -> None:
    result = lint(tree)

    assert result.returncode == 0, result.stdout
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(tree: Path, violation: str) -> None:
    *plants, contract = VIOLATIONS[violation]
    for file, code in zip(plants[::2], plants[1::2], strict=True):
        plant(tree / file, code)

    result = lint(tree)

    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contract} BROKEN" in result.stdout


def plant(file: Path, code: str) -> None:
    """Add `code` to `file`; a package where the tree has a package of that name, a module otherwise."""
    if not file.exists() and file.with_suffix("").is_dir():
        file = file.with_suffix("") / "__init__.py"
    if file.parent.with_suffix(".py").exists():
        file = file.parent.with_suffix(".py")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as target:
        target.write(f"\n{code}")
