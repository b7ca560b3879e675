"""The codes of gifts, and what a buyer says with one."""

import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

__all__ = ["CODE_LENGTH", "GiftWish", "new_code", "normalise_code", "printed_code"]

#: Crockford's base 32: nothing in it is taken for something else, or read as a word. 20 of them are 100 bits.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 20
_GROUP: Final = 5
_MISREAD: Final = str.maketrans("OIL", "011", "- \t\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftWish:
    """Whom a purchase is for: identity's id for their address, how to greet them, what to tell them."""

    recipient_id: UUID
    recipient_name: str
    message: str

    @property
    def key(self) -> str:
        """Equal for two wishes that say the same to the same address."""
        return f"gift:{self.recipient_id}:{self.recipient_name}:{self.message}"


def new_code() -> str:
    """A code that nobody guesses."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


def normalise_code(typed: str) -> str:
    """A code as it is stored, however it was typed: small letters, blanks, dashes, O for 0, I or L for 1."""
    return typed.upper().translate(_MISREAD)


def printed_code(code: str) -> str:
    """In groups that a person can copy: `7Q2ZK-…`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
