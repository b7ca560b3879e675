"""SVG, of which we take what can be proved to do nothing but draw."""

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from skillwise_catalog.errors import UploadRefusedError

__all__ = ["examine_drawing"]

_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREFS: Final = ("href", "{http://www.w3.org/1999/xlink}href")

#: SVG 2 without script, animation (which can set an address), foreign content and what fetches.
_ELEMENTS: Final = frozenset({
    "svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "path", "rect", "circle", "ellipse",
    "line", "polyline", "polygon", "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop",
    "clipPath", "mask", "pattern", "marker", "style", "switch", "view", "filter", "feBlend", "feColorMatrix",
    "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap",
    "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur",
    "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feSpotLight",
    "feTile", "feTurbulence",
})  # fmt: skip
#: Of CSS and presentation attributes; an escape could spell any of them.
_FETCHES: Final = re.compile(
    r"url\((?!\s*['\"]?#)|@import|@font-face|image-set|expression|-moz-binding|\\", re.I
)
_DECLARATION: Final = re.compile(r"\A\ufeff?<\?xml\s[^?]*\?>")
_SCHEME: Final = re.compile(r"(?:java|vb)script\s*:|data\s*:", re.I)


def examine_drawing(text: str) -> None:
    """Raises `UploadRefusedError` unless the drawing is of known shapes, runs nothing and fetches nothing."""
    if "<?" in _DECLARATION.sub("", text, count=1):
        raise _refused("a processing instruction")
    try:
        root = fromstring(text.encode(), forbid_dtd=True)
    except DefusedXmlException:
        raise _refused("a document type or entities") from None
    except (ParseError, ValueError):
        raise UploadRefusedError("The drawing is not well-formed XML.", extra={"reason": "content"}) from None
    if root.tag != f"{_SVG}svg":
        raise UploadRefusedError("The drawing is not an SVG.", extra={"reason": "content"})
    for element in root.iter():
        _judge(element)


def _judge(element: Element) -> None:
    name = element.tag.removeprefix(_SVG)
    if name not in _ELEMENTS:
        raise _refused(f"<{name.rpartition('}')[2]}>")
    if name == "style" and _FETCHES.search("".join(element.itertext())):
        raise _refused("a style that fetches something")
    for attribute, value in element.attrib.items():
        local = attribute.rpartition("}")[2].lower()
        if local.startswith("on"):
            raise _refused(f"the attribute {local}")
        if attribute in _HREFS or local in {"href", "src"}:
            if not value.strip().startswith("#"):
                raise _refused("a reference to something outside of it")
        elif local == "base" or _FETCHES.search(value) or _SCHEME.search(value):
            raise _refused(f"the attribute {local} with what it holds")


def _refused(what: str) -> UploadRefusedError:
    return UploadRefusedError(
        f"The drawing holds {what}: a drawing may only draw.", extra={"reason": "active_content"}
    )
