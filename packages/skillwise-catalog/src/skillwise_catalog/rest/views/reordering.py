"""The whole outline at once: its order, and another order."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import (
    CourseInReviewError,
    CourseNotFoundError,
    NotCourseOwnerError,
    OutlineFullError,
)
from skillwise_catalog.models import Course
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.lifecycle_serializers import OutlineOrderInput, OutlineOutput
from skillwise_catalog.rest.representations import module_as_json
from skillwise_catalog.selectors.courses import editable_course
from skillwise_catalog.selectors.outlines import modules_of
from skillwise_catalog.services.reordering import reorder_outline

__all__ = ["OutlineView"]

_OUTLINE = {"modules": [examples.MODULE]}
_ORDER = {
    "modules": [
        {
            "id": examples.MODULE["id"],
            "lessons": [lesson["id"] for lesson in reversed(examples.MODULE["lessons"])],
        }
    ]
}


@extend_schema(tags=["Outline"])
class OutlineView(ApiView):
    permission_classes = [IsVerified]
    has_versions = True

    @extend_schema(
        operation_id="course_outline_read",
        summary="Read the outline to put it into another order",
        description="Of the working copy, for those who may edit it. Its ETag is the outline's: it changes "
        "with what comes, goes or moves.",
        responses={200: OutlineOutput},
        examples=[body("The outline", _OUTLINE, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> Response:
        course = editable_course(course_id=course_id, actor=self.actor)
        if course is None:
            raise CourseNotFoundError
        return self._answer(course)

    @extend_schema(
        operation_id="course_outline_order",
        summary="Put modules and lessons into another order",
        description="The whole order, at once; lessons may go to other modules. All or nothing: an order "
        "that leaves out or names what came or went meanwhile answers 412 and moves nothing.",
        request=OutlineOrderInput,
        responses={200: OutlineOutput},
        examples=[body("The other way round", _ORDER), body("The outline now", _OUTLINE, status=200)],
    )
    @problem_codes(
        CourseNotFoundError,
        NotCourseOwnerError,
        CourseInReviewError,
        OutlineFullError,
        PreconditionFailedError,
    )
    def put(self, request: Request, course_id: UUID) -> Response:
        order = self.parse_body(OutlineOrderInput)["modules"]
        course = reorder_outline(
            actor=self.actor,
            course_id=course_id,
            order=[(module["id"], module["lessons"]) for module in order],
            expected_version=expected_version(request),
            now=now(),
        )
        return self._answer(course)

    def _answer(self, course: Course) -> Response:
        self.version = course.outline_version
        modules = modules_of(course_id=course.id)
        return Response({"modules": [module_as_json(*module) for module in modules]})
