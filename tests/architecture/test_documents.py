"""What the documents name exists, and what exists is documented."""

import re
from pathlib import Path

import pytest
from skillwise_host.environment import VARIABLES

from architecture.layout import CONTEXTS, ROOT, WORKSPACE, Package

DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    ROOT.glob("docs/**/*.md")
)

#: Read by the kernel's embedded servers, not by the settings.
READ_ELSEWHERE = {"PG_BIN"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_documents_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_files_a_document_names_exist(document: Path) -> None:
    named = re.findall(r"`((?:packages|host|sandbox|tests|docs|benchmarks)/[\w./-]+)`", document.read_text())

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readmes_table_names_every_variable_that_is_read() -> None:
    rows = re.findall(r"^\| (`[A-Z0-9_`, ]+`) \|", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    tabled = {name for row in rows for name in re.findall(r"[A-Z0-9_]+", row)}

    assert tabled == set(VARIABLES) | READ_ELSEWHERE


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs/decisions"
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text()))

    assert listed == {file.name for file in folder.glob("[0-9]*.md")}


@pytest.mark.parametrize("package", WORKSPACE, ids=lambda package: package.name)
def test_every_package_says_what_it_owns(package: Package) -> None:
    readme = (package.folder / "README.md").read_text()

    assert len(readme.splitlines()) > 15, "a title is no description"


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_context_documents_the_events_it_publishes(context: str) -> None:
    package = ROOT / f"packages/skillwise-{context}"
    events = package / f"src/skillwise_{context}/events.py"
    code = events.read_text() if events.exists() else ""
    published = re.findall(r"class (\w+)\(DomainEvent\):.*?\"(skillwise[\w.]+)\"", code, flags=re.DOTALL)
    readme = (package / "README.md").read_text()

    def is_documented(cls: str, name: str) -> bool:
        """By its class, its name, or the end of its name where it stands beside its like."""
        return f"`{cls}`" in readme or name in readme or f"…{name.split('.', 3)[3]}" in readme

    assert [name for cls, name in published if not is_documented(cls, name)] == []
