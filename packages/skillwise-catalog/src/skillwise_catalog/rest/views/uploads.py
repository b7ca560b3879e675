"""Uploading files: announced here, sent to the storage, completed here."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import AllowAny, has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import (
    MediaInUseError,
    MediaLinkExpiredError,
    MediaNotFoundError,
    MediaQuotaExceededError,
    UploadIncompleteError,
    UploadMismatchError,
    UploadRefusedError,
    UploadTooLargeError,
)
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.media_representations import file_as_json, listed_as_json, upload_as_json
from skillwise_catalog.rest.media_serializers import ListedUploadOutput, UploadInput, UploadOutput
from skillwise_catalog.rest.upload_filters import UPLOAD_LIST_PARAMETERS, filter_uploads
from skillwise_catalog.selectors.media import own_file, own_uploads, uploads_and_files
from skillwise_catalog.services.uploads.beginning import begin_upload, own_upload, progress_of
from skillwise_catalog.services.uploads.completing import complete_upload
from skillwise_catalog.services.uploads.receiving import receive
from skillwise_catalog.services.uploads.removing import delete_upload

__all__ = ["CompletionView", "ReceivingView", "UploadListView", "UploadView"]


class LastAnnouncedFirst(KeysetPagination):
    """By id alone, which an upload keeps when it becomes a file: none moves to another page by that."""

    ordering = ("-id",)


@extend_schema(tags=["Media"])
class UploadListView(ApiView):
    permission_classes = [has_role("instructor", "admin")]
    pagination_class = LastAnnouncedFirst
    throttle_rate = "600/hour"

    @property
    def throttle_scope(self) -> str | None:
        return "catalog_upload" if self.request.method == "POST" else None

    @extend_schema(
        operation_id="uploads_list",
        summary="List my uploads",
        description="Those that go on and the files that others became, the last announced first; files that "
        "came along with imports are among them. Which `parts` of an upload have arrived it says by itself.",
        parameters=UPLOAD_LIST_PARAMETERS,
        responses={200: ListedUploadOutput(many=True)},
        examples=[
            body("One that goes on", examples.LISTED_UPLOAD, status=200),
            body("A file", examples.LISTED_FILE, status=200),
        ],
    )
    def get(self, request: Request) -> Response:
        wanted = filter_uploads(own_uploads(owner_id=self.actor.id), request.query_params)
        listed = uploads_and_files(self.paginate_queryset(wanted))
        return self.get_paginated_response([listed_as_json(found) for found in listed])

    @extend_schema(
        operation_id="uploads_create",
        summary="Announce a file",
        description="The answer lists the requests that hand in its bytes: for each of `parts` send those "
        "from `offset` on, `size` of them, by `request`, whose headers all are in its signature. A "
        "relative address is below the API's origin. Then complete the upload. Addresses expire after an "
        "hour; reading the upload gives new ones, and says which parts have arrived.",
        request=UploadInput,
        responses={201: UploadOutput},
        examples=[
            body("A worksheet", examples.UPLOAD_INPUT),
            body("To be sent whole", examples.UPLOAD, status=201),
        ],
    )
    @problem_codes(UploadTooLargeError, UploadRefusedError, MediaQuotaExceededError)
    @idempotent()
    def post(self, request: Request) -> Response:
        moment = now()
        upload = begin_upload(owner_id=self.actor.id, now=moment, **self.parse_body(UploadInput))
        answer = upload_as_json(upload, progress_of(upload, now=moment))
        return Response(answer, status=status.HTTP_201_CREATED)


@extend_schema(tags=["Media"])
class UploadView(ApiView):
    permission_classes = [has_role("instructor", "admin")]

    @extend_schema(
        operation_id="uploads_read",
        summary="Read an upload",
        description="While it goes on: which parts have arrived, and how to hand in the others. Once "
        "completed: the file, and what is known of a video.",
        responses=UploadOutput,
        examples=[body("A completed one", examples.UPLOADED, status=200)],
    )
    @problem_codes(MediaNotFoundError)
    def get(self, request: Request, upload_id: UUID) -> Response:
        file = own_file(owner_id=self.actor.id, file_id=upload_id)
        if file is not None:
            return Response(file_as_json(file))
        upload = own_upload(owner_id=self.actor.id, upload_id=upload_id)
        return Response(upload_as_json(upload, progress_of(upload, now=now())))

    @extend_schema(
        operation_id="uploads_delete",
        summary="Give up an upload, or delete its file",
        description="Its space is free at once. A file that a lesson, a course or a published version refers "
        "to is kept.",
        responses={204: None},
    )
    @problem_codes(MediaNotFoundError, MediaInUseError)
    def delete(self, request: Request, upload_id: UUID) -> Response:
        delete_upload(owner_id=self.actor.id, upload_id=upload_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["Media"])
class CompletionView(ApiView):
    permission_classes = [has_role("instructor", "admin")]

    @extend_schema(
        operation_id="uploads_complete",
        summary="Complete an upload",
        description="Size, SHA-256 and content are verified; then it is a file that lessons may refer to. "
        "Again, it answers the same file. One that is refused is deleted.",
        request=None,
        responses=UploadOutput,
        examples=[body("A worksheet, kept", examples.UPLOADED, status=200)],
    )
    @problem_codes(MediaNotFoundError, UploadIncompleteError, UploadMismatchError, UploadRefusedError)
    def post(self, request: Request, upload_id: UUID) -> Response:
        file = complete_upload(owner_id=self.actor.id, upload_id=upload_id, now=now())
        return Response(file_as_json(file))


@extend_schema(tags=["Media"])
class ReceivingView(ApiView):
    """The signed address is the permission. It is there for storages that take in nothing themselves."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="media_receive",
        summary="Hand in bytes",
        description="What `uploads/` answers leads here, or to a bucket. The headers must be those it names.",
        parameters=[
            OpenApiParameter("token", OpenApiTypes.STR, OpenApiParameter.PATH, description="As signed.")
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={204: OpenApiResponse(description="They are kept.")},
    )
    @problem_codes(MediaNotFoundError, MediaLinkExpiredError, UploadMismatchError)
    def put(self, request: Request, token: str) -> Response:
        receive(
            token=token,
            content_type=request.META.get("CONTENT_TYPE", ""),
            size=int(request.META.get("CONTENT_LENGTH") or 0),
            read=request._request.read,
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
