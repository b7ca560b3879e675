"""A course's way into the storefront and out of it, and what waits for administrators."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.rest.conditional import expected_version, expected_whole
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsVerified, has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import (
    CourseIncompleteError,
    CourseNotFoundError,
    IllegalTransitionError,
    NotCourseOwnerError,
)
from skillwise_catalog.models import Course
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.lifecycle_serializers import ReturnInput
from skillwise_catalog.rest.representations import course_as_json
from skillwise_catalog.rest.serializers import AuthoredCourseDetailOutput, AuthoredCourseOutput
from skillwise_catalog.rest.views.courses import course_answer
from skillwise_catalog.selectors.courses import courses_in_review
from skillwise_catalog.selectors.storefront import display_names
from skillwise_catalog.services import lifecycle

__all__ = [
    "ApproveView",
    "ArchiveView",
    "PublishView",
    "ReturnView",
    "ReviewQueueView",
    "SubmitView",
    "UnpublishView",
    "WithdrawView",
]

_REFUSALS = (CourseNotFoundError, NotCourseOwnerError, IllegalTransitionError, PreconditionFailedError)


def _documented(
    name: str, *, summary: str, description: str, request: Any = None, **course: Any
) -> Callable[[Any], Any]:
    """`course`: what the example's course has otherwise."""
    answer = {**examples.AUTHORED_COURSE_DETAIL, **course}
    bodies = [body("What to change", {"note": "The third lesson has no sound."})] if request else []
    return extend_schema(
        operation_id=f"courses_{name}",
        summary=summary,
        description=description,
        request=request,
        responses={200: AuthoredCourseDetailOutput},
        examples=[*bodies, body("The course now", answer, status=200)],
    )


class LifecycleView(ApiView):
    """What may be done next stands in `allowed` of the problem `catalog.illegal_transition` (409)."""

    permission_classes = [IsVerified]
    has_versions = True

    def move(self, course_id: UUID, service: Callable[..., Course], **arguments: Any) -> Response:
        """Whatever is edited beneath the course meanwhile."""
        expected = expected_version(self.request)
        return self._move(course_id, service, expected_version=expected, **arguments)

    def move_whole(self, course_id: UUID, service: Callable[..., Course]) -> Response:
        """Not if a lesson of the course, or whatever of it, was edited since it was read."""
        return self._move(course_id, service, expected_whole=expected_whole(self.request))

    def _move(self, course_id: UUID, service: Callable[..., Course], **arguments: Any) -> Response:
        return course_answer(self, service(actor=self.actor, course_id=course_id, now=now(), **arguments))


@extend_schema(tags=["Courses"])
class SubmitView(LifecycleView):
    @_documented(
        "submit",
        summary="Ask for a review",
        description="Before a course is published first, an administrator looks at it. Nobody edits it "
        "meanwhile. `missing` of the course lists what it must get before. With `If-Match` what is submitted "
        "is what was read, lessons included.",
        status="in_review",
    )
    @problem_codes(*_REFUSALS, CourseIncompleteError)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.move_whole(course_id, lifecycle.submit_course)


@extend_schema(tags=["Courses"])
class WithdrawView(LifecycleView):
    @_documented(
        "withdraw",
        summary="Take a course back from its review",
        description="It is a draft again, to be edited.",
        status="draft",
    )
    @problem_codes(*_REFUSALS)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.move(course_id, lifecycle.withdraw_course)


@extend_schema(tags=["Administration"])
class ApproveView(LifecycleView):
    permission_classes = [has_role("admin")]

    @_documented(
        "approve",
        summary="Approve a submitted course",
        description="It is published, and its owner is told. From then on they publish it by themselves. "
        "With `If-Match` what is approved is what was read, lessons included.",
    )
    @problem_codes(*_REFUSALS)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.move_whole(course_id, lifecycle.approve_course)


@extend_schema(tags=["Administration"])
class ReturnView(LifecycleView):
    permission_classes = [has_role("admin")]

    @_documented(
        "return",
        summary="Return a submitted course to its authors",
        description="It is a draft again; its owner is told why, and `review_note` says it.",
        request=ReturnInput,
        status="draft",
        review_note="The third lesson has no sound.",
    )
    @problem_codes(*_REFUSALS)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.move(course_id, lifecycle.return_course, **self.parse_body(ReturnInput))


@extend_schema(tags=["Courses"])
class PublishView(LifecycleView):
    @_documented(
        "publish",
        summary="Publish a course",
        description="The working copy, as the next version, in one step: readers see it from the next "
        "request on. Before it was approved, and after an administrator who does not teach it took it out of "
        "the public lists, it needs a review: 409 `catalog.illegal_transition` for all but administrators. "
        "`catalog.course_incomplete` (409) lists in `missing` what it still needs. With `If-Match` what is "
        "published is what was read, lessons included.",
    )
    @problem_codes(*_REFUSALS, CourseIncompleteError)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.move_whole(course_id, lifecycle.publish_course)


@extend_schema(tags=["Courses"])
class UnpublishView(LifecycleView):
    @_documented(
        "unpublish",
        summary="Take a course out of the public lists",
        description="It is a draft again, and nobody can buy it. Those enrolled keep it. What an "
        "administrator takes out who does not teach it needs a review before its owner can publish it again. "
        "One in review is withdrawn, or returned with a note, instead.",
        status="draft",
    )
    @problem_codes(*_REFUSALS)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.move(course_id, lifecycle.unpublish_course)


@extend_schema(tags=["Courses"])
class ArchiveView(LifecycleView):
    @_documented(
        "archive",
        summary="Put a course away",
        description="For one that is taught no longer: nobody can buy it, and those enrolled keep it. What "
        "an administrator puts away who does not teach it needs a review before its owner can publish it "
        "again.",
        status="archived",
    )
    @problem_codes(*_REFUSALS)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.move(course_id, lifecycle.archive_course)


class LongestWaitFirst(KeysetPagination):
    ordering = ("updated_at", "id")


@extend_schema(tags=["Administration"])
class ReviewQueueView(ApiView):
    permission_classes = [has_role("admin")]
    pagination_class = LongestWaitFirst

    @extend_schema(
        operation_id="admin_courses_reviews_list",
        summary="List the courses that wait for a review",
        description="Those waiting longest come first.",
        responses={200: AuthoredCourseOutput(many=True)},
        examples=[body("One of them", {**examples.AUTHORED_COURSE, "status": "in_review"}, status=200)],
    )
    def get(self, request: Request) -> HttpResponseBase:
        page = self.paginate_queryset(courses_in_review())
        names = display_names(page)
        return self.get_paginated_response([course_as_json(course, names) for course in page])
