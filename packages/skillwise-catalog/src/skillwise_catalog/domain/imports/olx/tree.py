"""A course's nodes, whether they are defined where they stand or in a file of their own.

The layout is that of https://docs.openedx.org/en/latest/educators/olx/directory-structure.html.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.markup import MAX_MARKUP, read_xml
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["Node", "Tree", "open_tree"]

#: Without which there is no course to speak of; another's missing file is reported.
_STRUCTURE: Final = frozenset({"course", "chapter", "sequential", "vertical"})
#: Elements of these kinds say something of their parent: see `leftovers`.
_NOT_NODES: Final = frozenset({"wiki", "textbook"})
_MAX_DEPTH: Final = 12


@dataclass(frozen=True, slots=True)
class Node:
    """`path` is the file that defines it, `element` what that says; None where the file is missing.
    `attributes` are its own and its policy's, the policy's first.
    """

    kind: str
    name: str
    path: str
    element: Element | None
    attributes: Mapping[str, Any]
    depth: int = 0

    @property
    def title(self) -> str:
        return str(self.attributes.get("display_name") or "")

    def value(self, attribute: str) -> Any:
        """What an attribute holds, as a policy has it or as JSON in a string."""
        written = self.attributes.get(attribute)
        if not isinstance(written, str):
            return written
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            return None

    def is_set(self, attribute: str) -> bool:
        return str(self.attributes.get(attribute, "")).strip().lower() == "true"


@dataclass(frozen=True, slots=True)
class Tree:
    archive: Archive
    policies: Mapping[str, Any]
    root: Node

    def children(self, node: Node) -> Iterator[Node]:
        """The nodes within. Raises `PackageRefusedError` (`missing_file`) for a chapter, sequential or
        vertical whose file is not there, and `cycle` for one that comes to hold itself.
        """
        if node.depth >= _MAX_DEPTH:
            raise _refused("cycle", f"{node.path} is nested in itself, or deeper than courses are.")
        for element in node.element if node.element is not None else ():
            if isinstance(element.tag, str) and element.tag not in _NOT_NODES:
                yield _resolved(self.archive, self.policies, element, parent=node)


def open_tree(archive: Archive) -> Tree:
    """The course's root, wherever in the archive it is.

    Raises `PackageRefusedError` (`not_olx`, `missing_file`, `xml`).
    """
    roots = sorted((path for path in archive if path.split("/")[-1] == "course.xml"), key=_depth)
    if not roots:
        raise _refused("not_olx", "The package has no course.xml.")
    within = archive.below(roots[0].removesuffix("course.xml").removesuffix("/"))
    pointer = read_xml(within.read("course.xml", max_bytes=MAX_MARKUP), path="course.xml")
    if pointer.tag != "course":
        raise _refused("not_olx", "course.xml is not a course.")
    policies = _policies(within, pointer.get("url_name") or "")
    top = Node(kind="", name="", path="course.xml", element=pointer, attributes={})
    root = _resolved(within, policies, pointer, parent=top)
    return Tree(archive=within, policies=policies, root=root)


def _resolved(archive: Archive, policies: Mapping[str, Any], element: Element, *, parent: Node) -> Node:
    kind, name = element.tag, element.get("url_name") or ""
    path = f"{kind}/{name.replace(':', '/')}.xml"
    defined: Element | None = element
    if name and not len(element) and not (element.text or "").strip():
        if path in archive:
            defined = read_xml(archive.read(path, max_bytes=MAX_MARKUP), path=path)
        elif _is_pointer(element):
            defined = None
    if defined is None and kind in _STRUCTURE:
        raise _refused("missing_file", f"{parent.path} names {path}, which is not there.")
    if defined is element:
        path = f"{parent.path}#{name}" if name else parent.path
    policy = policies.get(f"{kind}/{name}")
    attributes = {
        **element.attrib,
        **(defined.attrib if defined is not None else {}),
        **(policy if isinstance(policy, dict) else {}),
    }
    return Node(kind, name, path, defined, attributes, parent.depth + 1)


def _is_pointer(element: Element) -> bool:
    """Whether the element says no more than where its definition is."""
    return set(element.attrib) <= {"url_name", "org", "course", "slug"}


def _policies(archive: Archive, run: str) -> Mapping[str, Any]:
    path = f"policies/{run}/policy.json"
    if path not in archive:
        return {}
    try:
        written = json.loads(archive.read(path, max_bytes=MAX_MARKUP))
    except (ValueError, RecursionError):
        raise _refused("json", f"{path} is not JSON.") from None
    return written if isinstance(written, dict) else {}


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _refused(reason: str, detail: str) -> PackageRefusedError:
    return PackageRefusedError(detail, extra={"reason": reason})
