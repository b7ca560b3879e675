"""Small Open edX courses to import."""

import io
import tarfile
from collections.abc import Mapping

from files import picture

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
