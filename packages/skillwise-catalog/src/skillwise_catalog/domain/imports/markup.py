"""Reading the XML and HTML of packages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError

from bs4 import BeautifulSoup, Tag
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from markdownify import MarkdownConverter

from skillwise_catalog.domain.imports.report import Reason
from skillwise_catalog.errors import PackageRefusedError

__all__ = ["MAX_MARKUP", "FindFile", "Rendered", "read_xml", "to_markdown"]

#: Bytes of one XML or HTML file.
MAX_MARKUP: Final = 4 * 1024**2
_MAX_DEPTH: Final = 100

#: Answers the id of the package's file that an address means, or None.
FindFile = Callable[[str], UUID | None]

_DROPPED: Final = ("script", "style", "link", "meta", "title", "noscript", "template", "button", "select")
_EMBEDDED: Final = ("iframe", "embed", "object", "video", "audio")
_OUTWARD: Final = frozenset({"http", "https", "mailto"})
_INLINE_PARENTS: Final = ["td", "th", "p", "a", "span", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6"]


def read_xml(content: bytes, *, path: str) -> Element:
    """The root. Raises `PackageRefusedError` (`xml`) for what is no XML, declares entities, or is nested
    deeper than honest files are.
    """
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as exc:
        raise _refused(path, f"it is not XML that we read: {exc}") from None
    level, depth = [root], 0
    while level:
        level, depth = [child for element in level for child in element], depth + 1
        if depth > _MAX_DEPTH:
            raise _refused(path, f"its elements are nested deeper than {_MAX_DEPTH}")
    return root


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markdown, and what of the HTML it could not keep: each reason with what it is about."""

    text: str
    lost: tuple[tuple[Reason, str], ...]


def to_markdown(html: str, *, find_file: FindFile) -> Rendered:
    """HTML as Markdown, files of the package as `media:<id>`.

    Links that lead nowhere outside of their old home become their text; embedded pages and players become
    links; scripts, styles and forms go. Raises `RecursionError` for HTML that is nested too deep.
    """
    soup = BeautifulSoup(html, "html.parser")
    lost: dict[Reason, str] = {}
    dead: list[str] = []
    if soup.find("script") or soup.find(lambda tag: any(name.startswith("on") for name in tag.attrs)):
        lost[Reason.SCRIPT_REMOVED] = ""
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    for tag in soup.find_all(_EMBEDDED):
        lost[Reason.EMBEDDED] = ""
        _link_to_embedded(tag, soup)
    for tag in soup.find_all("img"):
        _point_image(tag, find_file)
    for tag in soup.find_all("a"):
        address = str(tag.get("href") or "").strip()
        if not _point_link(tag, address, find_file):
            dead.append(address)
    if dead:
        lost[Reason.INTERNAL_LINK] = f"It led to {', '.join(dict.fromkeys(dead))}."
    text = _Converter(heading_style="atx", keep_inline_images_in=_INLINE_PARENTS).convert_soup(soup)
    return Rendered(re.sub(r"\n{3,}", "\n\n", text).strip(), tuple(sorted(lost.items())))


def _link_to_embedded(tag: Tag, soup: BeautifulSoup) -> None:
    source = tag.find("source")
    address = str(tag.get("src") or tag.get("data") or (source.get("src") if source else "") or "")
    if not address:
        tag.decompose()
        return
    link = soup.new_tag("a", href=f"https:{address}" if address.startswith("//") else address)
    link.string = str(tag.get("title") or tag.get("aria-label") or address)
    tag.replace_with(link)


def _point_image(tag: Tag, find_file: FindFile) -> None:
    address = str(tag.get("src") or "")
    tag["alt"] = re.sub(r"([\\\[\]])", r"\\\1", " ".join(str(tag.get("alt") or "").split()))
    del tag["title"]
    if (file_id := find_file(address)) is not None:
        tag["src"] = f"media:{file_id}"
    elif (outward := _outward(address)) is not None:
        tag["src"] = outward
    else:
        tag.replace_with(str(tag.get("alt") or ""))


def _point_link(tag: Tag, address: str, find_file: FindFile) -> bool:
    """Whether the link leads where it did."""
    del tag["title"]
    if (file_id := find_file(address)) is not None:
        tag["href"] = f"media:{file_id}"
    elif (outward := _outward(address)) is not None:
        tag["href"] = outward
    else:
        tag.unwrap()
        return not address
    return True


def _outward(address: str) -> str | None:
    """The address as Markdown can hold it, if it is one of the web or of mail."""
    address = f"https:{address}" if address.startswith("//") else address.strip()
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return None
    return quote(address, safe="%/:=&?~#+!$,;'@*-._") if scheme in _OUTWARD else None


class _Converter(MarkdownConverter):
    """markdownify, escaping what Markdown would read as markup, formulas' backslashes among it."""

    _MARKS: Final = re.compile(r"([\\`*_\[\]<~]|&(?=#?\w+;))")
    _BEGINNINGS: Final = re.compile(r"^(\s*)([#>+=-]+)(?=\s|$)", re.MULTILINE)
    _NUMBERS: Final = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)", re.MULTILINE)

    def escape(self, text: str, parent_tags: Any) -> str:
        text = self._MARKS.sub(r"\\\1", text)
        text = self._NUMBERS.sub(r"\1\\\2", self._BEGINNINGS.sub(r"\1\\\2", text))
        return text.replace("|", r"\|") if {"td", "th"} & set(parent_tags) else text


def _refused(path: str, why: str) -> PackageRefusedError:
    return PackageRefusedError(f"{path} cannot be read: {why}.", extra={"reason": "xml", "path": path})
