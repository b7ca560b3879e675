"""What a request accepts (RFC 9110 §12.5). Few browsers and apps, so few headers: each is parsed once."""

import functools
import re
from enum import IntEnum
from typing import Final

__all__ = ["Coding", "accepts_json", "preferred_coding"]


class Coding(IntEnum):
    """How a body is encoded: the place of its variant in a kept answer."""

    IDENTITY = 0
    GZIP = 1
    BROTLI = 2


_NAMES: Final = {"identity": Coding.IDENTITY, "gzip": Coding.GZIP, "x-gzip": Coding.GZIP, "br": Coding.BROTLI}
_JSON: Final = frozenset({"", "*/*", "application/*", "application/json"})
_WEIGHT: Final = re.compile(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
#: A guest can make up any number of headers: so many are remembered, of this length.
_REMEMBERED: Final = 512
_LONGEST: Final = 200


def accepts_json(accept: str) -> bool:
    """Whether a range in it is plainly JSON's. What says more is for content negotiation to judge."""
    return len(accept) <= _LONGEST and _accepts_json(accept)


def preferred_coding(accept_encoding: str) -> Coding:
    """The best that it allows: the heaviest weight, Brotli before gzip before identity among equals."""
    return _preferred_coding(accept_encoding) if len(accept_encoding) <= _LONGEST else Coding.IDENTITY


@functools.lru_cache(_REMEMBERED)
def _accepts_json(accept: str) -> bool:
    return any(media_range.strip().lower() in _JSON for media_range in accept.split(","))


@functools.lru_cache(_REMEMBERED)
def _preferred_coding(accept_encoding: str) -> Coding:
    weights: dict[Coding, float] = {}
    others = 0.0
    for item in accept_encoding.split(","):
        name, _, parameter = item.partition(";")
        weight = _weight(parameter)
        match name.strip().lower():
            case "*":
                others = weight
            case known if known in _NAMES:
                weights[_NAMES[known]] = weight
    best = max((Coding.GZIP, Coding.BROTLI), key=lambda coding: (weights.get(coding, others), coding))
    heaviest = weights.get(best, others)
    return best if heaviest > 0 and heaviest >= weights.get(Coding.IDENTITY, 0) else Coding.IDENTITY


def _weight(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    match = _WEIGHT.fullmatch(parameter)
    return float(match[1]) if match else 0.0
