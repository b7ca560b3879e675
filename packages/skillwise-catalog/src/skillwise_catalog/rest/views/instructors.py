"""Who teaches a course."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.dto import InstructorRole
from skillwise_catalog.errors import (
    CourseNotFoundError,
    InstructorNotFoundError,
    InstructorUnknownError,
    NotCourseOwnerError,
    OwnerRequiredError,
)
from skillwise_catalog.models import Course
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.lifecycle_serializers import InstructorInput, InstructorListOutput
from skillwise_catalog.selectors.courses import editable_course
from skillwise_catalog.selectors.instructors import instructors_of_courses
from skillwise_catalog.selectors.storefront import names_of
from skillwise_catalog.services.instructors import remove_instructor, set_instructor

__all__ = ["InstructorListView", "InstructorView"]

_EDITOR: Final = {"id": "0199c4d2-0001-7c3e-8f5a-6b7c8d9e0f10", "display_name": "Grace Hopper"}
_INSTRUCTORS: Final[dict[str, Any]] = {
    "results": [
        {"user": examples.COURSE["owner"], "role": "owner"},
        {"user": _EDITOR, "role": "editor"},
    ]
}


class InstructorsOfCourseView(ApiView):
    permission_classes = [IsVerified]
    has_versions = True

    def answer(self, course: Course) -> Response:
        """Under the ETag of the course: who teaches it is part of it."""
        self.version = course.version
        instructors = instructors_of_courses(course_ids=[course.id])[course.id]
        names = names_of(instructors.ids)
        people = [(instructors.owner_id, InstructorRole.OWNER)]
        people += [(user_id, InstructorRole.EDITOR) for user_id in instructors.editor_ids]
        return Response(
            {
                "results": [
                    {"user": {"id": user_id, "display_name": names.get(user_id, "")}, "role": role.value}
                    for user_id, role in people
                ]
            }
        )


@extend_schema(tags=["Instructors"])
class InstructorListView(InstructorsOfCourseView):
    @extend_schema(
        operation_id="course_instructors_list",
        summary="List who teaches a course",
        description="Its owner first, for those who may edit it. What each earns is agreed on at "
        "`instructors/courses/{course_id}/shares/`.",
        responses={200: InstructorListOutput},
        examples=[body("Two", _INSTRUCTORS, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> Response:
        course = editable_course(course_id=course_id, actor=self.actor)
        if course is None:
            raise CourseNotFoundError
        return self.answer(course)

    @extend_schema(
        operation_id="course_instructors_set",
        summary="Let somebody teach a course, or own it",
        description="A verified instructor, by `user_id` or `email`. Editors write; they neither publish, "
        "submit nor delete the course, nor say who teaches it. With the role `owner` the course is theirs, "
        "and the owner until then stays as an editor. For owners and administrators.",
        request=InstructorInput,
        responses={200: InstructorListOutput},
        examples=[
            body("An editor, by address", {"email": "grace@example.org", "role": "editor"}),
            body("Another owner", {"user_id": _EDITOR["id"], "role": "owner"}),
            body("Who teaches it now", _INSTRUCTORS, status=200),
        ],
    )
    @problem_codes(
        CourseNotFoundError,
        NotCourseOwnerError,
        InstructorUnknownError,
        OwnerRequiredError,
        PreconditionFailedError,
    )
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        wanted = self.parse_body(InstructorInput)
        role = InstructorRole(wanted.pop("role"))
        course = set_instructor(
            actor=self.actor,
            course_id=course_id,
            role=role,
            **wanted,
            expected_version=expected_version(request),
            now=now(),
        )
        return self.answer(course)


@extend_schema(tags=["Instructors"])
class InstructorView(InstructorsOfCourseView):
    @extend_schema(
        operation_id="course_instructors_remove",
        summary="Let an editor teach a course no longer",
        description="Owners and administrators remove editors; an editor may leave. What they were to earn "
        "of later orders is the owner's; earlier ones keep their shares.",
        request=None,
        responses={200: InstructorListOutput},
        examples=[body("Who teaches it now", {"results": _INSTRUCTORS["results"][:1]}, status=200)],
    )
    @problem_codes(
        CourseNotFoundError,
        NotCourseOwnerError,
        InstructorNotFoundError,
        OwnerRequiredError,
        PreconditionFailedError,
    )
    def delete(self, request: Request, course_id: UUID, user_id: UUID) -> Response:
        course = remove_instructor(
            actor=self.actor,
            course_id=course_id,
            user_id=user_id,
            expected_version=expected_version(request),
            now=now(),
        )
        return self.answer(course)
