"""What people say of courses."""

from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsVerified, ReadOnly
from skillwise_kernel.rest.views import ApiView

from skillwise_learning.errors import (
    AccessEndedError,
    AccessSuspendedError,
    AlreadyReviewedError,
    CourseNotFoundError,
    NotEnrolledError,
    NotReviewAuthorError,
    ReviewNotFoundError,
)
from skillwise_learning.models import Review
from skillwise_learning.rest import examples
from skillwise_learning.rest.serializers import ReviewChangeInput, ReviewInput, ReviewOutput, ReviewQuery
from skillwise_learning.selectors.reviews import get_review, reviews_of_course, signed
from skillwise_learning.services.reviews import change_review, post_review, remove_review

__all__ = ["ReviewListView", "ReviewView"]


class NewestReviewsFirst(KeysetPagination):
    ordering = ("-created_at", "-id")


class ReviewListView(ApiView):
    permission_classes = [ReadOnly | IsVerified]
    pagination_class = NewestReviewsFirst

    @extend_schema(
        operation_id="reviews_list",
        tags=["Reviews"],
        summary="The reviews of a course",
        description="What people say of a published course, the newest first.",
        parameters=[ReviewQuery],
        responses=ReviewOutput(many=True),
        examples=[OpenApiExample("Five stars", value=examples.REVIEW, response_only=True)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request) -> Response:
        query = self.parse_query(ReviewQuery)
        page = self.paginate_queryset(reviews_of_course(course_id=query["course_id"]))
        return self.get_paginated_response(ReviewOutput(signed(page), many=True).data)

    @extend_schema(
        operation_id="reviews_create",
        tags=["Reviews"],
        summary="Review a course",
        description="People enrolled in a course may review it, once.",
        request=ReviewInput,
        responses={201: ReviewOutput},
        examples=[
            OpenApiExample(
                "Five stars",
                value={
                    "course_id": examples.REVIEW["course_id"],
                    "rating": 5,
                    "text": "My first loaf that rose.",
                },
                request_only=True,
            ),
            OpenApiExample("Posted", value=examples.REVIEW, response_only=True),
        ],
    )
    @problem_codes(
        CourseNotFoundError, NotEnrolledError, AlreadyReviewedError, AccessEndedError, AccessSuspendedError
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        said = self.parse_body(ReviewInput)
        review = post_review(
            user_id=self.actor.id,
            course_id=said["course_id"],
            rating=said["rating"],
            text=said["text"],
            now=now(),
        )
        self.version = review.version
        return Response(_rendered(review), status=201)


class ReviewView(ApiView):
    has_versions = True
    permission_classes = [ReadOnly | IsVerified]

    @extend_schema(
        operation_id="reviews_retrieve",
        tags=["Reviews"],
        summary="A review",
        responses=ReviewOutput,
        examples=[OpenApiExample("Five stars", value=examples.REVIEW, response_only=True)],
    )
    @problem_codes(ReviewNotFoundError)
    def get(self, request: Request, review_id: UUID) -> Response:
        review = get_review(review_id=review_id, actor=_reader(request))
        self.version = review.version
        return Response(_rendered(review))

    @extend_schema(
        operation_id="reviews_partial_update",
        tags=["Reviews"],
        summary="Change my review",
        description="For its author alone. What is left out stays.",
        request=ReviewChangeInput,
        responses=ReviewOutput,
        examples=[
            OpenApiExample("One star less", value={"rating": 4}, request_only=True),
            OpenApiExample("Changed", value={**examples.REVIEW, "rating": 4}, response_only=True),
        ],
    )
    @problem_codes(ReviewNotFoundError, NotReviewAuthorError, AccessEndedError, AccessSuspendedError)
    def patch(self, request: Request, review_id: UUID) -> Response:
        said = self.parse_body(ReviewChangeInput, partial=True)
        review = change_review(
            actor=self.actor,
            review_id=review_id,
            rating=said.get("rating"),
            text=said.get("text"),
            expected_version=expected_version(request),
            now=now(),
        )
        self.version = review.version
        return Response(_rendered(review))

    @extend_schema(
        operation_id="reviews_destroy",
        tags=["Reviews"],
        summary="Remove a review",
        description="For its author, and for administrators. The author may then write another.",
        responses={204: None},
    )
    @problem_codes(ReviewNotFoundError, NotReviewAuthorError)
    def delete(self, request: Request, review_id: UUID) -> Response:
        remove_review(
            actor=self.actor, review_id=review_id, expected_version=expected_version(request), now=now()
        )
        return Response(status=204)


def _reader(request: Request) -> Actor | None:
    return request.user if isinstance(request.user, Actor) else None


def _rendered(review: Review) -> dict[str, object]:
    (with_author,) = signed([review])
    return ReviewOutput(with_author).data
