"""JSON answers through orjson: about ten times as fast as the standard library's."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

__all__ = ["OrjsonRenderer"]


class OrjsonRenderer(BaseRenderer):
    """UUIDs and times are written as RFC 9562 and RFC 3339 strings (`Z` for UTC), decimals as strings."""

    media_type = "application/json"
    format = "json"
    charset = None  # JSON is UTF-8 (RFC 8259 §8.1)

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return orjson.dumps(data, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> object:
    match value:
        case Decimal() | Promise():
            return str(value)
        case dict():  # DRF's ReturnDict
            return dict(value)
        case list() | tuple() | set() | frozenset():
            return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
