"""How far one is."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_learning.errors import (
    AccessEndedError,
    AccessSuspendedError,
    LessonNotFoundError,
    QuizNotPassedError,
)
from skillwise_learning.rest import examples
from skillwise_learning.rest.enrollments import LatestEnrollmentsFirst
from skillwise_learning.rest.serializers import CourseProgressOutput, ProgressInput, ProgressQuery
from skillwise_learning.selectors.enrollments import enrollments_of
from skillwise_learning.selectors.progress import progress_in
from skillwise_learning.services.progress import record_progress

__all__ = ["ProgressView"]


class ProgressView(ApiView):
    permission_classes = [IsVerified]
    pagination_class = LatestEnrollmentsFirst

    @extend_schema(
        operation_id="progress_list",
        tags=["Progress"],
        summary="My progress",
        description="How far the caller is in each of their courses, the latest enrolment first.",
        parameters=[ProgressQuery],
        responses=CourseProgressOutput(many=True),
        examples=[OpenApiExample("Half done", value=examples.PROGRESS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        query = self.parse_query(ProgressQuery)
        page = self.paginate_queryset(enrollments_of(user_id=self.actor.id, course_id=query.get("course_id")))
        return self.get_paginated_response(CourseProgressOutput(progress_in(page), many=True).data)

    @extend_schema(
        operation_id="progress_create",
        tags=["Progress"],
        summary="Report progress in a lesson",
        description=(
            "How far the caller is in a lesson, and whether it is done. Safe to repeat, and to send late and"
            " in any order: with `occurred_at`, an older report never moves a newer one's position back."
            " A quiz is completed by an attempt that passes it."
            " Answers the progress in the whole course."
        ),
        request=ProgressInput,
        responses=CourseProgressOutput,
        examples=[
            OpenApiExample(
                "Half-way through a video",
                value={
                    "lesson_id": examples.PROGRESS["resume"]["lesson_id"],
                    "position": 95,
                    "occurred_at": "2026-11-02T09:23:40Z",
                },
                request_only=True,
            ),
            OpenApiExample(
                "Done",
                value={"lesson_id": examples.PROGRESS["resume"]["lesson_id"], "completed": True},
                request_only=True,
            ),
            OpenApiExample("Half done", value=examples.PROGRESS, response_only=True),
        ],
    )
    @problem_codes(LessonNotFoundError, AccessEndedError, AccessSuspendedError, QuizNotPassedError)
    def post(self, request: Request) -> Response:
        report = self.parse_body(ProgressInput)
        progress = record_progress(
            user_id=self.actor.id,
            lesson_id=report["lesson_id"],
            completed=report["completed"],
            position=report.get("position"),
            occurred_at=report.get("occurred_at"),
            now=now(),
        )
        return Response(CourseProgressOutput(progress).data)
