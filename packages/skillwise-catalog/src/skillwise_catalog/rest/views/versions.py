"""The versions of a course, what each changed, going back to one, and beginning another course as a copy."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.rest.conditional import expected_whole
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsVerified, has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import (
    CourseInReviewError,
    CourseNotFoundError,
    NotCourseOwnerError,
    VersionNotFoundError,
)
from skillwise_catalog.models import Course, CourseVersion
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.serializers import AuthoredCourseDetailOutput
from skillwise_catalog.rest.version_serializers import ChangesOutput, VersionDetailOutput, VersionOutput
from skillwise_catalog.rest.views.courses import course_answer
from skillwise_catalog.selectors.courses import editable_course
from skillwise_catalog.selectors.storefront import names_of
from skillwise_catalog.selectors.versions import (
    changes_of_version,
    changes_of_working_copy,
    version_of,
    versions_of,
)
from skillwise_catalog.services.access import last_edit_of
from skillwise_catalog.services.duplicates import duplicate_course
from skillwise_catalog.services.versions import restore_version

__all__ = [
    "ChangesView",
    "DuplicateView",
    "RestoreView",
    "VersionChangesView",
    "VersionListView",
    "VersionView",
]

_VERSION: Final[dict[str, Any]] = {
    "number": 3,
    "published_at": "2026-11-23T10:00:00Z",
    "published_by": examples.COURSE["owner"],
}
_CHANGES: Final[dict[str, Any]] = {
    "before": 2,
    "after": 3,
    "fields": [{"name": "title", "before": "Bread", "after": examples.COURSE["title"], "diff": None}],
    "modules": [],
    "lessons": [
        {
            "id": examples.LESSON_OUTLINE["id"],
            "title": examples.LESSON_OUTLINE["title"],
            "changes": ["moved", "changed"],
            "fields": [
                {
                    "name": "article",
                    "before": "Yeast.",
                    "after": "Wild yeast is **everywhere**.",
                    "diff": "--- before\n+++ after\n@@ -1 +1 @@\n-Yeast.\n+Wild yeast is **everywhere**.",
                }
            ],
        }
    ],
}


class AuthorsView(ApiView):
    """For those who may edit the course: what was published and withdrawn, and answers of quizzes, are
    nobody else's.
    """

    permission_classes = [IsVerified]

    def course(self, course_id: UUID) -> Course:
        """Raises `CourseNotFoundError`."""
        course = editable_course(course_id=course_id, actor=self.actor)
        if course is None:
            raise CourseNotFoundError
        return course


class NewestVersionFirst(KeysetPagination):
    ordering = ("-number",)


@extend_schema(tags=["Versions"])
class VersionListView(AuthorsView):
    pagination_class = NewestVersionFirst

    @extend_schema(
        operation_id="course_versions_list",
        summary="List a course's versions",
        description="Each time that it was published with changes, the newest first.",
        responses={200: VersionOutput(many=True)},
        examples=[body("One of them", _VERSION, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> HttpResponseBase:
        page = self.paginate_queryset(versions_of(course_id=self.course(course_id).id))
        names = names_of({version.published_by for version in page if version.published_by})
        return self.get_paginated_response([_version_as_json(version, names) for version in page])


@extend_schema(tags=["Versions"])
class VersionView(AuthorsView):
    @extend_schema(
        operation_id="course_versions_read",
        summary="Read a version",
        responses={200: VersionDetailOutput},
        examples=[
            body("A version", {**_VERSION, "document": {"format": "skillwise.course/1"}}, status=200),
        ],
    )
    @problem_codes(CourseNotFoundError, VersionNotFoundError)
    def get(self, request: Request, course_id: UUID, number: int) -> Response:
        version = version_of(course_id=self.course(course_id).id, number=number)
        names = names_of({version.published_by} if version.published_by else set())
        return Response({**_version_as_json(version, names), "document": version.document})


@extend_schema(tags=["Versions"])
class VersionChangesView(AuthorsView):
    @extend_schema(
        operation_id="course_versions_changes",
        summary="Read what a version changed",
        description="Against the version before it.",
        responses={200: ChangesOutput},
        examples=[body("A better lesson, earlier", _CHANGES, status=200)],
    )
    @problem_codes(CourseNotFoundError, VersionNotFoundError)
    def get(self, request: Request, course_id: UUID, number: int) -> Response:
        changes = changes_of_version(course_id=self.course(course_id).id, number=number)
        return Response({"before": number - 1 or None, "after": number, **changes.as_json()})


@extend_schema(tags=["Versions"])
class ChangesView(AuthorsView):
    @extend_schema(
        operation_id="course_changes_read",
        summary="Read what is not published yet",
        description="The working copy against the version that was published last. The ETag changes with "
        "every edit of the course, of a module and of a lesson.",
        responses={200: ChangesOutput},
        examples=[body("A better lesson, earlier", {**_CHANGES, "after": None}, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> Response:
        course = self.course(course_id)
        published, changes = changes_of_working_copy(course)
        self.version = course.version
        self.whole = last_edit_of(course)
        return Response({"before": published, "after": None, **changes.as_json()})


@extend_schema(tags=["Versions"])
class RestoreView(AuthorsView):
    has_versions = True

    @extend_schema(
        operation_id="course_versions_restore",
        summary="Go back to a version",
        description="The working copy becomes what the version says; modules and lessons are the ones that "
        "they were, with everybody's progress. A category that is there no longer is not made again: the "
        "course keeps its own. Readers see it when it is published next. `If-Match`: the course's; "
        "`GET courses/{course_id}/changes/` has it too, and says what will be lost.",
        request=None,
        responses={200: AuthoredCourseDetailOutput},
        examples=[body("The course now", examples.AUTHORED_COURSE_DETAIL, status=200)],
    )
    @problem_codes(
        CourseNotFoundError,
        NotCourseOwnerError,
        VersionNotFoundError,
        CourseInReviewError,
        PreconditionFailedError,
    )
    @idempotent()
    def post(self, request: Request, course_id: UUID, number: int) -> Response:
        course = restore_version(
            actor=self.actor,
            course_id=course_id,
            number=number,
            expected_whole=expected_whole(request),
            now=now(),
        )
        return course_answer(self, course)


@extend_schema(tags=["Courses"])
class DuplicateView(ApiView):
    permission_classes = [has_role("instructor")]
    has_versions = True

    @extend_schema(
        operation_id="courses_duplicate",
        summary="Begin a course as a copy",
        description="A draft of the caller's that says what the working copy of one that they may edit "
        "says, with modules and lessons of its own. `If-Match`: that one's; its lessons count.",
        request=None,
        responses={201: AuthoredCourseDetailOutput},
        examples=[
            body("The draft", {**examples.DRAFT, "title": f"{examples.DRAFT['title']} (copy)"}, status=201)
        ],
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError, PreconditionFailedError)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        course = duplicate_course(
            actor=self.actor, course_id=course_id, expected_whole=expected_whole(request), now=now()
        )
        response = course_answer(self, course, status=status.HTTP_201_CREATED)
        response["Location"] = reverse("catalog-course", kwargs={"course_id": course.id})
        return response


def _version_as_json(version: CourseVersion, names: Mapping[UUID, str]) -> dict[str, Any]:
    publisher = version.published_by
    return {
        "number": version.number,
        "published_at": version.published_at,
        "published_by": {"id": publisher, "display_name": names.get(publisher, "")} if publisher else None,
    }
