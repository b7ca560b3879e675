"""Modules and lessons, for those who write them and for whoever may look at them."""

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.conditional import expected_version, expected_whole
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import (
    CourseInReviewError,
    CourseModuleNotFoundError,
    CourseNotFoundError,
    LessonContentMismatchError,
    LessonNotFoundError,
    NotCourseOwnerError,
    OutlineFullError,
    QuizRefusedError,
    UploadKindError,
    UploadNotFoundError,
)
from skillwise_catalog.models import Lesson, Module
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.representations import (
    edition_modules_as_json,
    lesson_as_json,
    module_as_json,
    preview_as_json,
)
from skillwise_catalog.rest.serializers import (
    AuthoredLessonOutput,
    LessonInput,
    LessonListOutput,
    LessonOutput,
    ModuleInput,
    ModuleListOutput,
    ModuleOutput,
)
from skillwise_catalog.rest.views.access import PublicView
from skillwise_catalog.selectors.courses import editable_course, listed_edition
from skillwise_catalog.selectors.outlines import (
    authored_lesson,
    authored_module,
    content_of_lesson,
    lessons_of,
    modules_of,
    preview_lesson,
)
from skillwise_catalog.services import outline as services
from skillwise_catalog.services.access import state_of

__all__ = ["LessonListView", "LessonView", "ModuleListView", "ModuleView"]


def module_answer(view: ApiView, module: Module, *, status: int = status.HTTP_200_OK) -> Response:
    """The module with its lessons, under the ETag of its version and of what stands in it."""
    lessons = lessons_of(module_id=module.id)
    view.version = module.version
    view.whole = state_of(module, lessons)
    return Response(module_as_json(module, lessons), status=status)


def lesson_answer(view: ApiView, lesson: Lesson, *, status: int = status.HTTP_200_OK) -> Response:
    view.version = lesson.version
    return Response(lesson_as_json(lesson, *content_of_lesson(lesson)), status=status)


