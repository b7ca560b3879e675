"""What SSLCOMMERZ calls our payments and refunds: names of at most 30 characters, made from our ids, so that
the same request always has the same one.
"""

import base64
from typing import Final
from uuid import UUID

__all__ = ["name_of", "owner_of"]

_BYTES: Final = 16
#: What base32 of a UUID is filled up with, and what we leave away.
_PADDING: Final = "======"


def name_of(owner_id: UUID, attempt: int) -> str:
    """The `tran_id` of an order's attempt to be paid, and the `refund_trans_id` of a refund's."""
    return f"{base64.b32encode(owner_id.bytes).decode().rstrip('=')}-{attempt}"


def owner_of(name: str) -> UUID | None:
    """Whose name it is; None for one that we did not give."""
    encoded, _, attempt = name.partition("-")
    try:
        owner_id = UUID(bytes=base64.b32decode(encoded + _PADDING))
        return owner_id if name == name_of(owner_id, int(attempt)) else None
    except ValueError:
        return None
