"""JSON bodies through orjson: UTF-8 alone, no NaN or Infinity; of a doubled member the last one counts."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from skillwise_kernel.rest.renderers import OrjsonRenderer

__all__ = ["OrjsonParser"]

_NUL = "\x00"


class OrjsonParser(BaseParser):
    """Raises `RequestDataTooBig` beyond `DATA_UPLOAD_MAX_MEMORY_SIZE`, and `ParseError` for what is not JSON
    or holds a NUL character, which PostgreSQL cannot store.
    """

    media_type = "application/json"
    renderer_class = OrjsonRenderer

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = _read(stream)
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise ParseError(
                f"The body is not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}.", "malformed_json"
            ) from None
        if b"\\u0000" in body and _holds_nul(data):
            raise ParseError("The body holds a NUL character.", "malformed_json")
        return data


def _read(stream: IO[bytes]) -> bytes:
    """All of `stream`. DRF hands over the raw stream, past Django's own guard of its length."""
    limit: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit is None:
        return stream.read()
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise RequestDataTooBig("The body exceeds DATA_UPLOAD_MAX_MEMORY_SIZE.")
    return body


def _holds_nul(data: Any) -> bool:
    """Without recursion: the parser takes bodies that are nested deeper than Python's stack."""
    left = [data]
    while left:
        match left.pop():
            case str() as text if _NUL in text:
                return True
            case dict() as members:
                left.extend(members)
                left.extend(members.values())
            case list() as items:
                left.extend(items)
    return False
