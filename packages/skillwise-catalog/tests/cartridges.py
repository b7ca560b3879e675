"""Small IMS Common Cartridges, written as Canvas and Moodle write them, and what is read of them."""

import io

from files import picture, zipped
from skillwise_catalog.domain.imports.archive import unpacked
from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat, read_course
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.domain.imports.report import Finding

CC = "http://www.imsglobal.org/xsd/imsccv1p{minor}"
LOAF = picture("PNG")
PAGE = "<html><head><title>Loaf</title>{head}</head><body>{body}</body></html>"


def cartridge(*items: str, minor: int = 1, **files: "str | bytes | Resource") -> bytes:
    """A cartridge 1.`minor` of these top items. Each file is a resource whose id is its path: `webcontent`,
    unless it is given as a `Resource`.
    """
    resources = [
        given if isinstance(given, Resource) else Resource(path, given) for path, given in files.items()
    ]
    manifest = f"""<?xml version="1.0" encoding="UTF-8"?>
      <manifest identifier="m" xmlns="{CC.format(minor=minor)}/imscp_v1p1"
          xmlns:lom="http://ltsc.ieee.org/xsd/imsccv1p{minor}/LOM/resource"
          xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p{minor}/LOM/manifest">
        <metadata><schema>IMS Common Cartridge</schema><schemaversion>1.{minor}.0</schemaversion>
          <lomimscc:lom><lomimscc:general>
            <lomimscc:title><lomimscc:string>Bread</lomimscc:string></lomimscc:title>
            <lomimscc:language>en-US</lomimscc:language>
            <lomimscc:description><lomimscc:string>A loaf a week.</lomimscc:string></lomimscc:description>
          </lomimscc:general></lomimscc:lom></metadata>
        <organizations><organization identifier="org" structure="rooted-hierarchy">
          <item identifier="LearningModules">{"".join(items)}</item></organization></organizations>
        <resources>{"".join(resource.element for resource in resources)}</resources>
      </manifest>"""
    return zipped(
        {"imsmanifest.xml": manifest.encode()} | {resource.path: resource.content for resource in resources}
    )


class Resource:
    """A file, and what the manifest says of it."""

    def __init__(
        self, path: str, content: str | bytes, *, kind: str = "webcontent", use: str = "", role: str = ""
    ) -> None:
        self.path = path
        self.content = content.encode() if isinstance(content, str) else content
        roles = f"<lom:intendedEndUserRole><lom:value>{role}</lom:value></lom:intendedEndUserRole>"
        about = f"<metadata><lom:lom><lom:educational>{roles}</lom:educational></lom:lom></metadata>"
        self.element = (
            f'<resource identifier="{path}" type="{kind}" href="{path}" intendeduse="{use or "unspecified"}">'
            f'{about if role else ""}<file href="{path}"/></resource>'
        )


def item(title: str, *within: str, to: str = "", attributes: str = "") -> str:
    """An item of the tree: with items within it a folder."""
    reference = f'identifierref="{to}"' if to else ""
    opening = f'<item identifier="i-{title}" {reference} {attributes}>'
    return f"{opening}<title>{title}</title>{''.join(within)}</item>"


def page(body: str, head: str = "") -> str:
    return PAGE.format(body=body, head=head)


def assessment(*items: str) -> Resource:
    """At `quiz.xml`."""
    content = (
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        '<assessment ident="a" title="Quiz"><section ident="root_section">'
        f"{''.join(items)}</section></assessment></questestinterop>"
    )
    return Resource("quiz.xml", content, kind="imsqti_xmlv1p2/imscc_xmlv1p1/assessment")


def asked(profile: str, *, text: str, response: str, right: str, after: str = "", weight: str = "1") -> str:
    """An item of an assessment. `right` is what stands in its `resprocessing`."""
    metadata = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in [("cc_profile", profile), ("cc_weighting", weight)]
    )
    material = f'<material><mattext texttype="text/html">{text}</mattext></material>'
    return (
        f'<item ident="q" title="Question"><itemmetadata><qtimetadata>{metadata}</qtimetadata></itemmetadata>'
        f"<presentation>{material}{response}</presentation><resprocessing>"
        '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f"{right}</resprocessing>{after}</item>"
    )


def choices(*texts: str, cardinality: str = "Single") -> str:
    """Of idents `c0`, `c1` and so on."""
    labels = "".join(
        f'<response_label ident="c{number}"><material><mattext texttype="text/plain">{text}</mattext>'
        "</material></response_label>"
        for number, text in enumerate(texts)
    )
    choice = f"<render_choice>{labels}</render_choice>"
    return f'<response_lid ident="r" rcardinality="{cardinality}">{choice}</response_lid>'


BLANK = (
    '<response_str ident="r" rcardinality="Single"><render_fib><response_label ident="b"/></render_fib>'
    "</response_str>"
)


def scored(condition: str, score: float = 100, action: str = "Set") -> str:
    return (
        f'<respcondition continue="No"><conditionvar>{condition}</conditionvar>'
        f'<setvar action="{action}" varname="SCORE">{score}</setvar></respcondition>'
    )


def equal(answer: str, case: str = "") -> str:
    attribute = f' case="{case}"' if case else ""
    return f'<varequal respident="r"{attribute}>{answer}</varequal>'


def weblink(url: str, title: str = "Mills") -> Resource:
    """At `link.xml`."""
    content = (
        '<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1">'
        f'<title>{title}</title><url href="{url}"/></webLink>'
    )
    return Resource("link.xml", content, kind="imswl_xmlv1p1")


def parsed(content: bytes, expected: PackageFormat | None = None) -> ParsedCourse:
    with unpacked(io.BytesIO(content)) as archive:
        return read_course(archive, expected=expected, lessons_from=LessonsFrom.BLOCKS)


def found(findings: list[Finding]) -> list[tuple[str, str, str]]:
    """Of each finding its kind, its reason and its path."""
    return [(finding.kind, finding.reason.value, finding.path) for finding in findings]
