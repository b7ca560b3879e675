"""How Markdown names files, in whatever spelling."""

import re
from collections.abc import Callable
from typing import Final
from uuid import UUID

__all__ = ["MEDIA_REFERENCE", "media_in", "media_spelled_in", "renamed_media"]

#: How Markdown names a media file: `![A loaf](media:0197…)`. Readers get a signed link in its place.
MEDIA_REFERENCE: Final = re.compile(r"media:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")

_ANY_CASE: Final = re.compile(MEDIA_REFERENCE.pattern, re.IGNORECASE | re.ASCII)
#: A character by its number: CommonMark 0.31 §2.5 has a digit fewer, but the renderer takes so many in links.
_NUMBER: Final = r"&#(?:([0-9]{1,8})|x([0-9a-f]{1,8}));"
_NUMBERED: Final = re.compile(_NUMBER, re.IGNORECASE | re.ASCII)
_SPELLING: Final = re.compile(rf"\\[:-]|(?-i:&colon;)|{_NUMBER}|.", re.IGNORECASE | re.ASCII | re.DOTALL)
_OF_REFERENCES: Final = frozenset(map(ord, "-0123456789:abcdefim"))
_NO_LETTER: Final = "\0"


def media_in(text: str) -> frozenset[UUID]:
    """The files that Markdown names, written plainly."""
    return frozenset(UUID(file_id) for file_id in MEDIA_REFERENCE.findall(text))


def media_spelled_in(text: str) -> frozenset[UUID]:
    """The files that Markdown names in any spelling: `media&#58;` and `media\\:` are shown as `media:`. No
    fewer than readers get links to. PostgreSQL's `skillwise_catalog_files_named_in` finds the same.
    """
    plain = text.replace("\\:", ":").replace("\\-", "-").replace("&colon;", ":")
    numbered = {found[0]: _number(found) for found in _NUMBERED.finditer(plain)}
    for spelling, letter in sorted(numbered.items()):
        if letter in _OF_REFERENCES:
            plain = plain.replace(spelling, chr(letter))
    return frozenset(UUID(file_id) for file_id in _ANY_CASE.findall(plain))


def renamed_media(text: str, address_of: Callable[[UUID], str]) -> str:
    """The Markdown with another address in place of each that names a file, however it is spelt."""
    if not media_spelled_in(text):
        return text
    spellings = list(_SPELLING.finditer(text))
    plain = "".join(map(_letter, spellings))
    pieces, end = [], 0
    for named in _ANY_CASE.finditer(plain):
        first, last = spellings[named.start()], spellings[named.end() - 1]
        pieces += [text[end : first.start()], address_of(UUID(named[1]))]
        end = last.end()
    return "".join([*pieces, text[end:]])


def _letter(spelling: re.Match[str]) -> str:
    """The one that it stands for; `_NO_LETTER` for a number that no reference holds."""
    if spelling[1] or spelling[2]:
        number = _number(spelling)
        return chr(number) if number in _OF_REFERENCES else _NO_LETTER
    return ":" if spelling[0] == "&colon;" else spelling[0][-1]


def _number(spelling: re.Match[str]) -> int:
    return int(spelling[1] or spelling[2], 10 if spelling[1] else 16)
