"""Conditional requests (RFC 9110 §13): reads that cost little when nothing changed, edits that spare others'.

An ETag here is strong and reads `"v7-<hash>"` where the thing has a version (7, raised by every edit),
`"<hash>"` where it has none. The hash is of the very bytes of the answer, so that `If-None-Match` notices
every difference. `If-Match` compares the version alone: what an edit must not overwrite is another edit,
while figures that others move (a rating, a number of participants) do not stand in its way.

A thing whose parts are edited by themselves reads `"v7.64-<hash>"`: 64 is another number after any edit of it
or of its parts. An edit of the thing alone compares 7, so that edits of parts do not stand in its way; what
removes or publishes all of it compares 64.
"""

from typing import Any

from django.http import HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.rest.etags import OUR_VERSION, entity_tags, etag, none_match

__all__ = [
    "ConditionalReadMixin",
    "etag",
    "expected_version",
    "expected_whole",
    "unmodified",
]


#: What a 304 repeats of the 200 it stands for (RFC 9110 §15.4.5).
_KEPT_BY_304 = ("Cache-Control", "Content-Location", "ETag", "Expires", "Vary")


def expected_version(request: Request) -> int | None:
    """The version that the caller last read and means to change, by `If-Match`; None: whichever it is.

    It is None when the header is absent or `*`. Raises `PreconditionFailedError` when no tag in it can match:
    weak tags never do (RFC 9110 §13.1.1), nor do tags that this API did not make. Of several, the latest
    version counts.
    """
    versions = _expected(request)
    return None if versions is None else max(version for version, _ in versions)


def expected_whole(request: Request) -> int | None:
    """As `expected_version`, of the thing with its parts: for what removes or publishes all of it. Raises
    `PreconditionFailedError` too when the tags are of the thing, or of a part, alone.
    """
    versions = _expected(request)
    if versions is None:
        return None
    wholes = [(version, whole) for version, whole in versions if whole is not None]
    if not wholes:
        raise _no_match()
    return max(wholes)[1]


def unmodified(request: Request, response: HttpResponseBase) -> HttpResponseBase | None:
    """What takes the place of `response`, which has an ETag: a 304 when the caller holds it already, else
    None.
    """
    if none_match(request.headers.get("If-None-Match"), response["ETag"]):
        return None
    answer = HttpResponseNotModified()
    for name in _KEPT_BY_304:
        if response.has_header(name):
            answer[name] = response[name]
    return answer


class ConditionalReadMixin(APIView):
    """GET and HEAD answer with an ETag, and with 304 to an `If-None-Match` that holds it.

    `self.version`, set by a view method that serves one versioned thing, goes into the tag; an edit that
    answers with the thing's new representation sets it too, and so spares the caller a read before the next
    edit. With it goes `self.whole`, where the answer shows the thing's parts and these are edited by
    themselves. `cache_control` is what successful reads say of their caching.
    """

    cache_control = "private, no-cache"
    version: int | None = None
    whole: int | None = None

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        reading = request.method in {"GET", "HEAD"} and response.status_code == 200  # noqa: PLR2004 - OK
        response.headers.setdefault("Cache-Control", self.cache_control if reading else "no-store")
        patch_vary_headers(response, ["Accept", "Authorization"])
        if isinstance(response, Response) and not response.has_header("ETag"):
            if reading:
                response.add_post_render_callback(lambda rendered: self._conditional(request, rendered))
            elif self.version is not None and response.data is not None:
                response.add_post_render_callback(self._tag)
        return response

    def _tag(self, response: Response) -> None:
        response["ETag"] = etag(self.version, response.content, whole=self.whole)

    def _conditional(self, request: Request, response: Response) -> HttpResponseBase | None:
        self._tag(response)
        return unmodified(request, response)


def _expected(request: Request) -> list[tuple[int, int | None]] | None:
    """What `If-Match` names, at least one: versions, each with that of the whole; None for whatever there
    is.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    ours = [match for tag in entity_tags(header) if (match := OUR_VERSION.fullmatch(tag))]
    if not ours:
        raise _no_match()
    return [(int(match[1]), int(match[2]) if match[2] else None) for match in ours]


def _no_match() -> PreconditionFailedError:
    return PreconditionFailedError("If-Match names no version of this; read it again and use its ETag.")