@extend_schema(tags=["Outline"])
class ModuleListView(PublicView):
    has_versions = True

    @extend_schema(
        operation_id="course_modules_list",
        summary="Read a course's outline",
        description="All modules with their lessons, in teaching order, at once: there are at most 100. As "
        "it was published last, but for those who may edit the course: they see their working copy, under "
        "the ETag of its outline.",
        responses={200: ModuleListOutput},
        examples=[body("An outline", {"results": [examples.MODULE]}, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> Response:
        course = editable_course(course_id=course_id, actor=self.reader)
        if course is not None:
            self.version = course.outline_version
            modules = [module_as_json(*module) for module in modules_of(course_id=course.id)]
        else:
            modules = edition_modules_as_json(listed_edition(course_id=course_id))
        return Response({"results": modules})

    @extend_schema(
        operation_id="course_modules_create",
        summary="Add a module",
        description="`If-Match`: the outline's, as this path and `outline/` answer it.",
        request=ModuleInput,
        responses={201: ModuleOutput},
        examples=[
            body("At the end", {"title": "The starter"}),
            body("The module", {**examples.MODULE, "lessons": []}, status=201),
        ],
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError, CourseInReviewError, OutlineFullError)
    @idempotent()
    def post(self, request: Request, course_id: UUID) -> Response:
        module = services.add_module(
            actor=self.actor,
            course_id=course_id,
            **self.parse_body(ModuleInput),
            expected_version=expected_version(request),
            now=now(),
        )
        response = module_answer(self, module, status=status.HTTP_201_CREATED)
        response["Location"] = reverse("catalog-module", kwargs={"module_id": module.id})
        return response


@extend_schema(tags=["Outline"])
class ModuleView(ApiView):
    permission_classes = [IsVerified]
    has_versions = True

    @extend_schema(
        operation_id="modules_read",
        summary="Read a module",
        responses={200: ModuleOutput},
        examples=[body("A module", examples.MODULE, status=200)],
    )
    @problem_codes(CourseModuleNotFoundError)
    def get(self, request: Request, module_id: UUID) -> Response:
        return module_answer(self, authored_module(module_id=module_id, actor=self.actor))

    @extend_schema(
        operation_id="modules_edit",
        summary="Rename or move a module",
        description="The others make room.",
        request=ModuleInput,
        responses={200: ModuleOutput},
        examples=[
            body("To the front", {"position": 1}),
            body("The module now", examples.MODULE, status=200),
        ],
    )
    @problem_codes(CourseModuleNotFoundError, NotCourseOwnerError, CourseInReviewError)
    def patch(self, request: Request, module_id: UUID) -> Response:
        module = services.change_module(
            actor=self.actor,
            module_id=module_id,
            changes=self.parse_body(ModuleInput, partial=True),
            expected_version=expected_version(request),
            now=now(),
        )
        return module_answer(self, module)

    @extend_schema(
        operation_id="modules_delete",
        summary="Remove a module with its lessons",
        description="With `If-Match` (the module's) nothing goes that was edited since: its lessons count.",
        responses={204: OpenApiResponse(description="Removed.")},
    )
    @problem_codes(CourseModuleNotFoundError, NotCourseOwnerError, CourseInReviewError)
    def delete(self, request: Request, module_id: UUID) -> Response:
        services.remove_module(
            actor=self.actor, module_id=module_id, expected_whole=expected_whole(request), now=now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["Outline"])
class LessonListView(ApiView):
    permission_classes = [IsVerified]
    has_versions = True

    @extend_schema(
        operation_id="module_lessons_list",
        summary="List a module's lessons",
        description="In teaching order, without their content, at once: there are at most 200 of them.",
        responses={200: LessonListOutput},
        examples=[body("Its lessons", {"results": examples.MODULE["lessons"]}, status=200)],
    )
    @problem_codes(CourseModuleNotFoundError)
    def get(self, request: Request, module_id: UUID) -> Response:
        module = authored_module(module_id=module_id, actor=self.actor)
        self.version = module.course.outline_version
        return Response({"results": module_as_json(module, lessons_of(module_id=module.id))["lessons"]})

    @extend_schema(
        operation_id="module_lessons_create",
        summary="Add a lesson",
        description="With the content of its kind: `article`, `video_url`, the `upload_id` of a file, or "
        "`quiz`. `If-Match`: the outline's, as this path and `outline/` answer it.",
        request=LessonInput,
        responses={201: AuthoredLessonOutput},
        examples=[
            body(
                "An article that anybody may read",
                {
                    "title": "Why it rises",
                    "kind": "article",
                    "article": "Wild yeast is **everywhere**.",
                    "duration": 300,
                    "is_preview": True,
                },
            ),
            body(
                "A video",
                {
                    "title": "Feeding",
                    "kind": "video",
                    "video_url": "https://videos.example/feeding.mp4",
                    "captions": [{"language": "bn", "upload_id": "0199c4d2-e002-7c3e-8f5a-6b7c8d9e0f10"}],
                    "is_downloadable": True,
                },
            ),
            body(
                "A file",
                {"title": "Worksheet", "kind": "file", "upload_id": examples.UPLOAD["id"]},
            ),
            body(
                "A quiz, with a file to take along",
                {
                    "title": "Do you know it?",
                    "kind": "quiz",
                    "quiz": {
                        "pass_percent": 50,
                        "questions": [{"kind": "true_false", "text": "Salt rises.", "is_true": False}],
                    },
                    "resources": [{"title": "To print", "upload_id": examples.UPLOAD["id"]}],
                },
            ),
            body("The lesson", examples.AUTHORED_LESSON, status=201),
        ],
    )
    @problem_codes(
        CourseModuleNotFoundError,
        NotCourseOwnerError,
        CourseInReviewError,
        LessonContentMismatchError,
        QuizRefusedError,
        UploadNotFoundError,
        UploadKindError,
        OutlineFullError,
    )
    @idempotent()
    def post(self, request: Request, module_id: UUID) -> Response:
        lesson = services.add_lesson(
            actor=self.actor,
            module_id=module_id,
            fields=self.parse_body(LessonInput),
            expected_version=expected_version(request),
            now=now(),
        )
        response = lesson_answer(self, lesson, status=status.HTTP_201_CREATED)
        response["Location"] = reverse("catalog-lesson", kwargs={"lesson_id": lesson.id})
        return response


@extend_schema(tags=["Outline"])
class LessonView(PublicView):
    has_versions = True

    @extend_schema(
        operation_id="lessons_read",
        summary="Read a lesson",
        description="With its content: of the working copy for those who may edit the course, and as it was "
        "published last for anybody when it is a free preview. Those enrolled read lessons by their "
        "enrolment.",
        responses={200: LessonOutput},
        examples=[body("A free preview", examples.LESSON, status=200)],
    )
    @problem_codes(LessonNotFoundError)
    def get(self, request: Request, lesson_id: UUID) -> Response:
        lesson = authored_lesson(lesson_id=lesson_id, actor=self.reader)
        if lesson is not None:
            return lesson_answer(self, lesson)
        return Response(preview_as_json(preview_lesson(lesson_id=lesson_id)))

    @extend_schema(
        operation_id="lessons_edit",
        summary="Change or move a lesson",
        description="What is not given stays as it is. Another kind comes with its content.",
        request=LessonInput,
        responses={200: AuthoredLessonOutput},
        examples=[
            body("Another title", {"title": "Why dough rises"}),
            body("The lesson now", {**examples.AUTHORED_LESSON, "title": "Why dough rises"}, status=200),
        ],
    )
    @problem_codes(
        LessonNotFoundError,
        NotCourseOwnerError,
        CourseInReviewError,
        LessonContentMismatchError,
        QuizRefusedError,
        UploadNotFoundError,
        UploadKindError,
    )
    def patch(self, request: Request, lesson_id: UUID) -> Response:
        lesson = services.change_lesson(
            actor=self.actor,
            lesson_id=lesson_id,
            changes=self.parse_body(LessonInput, partial=True),
            expected_version=expected_version(request),
            now=now(),
        )
        return lesson_answer(self, lesson)

    @extend_schema(
        operation_id="lessons_delete",
        summary="Remove a lesson",
        description="From the working copy: readers have it until it is published next.",
        responses={204: OpenApiResponse(description="Removed.")},
    )
    @problem_codes(LessonNotFoundError, NotCourseOwnerError, CourseInReviewError)
    def delete(self, request: Request, lesson_id: UUID) -> Response:
        services.remove_lesson(
            actor=self.actor, lesson_id=lesson_id, expected_version=expected_version(request), now=now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
