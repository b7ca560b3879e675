"""Enrolling, and what an enrolled person sees and plays."""

from dataclasses import asdict
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_learning.errors import (
    AccessEndedError,
    AccessSuspendedError,
    CourseNotFoundError,
    EnrollmentNotFoundError,
    LessonNotFoundError,
    OwnCourseError,
    PaymentRequiredError,
)
from skillwise_learning.rest import examples
from skillwise_learning.rest.lesson_serializers import EnrolledContentOutput
from skillwise_learning.rest.serializers import (
    EnrollmentDetailOutput,
    EnrollmentInput,
    EnrollmentOutput,
)
from skillwise_learning.selectors.enrollments import enrollments_of, get_enrollment
from skillwise_learning.selectors.lessons import get_lesson
from skillwise_learning.selectors.progress import enrolled_courses
from skillwise_learning.services.enrollments import enroll

__all__ = ["EnrolledLessonView", "EnrollmentListView", "EnrollmentView", "LatestEnrollmentsFirst"]


class LatestEnrollmentsFirst(KeysetPagination):
    ordering = ("-enrolled_at", "-id")


class EnrollmentListView(ApiView):
    permission_classes = [IsVerified]
    pagination_class = LatestEnrollmentsFirst

    @extend_schema(
        operation_id="enrollments_list",
        tags=["Enrolments"],
        summary="My courses",
        description="The courses that the caller is enrolled in, the latest enrolment first.",
        responses=EnrollmentOutput(many=True),
        examples=[OpenApiExample("One half done", value=examples.ENROLLMENT, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(enrollments_of(user_id=self.actor.id))
        return self.get_paginated_response(EnrollmentOutput(enrolled_courses(page), many=True).data)

    @extend_schema(
        operation_id="enrollments_create",
        tags=["Enrolments"],
        summary="Enrol in a course",
        description=(
            "A free course is open to everybody whose e-mail address is verified; one with a price to those"
            " who have paid for it (buying enrols by itself). Who is enrolled already gets that, with 200."
        ),
        request=EnrollmentInput,
        responses={201: EnrollmentOutput, 200: EnrollmentOutput},
        examples=[
            OpenApiExample(
                "Enrol", value={"course_id": examples.ENROLLMENT["course"]["id"]}, request_only=True
            ),
            OpenApiExample("Enrolled", value=examples.ENROLLMENT, response_only=True),
        ],
    )
    @problem_codes(CourseNotFoundError, PaymentRequiredError, OwnCourseError, AccessSuspendedError)
    @idempotent()
    def post(self, request: Request) -> Response:
        wish = self.parse_body(EnrollmentInput)
        enrollment, created = enroll(user_id=self.actor.id, course_id=wish["course_id"], now=now())
        (course,) = enrolled_courses([enrollment])
        return Response(EnrollmentOutput(course).data, status=201 if created else 200)


class EnrollmentView(ApiView):
    permission_classes = [IsVerified]

    @extend_schema(
        operation_id="enrollments_retrieve",
        tags=["Enrolments"],
        summary="One of my courses, with its outline",
        description="Modules and lessons in teaching order, with how far the caller is in each.",
        responses=EnrollmentDetailOutput,
        examples=[OpenApiExample("One half done", value=examples.ENROLLMENT_DETAIL, response_only=True)],
    )
    @problem_codes(EnrollmentNotFoundError)
    def get(self, request: Request, enrollment_id: UUID) -> Response:
        enrollment = get_enrollment(user_id=self.actor.id, enrollment_id=enrollment_id)
        (course,) = enrolled_courses([enrollment])
        return Response(EnrollmentDetailOutput(course).data)


class EnrolledLessonView(ApiView):
    permission_classes = [IsVerified]

    @extend_schema(
        operation_id="enrollments_lessons_retrieve",
        tags=["Enrolments"],
        summary="Play a lesson",
        description="The content of a lesson of a course that the caller is enrolled in, as it was published "
        "last. Its links expire: ask anew when one has.",
        responses=EnrolledContentOutput,
        examples=[OpenApiExample("An article", value=examples.LESSON, response_only=True)],
    )
    @problem_codes(EnrollmentNotFoundError, LessonNotFoundError, AccessEndedError, AccessSuspendedError)
    def get(self, request: Request, enrollment_id: UUID, lesson_id: UUID) -> Response:
        content, best = get_lesson(user_id=self.actor.id, enrollment_id=enrollment_id, lesson_id=lesson_id)
        return Response(EnrolledContentOutput(asdict(content) | {"best_percent": best}).data)
