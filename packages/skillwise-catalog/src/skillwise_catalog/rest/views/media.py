"""Uploading files, and reading them by links that expire."""

import logging

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.conditional import unmodified
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import AllowAny, has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import (
    MediaLinkExpiredError,
    MediaNotFoundError,
    UploadRefusedError,
    UploadTooLargeError,
)
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.representations import upload_as_json
from skillwise_catalog.rest.serializers import UploadInput, UploadOutput
from skillwise_catalog.selectors.media import LINK_LIFETIME, linked_file
from skillwise_catalog.services.uploads import max_upload_bytes, store_upload, too_large

__all__ = ["MediaView", "UploadView"]

_log = logging.getLogger(__name__)

#: What a multipart body may hold beside the file: boundaries, headers, a few small fields.
_ENVELOPE_BYTES = 64 * 1024


@extend_schema(tags=["Media"])
class UploadView(ApiView):
    permission_classes = [has_role("instructor", "admin")]
    parser_classes = [MultiPartParser]
    throttle_scope = "catalog_upload"
    throttle_rate = "120/hour"

    @extend_schema(
        operation_id="uploads_create",
        summary="Upload a file",
        description="One file, to be put into lessons by its id. Its content must be what its name says.",
        request={"multipart/form-data": UploadInput},
        responses={201: UploadOutput},
        examples=[body("A worksheet", examples.UPLOAD, status=201)],
    )
    @problem_codes(UploadTooLargeError, UploadRefusedError)
    def post(self, request: Request) -> Response:
        # Before a byte of the body is read: Django reads no further than the length that is claimed.
        if int(request.META.get("CONTENT_LENGTH") or 0) > max_upload_bytes() + _ENVELOPE_BYTES:
            raise too_large()
        file = self.parse_body(UploadInput)["file"]
        upload = store_upload(owner_id=self.actor.id, file=file, now=now())
        return Response(upload_as_json(upload), status=status.HTTP_201_CREATED)


@extend_schema(tags=["Media"])
class MediaView(ApiView):
    """The link is the permission: it is given to those alone who may read the file, and expires."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="media_read",
        summary="Read a file",
        description="Sends the file that a signed link names, to be saved rather than shown. Links come "
        "with a lesson's content and expire after ten minutes; the lesson then gives another.",
        parameters=[
            OpenApiParameter(
                "token", OpenApiTypes.STR, OpenApiParameter.PATH, description="As the link has it."
            )
        ],
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
        },
    )
    @problem_codes(MediaNotFoundError, MediaLinkExpiredError)
    def get(self, request: Request, token: str) -> HttpResponseBase:
        file = linked_file(token=token)
        try:
            content = default_storage.open(file.storage_name)
        except FileNotFoundError:
            _log.exception("A file that lessons need is gone from the storage.")
            raise MediaNotFoundError from None
        answer = FileResponse(
            content,
            as_attachment=True,
            filename=file.name,
            content_type=file.content_type,
            headers={
                "Cache-Control": f"private, max-age={int(LINK_LIFETIME.total_seconds())}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "ETag": f'"{file.sha256}"',
                "X-Content-Type-Options": "nosniff",
            },
        )
        if (again := unmodified(request, answer)) is not None:
            content.close()
            return again
        return answer
