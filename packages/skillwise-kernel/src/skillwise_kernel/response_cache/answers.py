"""A kept answer: one body in every encoding, each with its own strong ETag."""

import gzip
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self

import brotli
from django.http import HttpResponse
from django.http.response import ResponseHeaders

from skillwise_kernel.rest.etags import etag_of_encoding, none_match

from .negotiation import Coding

__all__ = ["CACHE_CONTROL", "Address", "KeptAnswer", "bytes_kept"]

#: Whoever keeps a copy asks whether it still is the answer.
CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"
#: Bytes below which compression saves no packet.
_SMALL: Final = 500
#: On a page of courses: 96 % of what the best quality saves, for 3 % of its time.
_BROTLI_QUALITY: Final = 5
_GZIP_LEVEL: Final = 6
#: What an answer takes beside its bodies.
_OVERHEAD: Final = 4096

#: The path, as the resolver sees it, and the query string, as it was sent.
Address = tuple[str, str]


class _Headers(ResponseHeaders):
    """A copy of headers that were checked when they were prepared, for middleware to add to."""

    def __init__(self, prepared: ResponseHeaders) -> None:
        self._store = prepared._store.copy()


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding's body, with the headers of a 200 and of a 304."""

    tag: str
    body: bytes
    headers: ResponseHeaders
    unmodified: ResponseHeaders

    def respond(self, if_none_match: str | None) -> HttpResponse:
        """200 with the body, or 304 to whoever has it."""
        if if_none_match is not None and (
            if_none_match == self.tag or not none_match(if_none_match, self.tag)
        ):
            response = HttpResponse(content_type="", status=HTTPStatus.NOT_MODIFIED)
            response.headers = _Headers(self.unmodified)
        else:
            response = HttpResponse(self.body, content_type="")
            response.headers = _Headers(self.headers)
        return response


_CODINGS: Final = {"": Coding.IDENTITY, "gzip": Coding.GZIP, "br": Coding.BROTLI}

#: What Valkey keeps of one: plain values alone, so that no release trips over another's classes.
Packed = tuple[float, str, str, tuple[tuple[str, str, bytes], ...]]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """`rendered_at` is in seconds since the epoch, `size` in bytes of body; `packed` is what Valkey keeps."""

    rendered_at: float
    packed: Packed
    variants: dict[Coding, Variant]
    size: int

    @classmethod
    def of(cls, response: HttpResponse) -> Self:
        """Of a 200 with an ETag. Compresses the body."""
        body, tag = response.content, response.headers["ETag"]
        bodies = [("", tag, body)]
        if len(body) >= _SMALL:
            for coding, compressed in (
                ("gzip", gzip.compress(body, _GZIP_LEVEL, mtime=0)),
                ("br", brotli.compress(body, quality=_BROTLI_QUALITY)),
            ):
                bodies.append((coding, etag_of_encoding(tag, compressed), compressed))
        headers = response.headers
        return cls.unpack((time.time(), headers["Content-Type"], headers["Vary"], tuple(bodies)))

    @classmethod
    def unpack(cls, packed: Packed) -> Self:
        rendered_at, content_type, vary, bodies = packed
        variants = dict.fromkeys(Coding, _variant(content_type, vary, *bodies[0]))
        for name, tag, body in bodies:
            variants[_CODINGS[name]] = _variant(content_type, vary, name, tag, body)
        return cls(rendered_at, packed, variants, sum(len(body) for _, _, body in bodies))


def bytes_kept(address: Address, answer: KeptAnswer) -> int:
    """What it takes to keep the answer under its address."""
    return answer.size + sum(map(len, address)) + _OVERHEAD


def _variant(content_type: str, vary: str, coding: str, tag: str, body: bytes) -> Variant:
    repeated = {"Cache-Control": CACHE_CONTROL, "ETag": tag, "Vary": vary}
    headers = {"Content-Type": content_type, **repeated}
    if coding:
        headers["Content-Encoding"] = coding
    return Variant(tag, body, ResponseHeaders(headers), ResponseHeaders(repeated))
