"""Courses in and out: packages to be imported, and a course as one."""

from typing import Any, Final
from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import has_role
from skillwise_kernel.rest.renderers import OrjsonRenderer
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat
from skillwise_catalog.errors import (
    CategoryNotFoundError,
    CourseNotFoundError,
    ImportNotFoundError,
    PackageRefusedError,
    UploadNotFoundError,
)
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.import_serializers import (
    ImportDetailOutput,
    ImportInput,
    ImportOutput,
    import_as_json,
    import_detail_as_json,
)
from skillwise_catalog.selectors.courses import editable_course
from skillwise_catalog.selectors.imports import own_import, own_imports
from skillwise_catalog.services.course_imports import request_import
from skillwise_catalog.services.exporting import export_course

__all__ = ["ExportView", "ImportListView", "ImportRequestView", "ImportView"]

_REQUESTED: Final[dict[str, Any]] = {
    "id": "0199c4d2-f001-7c3e-8f5a-6b7c8d9e0f10",
    "upload_id": examples.UPLOAD["id"],
    "file_name": "bread.tar.gz",
    "format": "olx",
    "lessons_from": "blocks",
    "category": examples.COURSE["category"],
    "state": "pending",
    "created_at": "2026-11-20T08:40:00Z",
    "started_at": None,
    "finished_at": None,
    "course_id": None,
    "problem": None,
}
_DONE: Final[dict[str, Any]] = {
    **_REQUESTED,
    "state": "done",
    "started_at": "2026-11-20T08:40:00Z",
    "finished_at": "2026-11-20T08:40:07Z",
    "course_id": examples.COURSE["id"],
}
_REPORT: Final[dict[str, Any]] = {
    "title": examples.COURSE["title"],
    "modules": 1,
    "lessons": 2,
    "imported": {"chapter": 1, "html": 1, "sequential": 1, "vertical": 1, "video": 1},
    "kept_out": [
        {
            "path": "problem/exam.xml",
            "kind": "problem",
            "reason": "staff_only",
            "title": "Exam",
            "detail": "",
        }
    ],
    "left_out": [
        {
            "path": "lti/lab.xml",
            "kind": "lti",
            "reason": "unsupported",
            "title": "The lab",
            "detail": "",
        }
    ],
    "changed": [],
}
_FAILED: Final[dict[str, Any]] = {
    **_REQUESTED,
    "state": "failed",
    "started_at": "2026-11-20T08:40:00Z",
    "finished_at": "2026-11-20T08:40:01Z",
    "problem": {
        "code": "catalog.package_refused",
        "title": "The package cannot be imported.",
        "detail": "course.xml is not a course.",
        "reason": "not_olx",
        "errors": [],
    },
}


class NewestFirst(KeysetPagination):
    ordering = ("-created_at", "-id")


@extend_schema(tags=["Courses"])
class ImportRequestView(ApiView):
    permission_classes = [has_role("instructor", "admin")]
    throttle_scope = "catalog_import"
    throttle_rate = "60/hour"

    @extend_schema(
        operation_id="courses_import",
        summary="Import a course",
        description="A draft of the caller's out of a package that they uploaded, made in the background: "
        "read the import until it is `done` or `failed`. It comes whole or not at all. The "
        "package stays an upload of theirs, which they may delete once the import is through; "
        "what the course needs of it are files of its own.",
        request=ImportInput,
        responses={202: ImportDetailOutput},
        examples=[
            body(
                "Out of Open edX",
                {"upload_id": examples.UPLOAD["id"], "format": "olx", "category": "bread"},
            ),
            body("Begun", {**_REQUESTED, "report": None}, status=202),
        ],
    )
    @problem_codes(UploadNotFoundError, CategoryNotFoundError, PackageRefusedError)
    @idempotent()
    def post(self, request: Request) -> Response:
        asked = self.parse_body(ImportInput)
        requested = request_import(
            owner_id=self.actor.id,
            upload_id=asked["upload_id"],
            package_format=PackageFormat(asked["format"]),
            lessons_from=LessonsFrom(asked.get("lessons_from", LessonsFrom.BLOCKS)),
            category=asked.get("category"),
            now=now(),
        )
        answer = Response(import_detail_as_json(requested), status=status.HTTP_202_ACCEPTED)
        answer["Location"] = reverse("catalog-import", kwargs={"import_id": requested.id})
        return answer


@extend_schema(tags=["Courses"])
class ImportListView(ApiView):
    permission_classes = [has_role("instructor", "admin")]
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="courses_imports_list",
        summary="List my imports",
        description="The newest first, without their reports.",
        responses={200: ImportOutput(many=True)},
        examples=[body("One of them", _DONE, status=200)],
    )
    def get(self, request: Request) -> HttpResponseBase:
        page = self.paginate_queryset(own_imports(owner_id=self.actor.id))
        return self.get_paginated_response([import_as_json(found) for found in page])


@extend_schema(tags=["Courses"])
class ImportView(ApiView):
    permission_classes = [has_role("instructor", "admin")]

    @extend_schema(
        operation_id="courses_imports_read",
        summary="Read an import",
        description="How far it is; once done, the course and a report of what did not come along; once "
        "failed, the problem.",
        responses={200: ImportDetailOutput},
        examples=[
            body("Done", {**_DONE, "report": _REPORT}, status=200),
            body("Failed", {**_FAILED, "report": None}, status=200),
        ],
    )
    @problem_codes(ImportNotFoundError)
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(import_detail_as_json(own_import(owner_id=self.actor.id, import_id=import_id)))


class ZipRenderer(BaseRenderer):
    """Lets a client ask for `application/zip`; the view sends it itself."""

    media_type = "application/zip"
    format = "zip"


@extend_schema(tags=["Courses"])
class ExportView(ApiView):
    permission_classes = [has_role("instructor", "admin")]
    renderer_classes = [OrjsonRenderer, ZipRenderer]

    @extend_schema(
        operation_id="courses_export",
        summary="Export a course",
        description="The working copy with its files and the answers of its quizzes, as one zip whose "
        "`course.json` docs/course-package.md describes. Imported as a `package` it is the "
        "same course again.",
        responses={
            (200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY, description="The package.")
        },
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> HttpResponseBase:
        course = editable_course(course_id=course_id, actor=self.actor)
        if course is None:
            raise CourseNotFoundError
        return StreamingHttpResponse(
            export_course(course_id=course.id),
            content_type="application/zip",
            headers={
                "Cache-Control": "private, no-store",
                "Content-Disposition": content_disposition_header(
                    as_attachment=True, filename=f"{course.slug}.zip"
                )
                or "attachment",
                "X-Content-Type-Options": "nosniff",
            },
        )
