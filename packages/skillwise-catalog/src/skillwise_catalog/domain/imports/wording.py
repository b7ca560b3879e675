"""Strangers' titles and prose made what we accept, rather than refused for a character."""

import unicodedata
from typing import Any, Final

from skillwise_catalog.domain.text import MAX_TITLE_LENGTH, TextRefusedError, clean_line, clean_prose

__all__ = ["prose_of", "reported", "title_of"]

_MAX_QUOTE: Final = 1_000
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Cn"})
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def title_of(text: str, *, otherwise: str, max_length: int = MAX_TITLE_LENGTH) -> str:
    """One line, cut to its length; `otherwise` where nothing of it can be seen."""
    line = " ".join(_printable(" ".join(text.split())).split())
    try:
        return clean_line(_cut(line, max_length), max_length=max_length)
    except TextRefusedError:
        return otherwise


def prose_of(text: str, *, max_length: int) -> str | None:
    """Lines of text; empty where nothing can be seen, None for more than `max_length` characters."""
    try:
        return clean_prose(_printable(text), max_length=max_length)
    except TextRefusedError as exc:
        return None if exc.code == "max_length" else ""


def reported(said: Any) -> Any:
    """A report, or what else quotes a package, as JSON that can be stored and shown: each text in it is one
    line, without what PostgreSQL or readers could not take.
    """
    if isinstance(said, str):
        return _cut(" ".join(_printable(" ".join(said.split())).split()), _MAX_QUOTE)
    if isinstance(said, dict):
        return {reported(name): reported(value) for name, value in said.items()}
    if isinstance(said, list):
        return [reported(value) for value in said]
    return said


def _printable(text: str) -> str:
    return "".join(
        character
        for character in text
        if character in "\n\t\r"
        or not (character in _BIDI_CONTROLS or unicodedata.category(character) in _UNPRINTABLE)
    )


def _cut(line: str, max_length: int) -> str:
    line = unicodedata.normalize("NFC", line)
    return line if len(line) <= max_length else f"{line[: max_length - 1].rstrip()}…"
