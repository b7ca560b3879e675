"""Reading files by links that expire."""

import logging
import re
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from skillwise_kernel.rest.conditional import unmodified
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import AllowAny
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import MediaLinkExpiredError, MediaNotFoundError, RangeNotSatisfiableError
from skillwise_catalog.gateways import ByteRange, ContentMissingError, get_storage
from skillwise_catalog.selectors.media import (
    Linked,
    linked_captions,
    linked_file,
    linked_playlist,
    linked_rendition,
    linked_segments,
)

__all__ = ["CaptionsView", "MediaView", "PlaylistView", "RenditionView", "SegmentsView"]

_log = logging.getLogger(__name__)

_TOKEN: Final = OpenApiParameter(
    "token", OpenApiTypes.STR, OpenApiParameter.PATH, description="As the link has it."
)
_RANGE: Final = OpenApiParameter(
    "Range", OpenApiTypes.STR, OpenApiParameter.HEADER, description="One range of bytes (RFC 9110 §14.2)."
)
_FILE: Final = {
    (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file."),
    (206, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The range."),
    302: OpenApiResponse(
        description="To where the storage itself sends it from, by a link that expires too."
    ),
}
_PLAYLIST: Final = {
    (200, "application/vnd.apple.mpegurl"): OpenApiResponse(OpenApiTypes.STR, description="The playlist.")
}
#: One range; of several we answer the whole, as a server may.
_ONE_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class _LinkView(ApiView):
    """The link is the permission: it is given to those alone who may read the file, and expires."""

    authentication_classes = []
    permission_classes = [AllowAny]


@extend_schema(tags=["Media"])
class MediaView(_LinkView):
    @extend_schema(
        operation_id="media_read",
        summary="Read a file",
        description="Sends the file that a signed link names. Links come with a lesson's content and expire: "
        "a video's and its captions' after four hours, others after ten minutes; the lesson then gives "
        "another. Videos and pictures may be shown in their place, everything else is to be saved.",
        parameters=[_TOKEN, _RANGE],
        responses=_FILE,
    )
    @problem_codes(MediaNotFoundError, MediaLinkExpiredError, RangeNotSatisfiableError)
    def get(self, request: Request, token: str) -> HttpResponseBase:
        return _sent(request, linked_file(token=token))


@extend_schema(tags=["Media"])
class PlaylistView(_LinkView):
    @extend_schema(
        operation_id="media_playlist",
        summary="Read a video's playlist",
        description="HLS's multivariant playlist (RFC 8216) of a video that was made ready for streaming, "
        "with the captions of the lesson that gave the link.",
        parameters=[_TOKEN],
        responses=_PLAYLIST,
    )
    @problem_codes(MediaNotFoundError, MediaLinkExpiredError)
    def get(self, request: Request, token: str) -> HttpResponse:
        return _playlist(linked_playlist(token=token))


@extend_schema(tags=["Media"])
class RenditionView(_LinkView):
    @extend_schema(
        operation_id="media_rendition",
        summary="Read the playlist of one rendition",
        description="As the video's playlist links it.",
        parameters=[_TOKEN],
        responses=_PLAYLIST,
    )
    @problem_codes(MediaNotFoundError, MediaLinkExpiredError)
    def get(self, request: Request, token: str) -> HttpResponse:
        return _playlist(linked_rendition(token=token))


@extend_schema(tags=["Media"])
class CaptionsView(_LinkView):
    @extend_schema(
        operation_id="media_captions",
        summary="Read the playlist of captions",
        description="As the video's playlist links it: one WebVTT file, whole.",
        parameters=[_TOKEN],
        responses=_PLAYLIST,
    )
    @problem_codes(MediaNotFoundError, MediaLinkExpiredError)
    def get(self, request: Request, token: str) -> HttpResponse:
        return _playlist(linked_captions(token=token))


@extend_schema(tags=["Media"])
class SegmentsView(_LinkView):
    @extend_schema(
        operation_id="media_segments",
        summary="Read segments of a rendition",
        description="By ranges, as the rendition's playlist names them.",
        parameters=[_TOKEN, _RANGE],
        responses=_FILE,
    )
    @problem_codes(MediaNotFoundError, MediaLinkExpiredError, RangeNotSatisfiableError)
    def get(self, request: Request, token: str) -> HttpResponseBase:
        return _sent(request, linked_segments(token=token))


def _sent(request: Request, linked: Linked) -> HttpResponseBase:
    storage = get_storage()
    elsewhere = storage.download_url(
        key=linked.key,
        file_name=linked.file_name,
        content_type=linked.content_type,
        inline=linked.is_inline,
        lifetime=linked.lifetime,
    )
    if elsewhere is not None:
        return HttpResponseRedirect(elsewhere, headers={"Cache-Control": "no-store"})
    answer = StreamingHttpResponse(
        content_type=linked.content_type,
        headers={
            "Accept-Ranges": "bytes",
            "Cache-Control": f"private, max-age={int(linked.lifetime.total_seconds())}",
            "Content-Disposition": content_disposition_header(not linked.is_inline, linked.file_name)
            or "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "ETag": f'"{linked.tag}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
    try:
        if storage.size(key=linked.key) != linked.size:
            raise ContentMissingError(linked.key)
        if (again := unmodified(request, answer)) is not None:
            return again
        span = _asked_range(request, linked)
        if span is not None:
            answer.status_code = 206
            answer["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{linked.size}"
        answer["Content-Length"] = str(span.end - span.start if span else linked.size)
        if request.method != "HEAD":
            answer.streaming_content = storage.read(key=linked.key, span=span)
    except ContentMissingError:
        _log.exception("A file that lessons need is gone from the storage.")
        raise MediaNotFoundError from None
    return answer


def _asked_range(request: Request, linked: Linked) -> ByteRange | None:
    """What of the file is asked for; None: all of it. Raises `RangeNotSatisfiableError`."""
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    held = request.headers.get("If-Range")
    if asked is None or (held is not None and held != f'"{linked.tag}"'):
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(linked.size - int(last), 0), linked.size
    else:
        start, end = int(first), min(int(last) + 1, linked.size) if last else linked.size
        if last and int(last) < int(first):
            return None
    if start >= linked.size:
        raise RangeNotSatisfiableError(f"The file has {linked.size:,} bytes.", extra={"size": linked.size})
    return ByteRange(start=start, end=end)


def _playlist(text: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="application/vnd.apple.mpegurl",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
