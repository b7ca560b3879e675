"""How addresses, names and roles are written."""

import re
import unicodedata
from collections.abc import Iterable

from skillwise_identity.dto import Role
from skillwise_identity.errors import InvalidNameError, InvalidRolesError

__all__ = ["MAX_NAME_LENGTH", "clean_name", "clean_roles", "normalise_email"]

MAX_NAME_LENGTH = 150

_INVISIBLE = ("C", "Z")
"""Unicode's major categories of what leaves no ink: controls, formats, unassigned; separators."""

_WHITE_SPACE = re.compile(r"\s+")
_FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def normalise_email(address: str) -> str:
    """The address as it is stored: NFC, no surrounding white space, the domain in lower case.

    The local part keeps its case, because that is the receiving server's business (RFC 5321 §2.4); that no
    two accounts differ in case alone is the database's.
    """
    local, at, domain = unicodedata.normalize("NFC", address).strip().rpartition("@")
    return f"{local}{at}{domain.lower()}"


def clean_name(name: str) -> str:
    """The name in NFC with every run of white space made one space.

    Raises `InvalidNameError` when nothing of it would be visible, it is longer than `MAX_NAME_LENGTH`
    characters, or it holds control characters or direction overrides, with which a name could rewrite the
    line it stands in.
    """
    cleaned = _WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", name)).strip()
    if len(cleaned) > MAX_NAME_LENGTH:
        raise InvalidNameError(f"A name has at most {MAX_NAME_LENGTH} characters.")
    if any(unicodedata.category(char) in _FORBIDDEN or char in _DIRECTION_OVERRIDES for char in cleaned):
        raise InvalidNameError("A name holds no control characters.")
    if all(unicodedata.category(char).startswith(_INVISIBLE) for char in cleaned):
        raise InvalidNameError("A name has something to read.")
    return cleaned


def clean_roles(roles: Iterable[str]) -> list[str]:
    """The roles without repetition, in the order of `Role`.

    Raises `InvalidRolesError` for an unknown one, or none.
    """
    asked = set(roles)
    known = [role.value for role in Role if role in asked]
    if not known or len(known) != len(asked):
        raise InvalidRolesError
    return known
