"""Whether an IPN is SSLCOMMERZ's own. https://developer.sslcommerz.com/doc/v4/

The fields that `verify_key` names and `store_passwd`, the hash of the store's password, sorted by name and
joined as `k=v&k=v`, are hashed: with MD5 for `verify_sign`, with SHA-256 for `verify_sign_sha2`.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["is_genuine"]

#: What must be signed for us to believe anything: what the IPN is about.
_NEEDED: Final = frozenset({"tran_id", "status"})


def is_genuine(fields: Mapping[str, str], *, password: str) -> bool:
    """Whether both signatures are right. Both are always computed and compared in constant time."""
    names = set(fields.get("verify_key", "").split(","))
    if not names >= _NEEDED or not names <= fields.keys():
        return False
    covered = {name: fields[name] for name in names}
    by_md5 = _matches(fields.get("verify_sign", ""), covered, password, _md5)
    by_sha2 = _matches(fields.get("verify_sign_sha2", ""), covered, password, hashlib.sha256)
    return by_md5 and by_sha2


def _matches(given: str, covered: Mapping[str, str], password: str, new: Callable[[bytes], Any]) -> bool:
    signed = {**covered, "store_passwd": new(password.encode()).hexdigest()}
    text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
    return hmac.compare_digest(given.encode(), new(text.encode()).hexdigest().encode())


def _md5(data: bytes) -> Any:
    """As SSLCOMMERZ will have it; SHA-256 is demanded besides."""
    return hashlib.md5(data, usedforsecurity=False)
