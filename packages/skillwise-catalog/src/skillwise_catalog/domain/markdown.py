"""Descriptions and articles as the HTML that readers' screens show: CommonMark with tables and strikethrough.

What the author wrote as HTML is shown as text. What the renderer makes is sanitised all the same: a fault of
one is caught by the other. What would take out of all proportion to render is shown as it was written.
"""

import functools
import html
import re
from collections.abc import Callable
from typing import Final
from uuid import UUID

import nh3
from markdown_it import MarkdownIt

from skillwise_catalog.domain.effort import TooIntricateError, limit_effort, render_within_limit
from skillwise_catalog.domain.references import MEDIA_REFERENCE, media_in, media_spelled_in

__all__ = ["link_media", "media_named_in", "render_markdown"]

_RENDERER: Final = limit_effort(MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]))
_TAGS: Final = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "blockquote", "pre", "hr", "br"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("a", "img", "code", "em", "strong", "s"),
}
_SANITISER: Final = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "img": {"alt", "src", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "media"},
    url_relative="deny",
    link_rel="nofollow noopener",
)
#: As the sanitiser writes an attribute; text in which an author wrote the like is harmlessly linked too.
_MEDIA_ATTRIBUTE: Final = re.compile(rf'\b(src|href)="{MEDIA_REFERENCE.pattern}"')


def render_markdown(text: str) -> str:
    """Safe HTML, to be kept: `media:` references are still in it, for `link_media` to replace at each read.

    Links to elsewhere are http, https or mailto, and carry rel="nofollow noopener". How long it takes is in
    proportion to the text's length, whatever it says (`domain.effort`).
    """
    try:
        rendered = render_within_limit(_RENDERER, text)
    except TooIntricateError:
        rendered = _as_written(text)
    return _SANITISER.clean(rendered).strip()


def link_media(rendered: str, link_of: Callable[[UUID], str]) -> str:
    """What `render_markdown` made, with a link in place of each file that it names. `link_of` answers an
    address without quotes and angle brackets, and is asked once for each file.
    """
    link = functools.cache(link_of)
    return _MEDIA_ATTRIBUTE.sub(lambda match: f'{match[1]}="{link(UUID(match[2]))}"', rendered)


def media_named_in(text: str) -> frozenset[UUID]:
    """The files that Markdown names, as it is written and as it is shown: those that its author must be
    allowed to name.
    """
    return media_spelled_in(text) | media_in(render_markdown(text))


def _as_written(text: str) -> str:
    paragraphs = (html.escape(part).replace("\n", "<br>\n") for part in re.split(r"\n{2,}", text))
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
