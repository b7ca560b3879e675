"""The OpenAPI document and the answers say the same."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from skillwise_catalog import api as catalog
from skillwise_catalog.models import Edition
from skillwise_catalog.rest import serializers as documented
from skillwise_catalog.rest import storefront_serializers as storefront
from skillwise_catalog.rest.representations import preview_as_json
from skillwise_catalog.testing import make_course, make_course_of_every_kind, outline_of
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    }


def test_the_document_is_generated_without_a_doubt(capsys: pytest.CaptureFixture[str]) -> None:
    SchemaGenerator().get_schema(request=None, public=True)

    assert capsys.readouterr().err == ""


def test_every_operation_is_documented_with_an_example(document: dict[str, Any]) -> None:
    found = operations(document)

    assert len(found) == 57
    for name, operation in found.items():
        assert operation["summary"], name
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                if kind == "application/json":
                    assert content.get("examples"), (name, status)
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        assert body is None or body.get("examples"), name


def test_the_refusals_of_use_cases_are_documented(document: dict[str, Any]) -> None:
    problems = operations(document)["courses_publish"]["responses"]["409"]["content"]

    assert {"catalog.course_incomplete", "catalog.illegal_transition"} <= set(
        problems["application/problem+json"]["examples"]
    )


def check(value: Any, serializer: serializers.BaseSerializer[Any]) -> None:
    """`value` has exactly the members that `serializer` declares, all the way down."""
    if isinstance(serializer, serializers.ListSerializer):
        for item in value:
            check(item, serializer.child)
        return
    assert isinstance(serializer, serializers.Serializer)
    present = {name for name, field in serializer.fields.items() if field.required or name in value}
    assert set(value) == present, type(serializer).__name__
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.BaseSerializer) and value.get(name) is not None:
            check(value[name], field)


def test_answers_have_the_members_that_the_document_describes(
    api: ApiClient, instructor: ApiClient, instructor_id: UUID
) -> None:
    course, other = make_course(owner_id=instructor_id), make_course(owner_id=instructor_id)
    terms = Edition.objects.get(course_id=other.id).terms
    Edition.objects.filter(course_id=other.id).update(terms=[*terms, "tag:rye"])
    catalog.set_course_rating(course_id=other.id, average=Decimal(5), count=1)
    catalog.set_also_bought(course_id=course.id, course_ids=[other.id])
    outline = outline_of(course.id)

    for path, serializer in [
        ("categories/", documented.CategoryListOutput()),
        (f"courses/{course.id}/", documented.AuthoredCourseDetailOutput()),
        (f"courses/{course.id}/modules/", documented.ModuleListOutput()),
        (f"modules/{outline.modules[0].id}/", documented.ModuleOutput()),
        (f"modules/{outline.modules[0].id}/lessons/", documented.LessonListOutput()),
        (f"lessons/{outline.lessons[0].id}/", documented.AuthoredLessonOutput()),
    ]:
        check(instructor.json(instructor.get(f"/api/v1/{path}")), serializer)
    for path, serializer in [
        (f"courses/{course.id}/", storefront.CourseDetailOutput()),
        (f"courses/{course.slug}/", storefront.CourseDetailOutput()),
        (f"courses/{course.id}/related/", storefront.CompanionsOutput()),
        ("courses/facets/", storefront.FacetsOutput()),
        ("courses/suggest/?q=bre", storefront.SuggestionsOutput()),
        (f"courses/{course.id}/modules/", documented.ModuleListOutput()),
        (f"lessons/{outline.lessons[0].id}/", documented.LessonOutput()),
    ]:
        check(api.json(api.get(f"/api/v1/{path}")), serializer)
    for lesson in outline_of(make_course_of_every_kind(owner_id=instructor_id).id).lessons:
        content = instructor.json(instructor.get(f"/api/v1/lessons/{lesson.id}/"))
        check(content, documented.AuthoredLessonOutput())
        check(preview_as_json(catalog.get_lesson_content(lesson_id=lesson.id)), documented.LessonOutput())
    for path, serializer in [
        ("courses/", storefront.CourseCardOutput(many=True)),
        ("instructors/courses/", documented.AuthoredCourseOutput(many=True)),
    ]:
        results = instructor.json(instructor.get(f"/api/v1/{path}"))["results"]
        assert results
        check(results, serializer)
