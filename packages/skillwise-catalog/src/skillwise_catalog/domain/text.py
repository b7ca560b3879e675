"""What people may write into titles, descriptions, links and language tags.

Each function answers the text as it is stored and shown, or raises `TextRefusedError` with the reason.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

__all__ = [
    "MAX_ARTICLE_LENGTH",
    "MAX_DESCRIPTION_LENGTH",
    "MAX_LANGUAGE_LENGTH",
    "MAX_LIST_LENGTH",
    "MAX_POINT_LENGTH",
    "MAX_SUBTITLE_LENGTH",
    "MAX_TAG_LENGTH",
    "MAX_TITLE_LENGTH",
    "MAX_URL_LENGTH",
    "TextRefusedError",
    "clean_language",
    "clean_line",
    "clean_prose",
    "clean_tag",
    "clean_video_url",
    "slug_of",
]

MAX_TITLE_LENGTH: Final = 200
MAX_SUBTITLE_LENGTH: Final = 300
MAX_DESCRIPTION_LENGTH: Final = 20_000
MAX_ARTICLE_LENGTH: Final = 200_000
MAX_URL_LENGTH: Final = 2_000
MAX_LANGUAGE_LENGTH: Final = 35
MAX_SLUG_LENGTH: Final = 80
MAX_TAG_LENGTH: Final = 40
#: Other things stand at these addresses, below `courses/`.
_TAKEN_SLUGS: Final = frozenset({"facets", "import", "imports", "suggest"})
#: Of one outcome, requirement, or kind of person that a course is for.
MAX_POINT_LENGTH: Final = 200
#: How many tags, outcomes, captions and the like there may be of each.
MAX_LIST_LENGTH: Final = 50

#: Characters that reverse or hide what stands around them (Unicode bidi controls): a title shows what it
#: says.
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Cn"})

#: RFC 5646 §2.1, `langtag`: language, script, region, variants, extensions, private use. No grandfathered
#: tags.
_LANGUAGE_TAG: Final = re.compile(
    r"(?P<language>[a-z]{2,3})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)",
    re.ASCII | re.IGNORECASE,
)


class TextRefusedError(ValueError):
    """`code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def clean_line(text: str, *, max_length: int, required: bool = True) -> str:
    """One line: composed (NFC), surrounding blanks removed, inner runs of them made one space."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    _refuse_unprintable(line, allowed="")
    _refuse_length(line, max_length=max_length, required=required)
    return line


def clean_tag(text: str) -> str:
    """A line in small letters, as filters compare tags; without commas, which part tags there."""
    if "," in text:
        raise TextRefusedError("invalid_tag", "A tag holds no comma.")
    return clean_line(text.lower(), max_length=MAX_TAG_LENGTH)


def clean_prose(text: str, *, max_length: int, required: bool = True) -> str:
    """Lines of Markdown: composed (NFC), line ends made `\\n`, surrounding blank lines removed."""
    prose = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip("\n \t\u00a0")
    _refuse_unprintable(prose, allowed="\n\t")
    _refuse_length(prose, max_length=max_length, required=required)
    return prose


def clean_language(tag: str) -> str:
    """A BCP 47 tag in its recommended case (RFC 5646 §2.1.1): `PT-br` becomes `pt-BR`."""
    match = _LANGUAGE_TAG.fullmatch(tag.strip())
    if match is None or len(match[0]) > MAX_LANGUAGE_LENGTH:
        raise TextRefusedError(
            "invalid_language", "This is not a BCP 47 language tag such as en, pt-BR or zh-Hant."
        )
    script, region = match["script"], match["region"]
    parts = [match["language"].lower(), script.title() if script else "", region.upper() if region else ""]
    return "-".join(filter(None, parts)) + match["rest"].lower()


def clean_video_url(url: str) -> str:
    """An absolute http(s) address without credentials."""
    url = url.strip()
    _refuse_length(url, max_length=MAX_URL_LENGTH, required=True)
    if not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        raise TextRefusedError(
            "invalid_url", "This is not a web address; write other characters percent-encoded."
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise TextRefusedError("invalid_url", "This is not a web address.") from None
    if parts.scheme not in {"http", "https"}:
        raise TextRefusedError("invalid_url_scheme", "The address must begin with https:// or http://.")
    if not host or "@" in parts.netloc:
        raise TextRefusedError("invalid_url", "The address must name a host, and neither user nor password.")
    return url


def slug_of(title: str) -> str:
    """ASCII letters, digits and hyphens that remind of the title; empty when it has none of them."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title).strip("-")
    if slug in _TAKEN_SLUGS:
        return f"{slug}-course"
    return slug if len(slug) <= MAX_SLUG_LENGTH else slug[:MAX_SLUG_LENGTH].rsplit("-", 1)[0].strip("-")


def _refuse_unprintable(text: str, *, allowed: str) -> None:
    for character in text:
        if character in allowed:
            continue
        if character in _BIDI_CONTROLS or unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise TextRefusedError(
                "unprintable_character", f"The text holds the unprintable character U+{ord(character):04X}."
            )


def _refuse_length(text: str, *, max_length: int, required: bool) -> None:
    if required and not _is_visible(text):
        raise TextRefusedError("blank", "This may not be blank.")
    if len(text) > max_length:
        raise TextRefusedError("max_length", f"This may have at most {max_length} characters.")


def _is_visible(text: str) -> bool:
    """Whether anything of the text is seen: neither blanks nor format characters are (U+200B, U+FEFF)."""
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)
