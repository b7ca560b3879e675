"""Quizzes, answered by enrolled people."""

from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_catalog.errors import AnswersRefusedError, NotAQuizError
from skillwise_kernel.clock import now
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_learning.errors import (
    AccessEndedError,
    AccessSuspendedError,
    AttemptDiffersError,
    AttemptNotFoundError,
    EnrollmentNotFoundError,
    LessonNotFoundError,
)
from skillwise_learning.rest import examples
from skillwise_learning.rest.lesson_serializers import (
    AttemptedOutput,
    AttemptInput,
    AttemptOutput,
    AttemptSummaryOutput,
)
from skillwise_learning.rest.serializers import CourseProgressOutput
from skillwise_learning.selectors.attempts import attempts_at, get_attempt
from skillwise_learning.services.attempts import attempt_quiz

__all__ = ["AttemptListView", "AttemptView"]


class LatestAttemptsFirst(KeysetPagination):
    ordering = ("-occurred_at", "-id")


class AttemptListView(ApiView):
    permission_classes = [IsVerified]
    pagination_class = LatestAttemptsFirst

    @extend_schema(
        operation_id="attempts_list",
        tags=["Enrolments"],
        summary="My attempts at a quiz",
        description="The latest first, without their answers.",
        responses=AttemptSummaryOutput(many=True),
        examples=[OpenApiExample("Passed", value=examples.ATTEMPT_SUMMARY, response_only=True)],
    )
    @problem_codes(EnrollmentNotFoundError, AccessEndedError, AccessSuspendedError)
    def get(self, request: Request, enrollment_id: UUID, lesson_id: UUID) -> Response:
        attempts = attempts_at(user_id=self.actor.id, enrollment_id=enrollment_id, lesson_id=lesson_id)
        page = self.paginate_queryset(attempts)
        return self.get_paginated_response(AttemptSummaryOutput(page, many=True).data)

    @extend_schema(
        operation_id="attempts_create",
        tags=["Enrolments"],
        summary="Answer a quiz",
        description=(
            "Keeps the answers and tells which are right, what would have been, and why. There may be any"
            " number of attempts; one that is passed completes the lesson, for good. Safe to repeat, and to"
            " send late: the app gives each attempt an `id`, and the same again answers 200 and counts once."
        ),
        request=AttemptInput,
        responses={201: AttemptedOutput, 200: AttemptedOutput},
        examples=[
            OpenApiExample("An answer", value=examples.ATTEMPT_INPUT, request_only=True),
            OpenApiExample("Passed", value=examples.ATTEMPTED, response_only=True),
        ],
    )
    @problem_codes(
        EnrollmentNotFoundError,
        LessonNotFoundError,
        AccessEndedError,
        AccessSuspendedError,
        NotAQuizError,
        AttemptDiffersError,
        AnswersRefusedError,
    )
    def post(self, request: Request, enrollment_id: UUID, lesson_id: UUID) -> Response:
        said = self.parse_body(AttemptInput)
        attempt, progress, created = attempt_quiz(
            user_id=self.actor.id,
            enrollment_id=enrollment_id,
            lesson_id=lesson_id,
            attempt_id=said["id"],
            answers=said["answers"],
            version=said.get("version"),
            occurred_at=said.get("occurred_at"),
            now=now(),
        )
        answer = AttemptOutput(attempt).data | {"progress": CourseProgressOutput(progress).data}
        return Response(answer, status=201 if created else 200)


class AttemptView(ApiView):
    permission_classes = [IsVerified]

    @extend_schema(
        operation_id="attempts_retrieve",
        tags=["Enrolments"],
        summary="One of my attempts at a quiz",
        description="With what was right in it, by the version of the quiz that it answers.",
        responses=AttemptOutput,
        examples=[OpenApiExample("Passed", value=examples.ATTEMPT, response_only=True)],
    )
    @problem_codes(EnrollmentNotFoundError, AttemptNotFoundError, AccessEndedError, AccessSuspendedError)
    def get(self, request: Request, enrollment_id: UUID, lesson_id: UUID, attempt_id: UUID) -> Response:
        attempt = get_attempt(
            user_id=self.actor.id,
            enrollment_id=enrollment_id,
            lesson_id=lesson_id,
            attempt_id=attempt_id,
        )
        return Response(AttemptOutput(attempt).data)
