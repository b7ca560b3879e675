"""How SSLCOMMERZ signs what it posts.

https://developer.sslcommerz.com/doc/v4/: the fields that `verify_key` names and `store_passwd`, which is the
hash of the store's password, sorted by name and joined as `k=v&k=v`; of that, the hash. Once MD5,
once SHA-256.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_Hash = Callable[[bytes], Any]


def signed(fields: Mapping[str, str], password: str) -> dict[str, str]:
    """The fields with `verify_key`, `verify_sign` and `verify_sign_sha2`, which cover all of them."""
    names = sorted(fields)
    return {
        **fields,
        "verify_sign": md5_sign(fields, names, password),
        "verify_key": ",".join(names),
        "verify_sign_sha2": sha2_sign(fields, names, password),
    }


def md5_sign(fields: Mapping[str, str], names: Iterable[str], password: str) -> str:
    """`verify_sign` over the named fields."""
    return _sign(fields, names, password, lambda data: hashlib.md5(data, usedforsecurity=False))


def sha2_sign(fields: Mapping[str, str], names: Iterable[str], password: str) -> str:
    """`verify_sign_sha2` over the named fields."""
    return _sign(fields, names, password, hashlib.sha256)


def _sign(fields: Mapping[str, str], names: Iterable[str], password: str, new: _Hash) -> str:
    covered = {name: fields[name] for name in names}
    covered["store_passwd"] = new(password.encode()).hexdigest()
    text = "&".join(f"{name}={covered[name]}" for name in sorted(covered))
    return str(new(text.encode()).hexdigest())
