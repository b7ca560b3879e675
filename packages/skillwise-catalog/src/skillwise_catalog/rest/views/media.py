"""Uploading files, and reading them by links that expire."""

from django.core.files.storage import default_storage
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from skillwise_catalog.selectors.media import LINK_LIFETIME, linked_file
from skillwise_kernel.rest.permissions import AllowAny
from skillwise_kernel.rest.views import ApiView

__all__ = ["MediaView"]


@extend_schema(tags=["Media"])
class MediaView(ApiView):
    """The link is the permission: it is given to those alone who may read the file, and expires."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="media_read",
        summary="Read a file",
        description="Sends the file that a signed link names, to be saved rather than shown. Links come with a lesson's "
        "content and expire after ten minutes: `catalog.media_link_expired` (410) then, and the lesson gives another.",
        parameters=[
            OpenApiParameter(
                "token", OpenApiTypes.STR, OpenApiParameter.PATH, description="As the link has it."
            )
        ],
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
        },
    )
    def get(self, request: Request, token: str) -> FileResponse:
        file = linked_file(token=token)
        response = FileResponse(
            default_storage.open(file.storage_name),
            as_attachment=True,
            filename=file.name,
            content_type=file.content_type,
        )
        response["Cache-Control"] = f"private, max-age={int(LINK_LIFETIME.total_seconds())}"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response
