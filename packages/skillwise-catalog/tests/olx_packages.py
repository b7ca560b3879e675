"""Small Open edX courses to import, and what is read of them."""

import io
import tarfile
from collections.abc import Mapping
from typing import Any

from files import picture
from skillwise_catalog.domain.documents import LessonDocument
from skillwise_catalog.domain.imports.archive import unpacked
from skillwise_catalog.domain.imports.olx.course import read_olx
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.domain.imports.report import Finding

PNG = picture("PNG")
ROOT: Mapping[str, str | bytes] = {
    "course/course.xml": '<course url_name="2026" org="House" course="BREAD"/>',
    "course/course/2026.xml": '<course display_name="Bread" language="en"><chapter url_name="c"/></course>',
    "course/chapter/c.xml": '<chapter display_name="The starter"><sequential url_name="s"/></chapter>',
    "course/sequential/s.xml": '<sequential display_name="Feeding"><vertical url_name="v"/></sequential>',
}


def olx(*blocks: str, **files: str | bytes) -> bytes:
    """A course of one vertical that holds `blocks`, with `files` over and above."""
    vertical = f'<vertical display_name="Day one">{"".join(blocks)}</vertical>'
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, text in {**ROOT, "course/vertical/v.xml": vertical, **files}.items():
            data = text.encode() if isinstance(text, str) else text
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return content.getvalue()


def html(text: str, name: str = "Text") -> str:
    return f'<html display_name="{name}"><![CDATA[{text}]]></html>'


def parsed(content: bytes, **options: Any) -> ParsedCourse:
    with unpacked(io.BytesIO(content)) as archive:
        return read_olx(archive, **options)


def lessons(*blocks: str, **files: str | bytes) -> tuple[LessonDocument, ...]:
    return parsed(olx(*blocks, **files)).document.lessons


def reasons(findings: list[Finding]) -> list[tuple[str, str]]:
    """Of each finding its kind and its reason."""
    return [(finding.kind, finding.reason.value) for finding in findings]
