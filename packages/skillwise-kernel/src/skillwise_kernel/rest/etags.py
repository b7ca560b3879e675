"""Entity tags (RFC 9110 §8.8.3) as this API makes them: see `conditional`. Without DRF, which loads later."""

import hashlib
import re
from typing import Final

__all__ = ["OUR_VERSION", "entity_tags", "etag", "etag_of_encoding", "none_match"]

_ENTITY_TAG: Final = re.compile(r'\s*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')
#: A tag that says which version it is of, and which of the whole.
OUR_VERSION: Final = re.compile(r'"v(\d{1,18})(?:\.(\d{1,18}))?-[0-9a-f]{32}"')


def etag(version: int | None, body: bytes, *, whole: int | None = None) -> str:
    """The strong entity tag of `body`, which represents something at `version` (None: it has no versions),
    and at `whole` with its parts (None: it has none that are edited by themselves).
    """
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    if version is None:
        return f'"{digest}"'
    return f'"v{version}-{digest}"' if whole is None else f'"v{version}.{whole}-{digest}"'


def etag_of_encoding(tag: str, body: bytes) -> str:
    """The strong entity tag of `body`, which is what `tag` stands for in another encoding: the version is the
    same.
    """
    ours = OUR_VERSION.fullmatch(tag)
    if ours is None:
        return etag(None, body)
    return etag(int(ours[1]), body, whole=int(ours[2]) if ours[2] else None)


def none_match(header: str | None, tag: str) -> bool:
    """Whether `If-None-Match: header` holds for what has the strong `tag`, by weak comparison (§13.1.2)."""
    if header is None:
        return True
    if header.strip() == "*":
        return False
    return tag not in {candidate.removeprefix("W/") for candidate in entity_tags(header)}


def entity_tags(header: str) -> list[str]:
    """The entity tags of a list of them; none at all when it is not a well-formed list."""
    tags: list[str] = []
    position = 0
    while position < len(header):
        match = _ENTITY_TAG.match(header, position)
        if match is None:
            return []
        tags.append(match[1])
        position = match.end()
    return tags
