"""What an Open edX archive holds that no lesson came of, so that none of it is lost in silence."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.olx.tree import Node, Tree
from skillwise_catalog.domain.imports.parsed import Shelf
from skillwise_catalog.domain.imports.report import Finding, ImportNotes, Reason

__all__ = ["report_leftovers"]

#: What is read of every course, and lists of the static files.
_READ: Final = frozenset(
    {
        "course.xml",
        "about/overview.html",
        "about/short_description.html",
        "assets/assets.xml",
        "policies/assets.json",
    }
)
#: By the folder: the kind, and why there is no counterpart.
_BESIDE: Final = {
    "about": ("about", "Of what is said about a course, its overview and short description come along."),
    "info": ("info", "Updates and handouts have no counterpart here."),
    "tabs": ("static_tab", "Pages beside the lessons have no counterpart here."),
    "textbooks": ("textbook", "Textbooks have no counterpart here."),
    "wiki": ("wiki", "Wikis have no counterpart here."),
}
_GRADING: Final = "grading_policy.json"
#: Characters of names in one finding: what a report quotes is cut.
_MAX_NAMES: Final = 800


def report_leftovers(tree: Tree, *, reached: Collection[str], shelf: Shelf, notes: ImportNotes) -> None:
    """Definitions that the course does not come to are kept out: drafts, and what its authors took out of it.
    All else is left out: what stands beside the lessons, and files that nothing names, those of one folder
    together. `reached` are the paths that the course's nodes were read from.
    """
    archive = tree.archive
    known = {*_READ, tree.root.path, f"policies/{tree.root.name}/policy.json", *reached, *shelf.paths}
    known |= {finding.path for finding in notes.left_out}
    tabs = _dicts(tree.root, "tabs")
    titles = {f"tabs/{tab.get('url_slug')}.html": str(tab.get("name") or "") for tab in tabs}
    notes.left_out += _said_of_the_course(tree.root)
    unnamed: dict[str, list[str]] = defaultdict(list)
    for path in sorted(set(archive) - known):
        folder, _, name = path.rpartition("/")
        top = path.split("/")[0]
        if top == "drafts" and name.endswith(".xml"):
            kind = path.split("/")[1] if folder != top else top
            notes.kept_out.append(Finding(path=path, kind=kind, reason=Reason.DRAFT))
        elif folder and top in _BESIDE:
            kind, why = _BESIDE[top]
            notes.left_out.append(_without_counterpart(archive, path, kind, why, titles.get(path, "")))
        elif name == _GRADING:
            why = "Grades have no counterpart here: a quiz has a share of points that passes it."
            notes.left_out.append(_without_counterpart(archive, path, "grading_policy", why))
        elif folder and top not in {"static", "policies", "assets"} and name.endswith(".xml"):
            notes.kept_out.append(Finding(path=path, kind=top, reason=Reason.UNREFERENCED))
        elif not (name.endswith(".html") and f"{path.removesuffix('.html')}.xml" in archive):
            unnamed[f"{top}/" if folder else ""].append(path)
    notes.left_out += (finding for top, paths in unnamed.items() for finding in _unnamed(top, paths))


def _said_of_the_course(root: Node) -> Iterator[Finding]:
    """Its wiki, and its textbooks: elements within, or lists among its settings."""
    for element in root.element.iter() if root.element is not None else ():
        if element.tag == "wiki":
            why = "The wiki is not in the package, and has no counterpart here."
            yield _beside_the_lessons(root, "wiki", element.get("slug") or "", why)
        elif element.tag == "textbook":
            yield _beside_the_lessons(root, "textbook", element.get("title") or "", _BESIDE["textbooks"][1])
    for attribute in ("pdf_textbooks", "html_textbooks"):
        for book in _dicts(root, attribute):
            title = str(book.get("tab_title") or "")
            yield _beside_the_lessons(root, "textbook", title, _BESIDE["textbooks"][1])


def _beside_the_lessons(root: Node, kind: str, title: str, why: str) -> Finding:
    return Finding(path=root.path, kind=kind, reason=Reason.UNSUPPORTED, title=title, detail=why)


def _without_counterpart(archive: Archive, path: str, kind: str, why: str, title: str = "") -> Finding:
    if not archive.size(path):
        return Finding(path=path, kind=kind, reason=Reason.EMPTY, title=title)
    return Finding(path=path, kind=kind, reason=Reason.UNSUPPORTED, title=title, detail=why)


def _unnamed(top: str, paths: list[str]) -> Iterator[Finding]:
    """Of files at the top one each; those of a folder together, as many as one finding can quote."""
    if not top or len(paths) == 1:
        for path in paths:
            why = "Nothing that was imported names it."
            yield Finding(path=path, kind="file", reason=Reason.UNREFERENCED, detail=why)
        return
    for names in _lines([path.removeprefix(top) for path in paths]):
        why = f"Nothing that was imported names these files: {', '.join(names)}."
        yield Finding(path=top, kind="file", reason=Reason.UNREFERENCED, detail=why)


def _lines(names: list[str]) -> Iterator[list[str]]:
    """The names, as many together as one finding may quote."""
    line: list[str] = []
    for name in names:
        if line and len(", ".join([*line, name])) > _MAX_NAMES:
            yield line
            line = []
        line.append(name)
    yield line


def _dicts(root: Node, attribute: str) -> Iterator[dict[str, object]]:
    written = root.value(attribute)
    yield from (item for item in written if isinstance(item, dict)) if isinstance(written, list) else ()
