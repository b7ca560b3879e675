"""Courses: the storefront, one course, and an instructor's own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.conditional import expected_version, expected_whole
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import (
    CategoryNotFoundError,
    CourseInReviewError,
    CourseNotFoundError,
    CourseWasPublishedError,
    NotCourseOwnerError,
    SearchTooCostlyError,
    UploadKindError,
    UploadNotFoundError,
)
from skillwise_catalog.models import Course
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.cards import AUTHORS_MEMBERS, SHAPE_PARAMETERS, read_shape
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.filters import COURSE_LIST_PARAMETERS
from skillwise_catalog.rest.lists import StorefrontPages, list_answer
from skillwise_catalog.rest.representations import course_as_json, course_detail_as_json
from skillwise_catalog.rest.serializers import (
    AuthoredCourseDetailOutput,
    AuthoredCourseOutput,
    CourseInput,
)
from skillwise_catalog.rest.storefront_serializers import CourseCardOutput, CourseDetailOutput
from skillwise_catalog.rest.views.access import StorefrontView
from skillwise_catalog.selectors.courses import authored_courses, editable_course_and_editors, listed_course
from skillwise_catalog.selectors.instructors import instructors_of, shown_instructors
from skillwise_catalog.selectors.outlines import modules_of
from skillwise_catalog.selectors.storefront import display_names
from skillwise_catalog.services import courses as services
from skillwise_catalog.services.access import last_edit_of

__all__ = ["CourseBySlugView", "CourseListView", "CourseView", "OwnCoursesView"]


class NewestFirst(KeysetPagination):
    ordering = ("-created_at", "-id")


def course_answer(view: ApiView, course: Course, *, status: int = status.HTTP_200_OK) -> Response:
    """The course with its outline, under the ETag of its version and of its last edit anywhere."""
    instructors = instructors_of(course_id=course.id, owner_id=course.owner_id)
    return Response(_authored(view, course, instructors), status=status)


def _authored(view: ApiView, course: Course, instructors: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    view.version = course.version
    view.whole = last_edit_of(course)
    return course_detail_as_json(course, instructors, modules_of(course_id=course.id))


def edition_answer(
    view: ApiView, request: Request, *, course_id: UUID | None = None, slug: str = ""
) -> Response:
    """The course as everybody sees it, under the ETag of its edition's number."""
    shape = read_shape(request, is_detailed=True)
    edition = listed_course(course_id=course_id, slug=slug, columns=(*shape.columns, "number"))
    view.version = edition["number"]
    return Response(shape.as_json(edition))


@extend_schema(tags=["Courses"])
class CourseListView(StorefrontView):
    writers = has_role("instructor")
    pagination_class = StorefrontPages

    @extend_schema(
        operation_id="courses_list",
        summary="Browse the courses",
        description="Published courses. Parameters narrow each other down.",
        parameters=[*COURSE_LIST_PARAMETERS, *SHAPE_PARAMETERS],
        responses={200: CourseCardOutput(many=True)},
        examples=[body("One of them", examples.CARD, status=200)],
    )
    @problem_codes(SearchTooCostlyError)
    def get(self, request: Request) -> Response:
        return list_answer(request, StorefrontPages())

    @extend_schema(
        operation_id="courses_create",
        summary="Begin a course",
        description="A draft that its owner alone sees. All but the title may follow later.",
        request=CourseInput,
        responses={201: AuthoredCourseDetailOutput},
        examples=[
            body("A whole one", examples.COURSE_INPUT),
            body("An idea", {"title": "Bread from Three Ingredients"}),
            body("The draft", examples.DRAFT, status=201),
        ],
    )
    @problem_codes(CategoryNotFoundError, UploadNotFoundError, UploadKindError)
    @idempotent()
    def post(self, request: Request) -> Response:
        course = services.create_course(
            owner_id=self.actor.id, fields=self.parse_body(CourseInput), now=now()
        )
        response = course_answer(self, course, status=status.HTTP_201_CREATED)
        response["Location"] = reverse("catalog-course", kwargs={"course_id": course.id})
        return response


@extend_schema(tags=["Courses"])
class CourseView(StorefrontView):
    has_versions = True

    @extend_schema(
        operation_id="courses_read",
        summary="Read a course",
        description="With its outline: as it was published last, but for those who may edit it, who see "
        "their working copy. What was not published is there for them alone, and so are the members that "
        f"`fields` may name for them besides: {', '.join(AUTHORS_MEMBERS)}.",
        parameters=SHAPE_PARAMETERS,
        responses={200: CourseDetailOutput},
        examples=[body("A published course", examples.CARD_DETAIL, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> Response:
        found = editable_course_and_editors(course_id=course_id, actor=self.reader)
        if found is None:
            return edition_answer(self, request, course_id=course_id)
        course, editor_ids = found
        shape = read_shape(request, is_detailed=True, is_authors=True)
        instructors = shown_instructors(owner_id=course.owner_id, editor_ids=editor_ids)
        return Response(shape.chosen_from(_authored(self, course, instructors)))

    @extend_schema(
        operation_id="courses_edit",
        summary="Change a course",
        description="The working copy: readers see it when it is published next. What is not given stays as "
        "it is, and the slug in any case.",
        request=CourseInput,
        responses={200: AuthoredCourseDetailOutput},
        examples=[
            body("Another price", {"price": {"amount": 1900, "currency": "USD"}}),
            body(
                "The course now",
                {**examples.AUTHORED_COURSE_DETAIL, "price": {"amount": 1900, "currency": "USD"}},
                status=200,
            ),
        ],
    )
    @problem_codes(
        CourseNotFoundError,
        NotCourseOwnerError,
        CourseInReviewError,
        CategoryNotFoundError,
        UploadNotFoundError,
        UploadKindError,
    )
    def patch(self, request: Request, course_id: UUID) -> Response:
        course = services.change_course(
            actor=self.actor,
            course_id=course_id,
            changes=self.parse_body(CourseInput, partial=True),
            expected_version=expected_version(request),
            now=now(),
        )
        return course_answer(self, course)

    @extend_schema(
        operation_id="courses_delete",
        summary="Delete a draft",
        description="For good, with its modules and lessons. What was ever published can be unpublished, "
        "not deleted. With `If-Match` (the course's) nothing goes that was edited since: lessons count.",
        responses={204: OpenApiResponse(description="Deleted.")},
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError, CourseWasPublishedError)
    def delete(self, request: Request, course_id: UUID) -> Response:
        services.delete_course(actor=self.actor, course_id=course_id, expected_whole=expected_whole(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["Courses"])
class CourseBySlugView(StorefrontView):
    @extend_schema(
        operation_id="courses_read_by_slug",
        summary="Read a course by its slug",
        description="As it was published last. Slugs never change.",
        parameters=SHAPE_PARAMETERS,
        responses={200: CourseDetailOutput},
        examples=[body("A published course", examples.CARD_DETAIL, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, slug: str) -> Response:
        return edition_answer(self, request, slug=slug)


@extend_schema(tags=["Teaching"])
class OwnCoursesView(ApiView):
    permission_classes = [has_role("instructor")]
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="instructors_courses_list",
        summary="List my courses",
        description="Drafts and published ones, the newest first.",
        responses={200: AuthoredCourseOutput(many=True)},
        examples=[body("One of them", examples.AUTHORED_COURSE, status=200)],
    )
    def get(self, request: Request) -> HttpResponseBase:
        page = self.paginate_queryset(authored_courses(author_id=self.actor.id))
        names = display_names(page)
        return self.get_paginated_response([course_as_json(course, names) for course in page])
