"""A cartridge's manifest: the tree that learners see, and the resources that it refers to.

As https://www.imsglobal.org/cc/ccv1p3/imscc_Implementation-v1p3.html describes it; versions 1.1 and 1.2
differ in their namespaces, which are not looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from skillwise_catalog.domain.imports.archive import Archive
from skillwise_catalog.domain.imports.markup import MAX_MARKUP, read_xml
from skillwise_catalog.domain.imports.report import Reason
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["MANIFEST", "Cartridge", "Item", "Resource", "open_cartridge", "read_plain_xml"]

MANIFEST: Final = "imsmanifest.xml"
#: Canvas says here what it has not published.
_CANVAS_MODULES: Final = "course_settings/module_meta.xml"
_INSTRUCTORS: Final = frozenset({"instructor", "teacher", "mentor"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`kind` is its type without version: `webcontent`, `weblink`, `assessment` and so on. `hidden` says why
    learners did not see it, if they did not.
    """

    id: str
    kind: str
    href: str
    files: tuple[str, ...]
    hidden: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A node of the tree: a folder where it has `items`, a heading where it has neither these nor a
    resource.
    """

    id: str
    title: str
    resource_id: str
    items: tuple["Item", ...]
    hidden: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cartridge:
    """`archive` is what stands beside the manifest, where hrefs begin."""

    archive: Archive
    title: str
    description: str
    language: str
    items: tuple[Item, ...]
    resources: Mapping[str, Resource]


def open_cartridge(archive: Archive) -> Cartridge:
    """Raises `PackageRefusedError` (`not_a_cartridge`, `xml`)."""
    found = sorted((path for path in archive if path.split("/")[-1] == MANIFEST), key=_depth)
    if not found:
        raise _refused(f"The package has no {MANIFEST}.")
    within = archive.below(found[0].removesuffix(MANIFEST).removesuffix("/"))
    root = read_plain_xml(within, MANIFEST)
    schema = (root.findtext("metadata/schema") or "").strip()
    if root.tag != "manifest" or "cartridge" not in schema.lower():
        raise _refused(f"{MANIFEST} is not a Common Cartridge's.")
    unpublished = _unpublished(within)
    general = root.find("metadata/lom/general")
    organization = root.find("organizations/organization")
    items = tuple(_items(organization, unpublished)) if organization is not None else ()
    if len(items) == 1 and not items[0].title and not items[0].resource_id:  # the tree's root
        items = items[0].items
    return Cartridge(
        archive=within,
        title=_said(general, "title"),
        description=_said(general, "description"),
        language=(general.findtext("language") or "").strip() if general is not None else "",
        items=items,
        resources={resource.id: resource for resource in _resources(root, within)},
    )


def read_plain_xml(archive: Archive, path: str) -> Element:
    """The file's root, all names without namespaces. Raises `PackageRefusedError` (`xml`, `too_large`)."""
    root = read_xml(archive.read(path, max_bytes=MAX_MARKUP), path=path)
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def _items(parent: Element, unpublished: frozenset[str]) -> Iterator[Item]:
    for element in parent.findall("item"):
        identifier = element.get("identifier") or ""
        hidden = Reason.STAFF_ONLY if _is_for_instructors(element) else None
        if (element.get("isvisible") or "true").strip().lower() in {"false", "0"}:
            hidden = Reason.HIDDEN
        if identifier in unpublished:
            hidden = Reason.DRAFT
        yield Item(
            id=identifier,
            title=" ".join((element.findtext("title") or "").split()),
            resource_id=element.get("identifierref") or "",
            items=tuple(_items(element, unpublished)),
            hidden=hidden,
        )


def _resources(root: Element, archive: Archive) -> Iterator[Resource]:
    for element in root.findall("resources/resource"):
        files = tuple(_path_of(file.get("href") or "", archive) for file in element.findall("file"))
        is_plan = (element.get("intendeduse") or "").strip().lower() == "lessonplan"
        yield Resource(
            id=element.get("identifier") or "",
            kind=_kind_of((element.get("type") or "").strip().lower()),
            href=_path_of(element.get("href") or "", archive) or (files[0] if files else ""),
            files=files,
            hidden=Reason.STAFF_ONLY if is_plan or _is_for_instructors(element) else None,
        )


def _path_of(href: str, archive: Archive) -> str:
    """Some write it as an address is written, some as the file is called."""
    return href if href in archive or unquote(href) not in archive else unquote(href)


def _kind_of(written: str) -> str:
    """`imsqti_xmlv1p2/imscc_xmlv1p1/assessment` is an assessment, `imswl_xmlv1p3` a web link."""
    first = written.split("_xml", maxsplit=1)[0]
    known = {
        "imswl": "weblink",
        "imsdt": "discussion",
        "imsbasiclti": "lti",
        "assignment": "assignment",
        "imsqti": written.rsplit("/", maxsplit=1)[-1],
    }
    return known.get(first, written.rsplit("/", maxsplit=1)[-1])


def _is_for_instructors(element: Element) -> bool:
    """Whether its metadata name roles, and no learner's among them."""
    roles = {
        (value.text or "").strip().lower()
        for value in element.findall("metadata/lom/educational/intendedEndUserRole/value")
    }
    return bool(roles) and roles <= _INSTRUCTORS


def _unpublished(archive: Archive) -> frozenset[str]:
    if _CANVAS_MODULES not in archive:
        return frozenset()
    return frozenset(
        element.get("identifier") or ""
        for element in read_plain_xml(archive, _CANVAS_MODULES).iter()
        if (element.findtext("workflow_state") or "").strip() == "unpublished"
    )


def _said(general: Element | None, name: str) -> str:
    said = general.find(name) if general is not None else None
    return "".join(said.itertext()).strip() if said is not None else ""


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _refused(detail: str) -> PackageRefusedError:
    return PackageRefusedError(detail, extra={"reason": "not_a_cartridge"})
