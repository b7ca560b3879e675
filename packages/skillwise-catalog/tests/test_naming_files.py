"""Text names the files of those who write it, and nobody else's: readers get signed links to them."""

import json
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.models import MediaFile
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


def upload_of(owner_id: UUID) -> MediaFile:
    return MediaFile.objects.create(
        owner_id=owner_id,
        name="loaf.png",
        storage_name=new_id().hex,
        content_type="image/png",
        size=1,
        sha256="0" * 64,
        created_at=clock.now(),
    )


@pytest.mark.parametrize("field", ["title", "description"])
def test_a_course_names_no_file_of_somebody_elses(
    instructor: ApiClient, instructor_id: UUID, field: str
) -> None:
    course = make_course(owner_id=instructor_id)
    own, foreign = upload_of(instructor_id), upload_of(new_id())
    path = f"/api/v1/courses/{course.id}/"

    refused = instructor.patch(path, {field: f"![A loaf](media:{foreign.id})"})
    taken = instructor.patch(path, {field: f"![A loaf](media:{own.id})"})

    assert (refused.status_code, instructor.json(refused)["code"]) == (422, "catalog.upload_not_found")
    assert [error["pointer"] for error in instructor.json(refused)["errors"]] == [f"/{field}"]
    assert taken.status_code == 200


@pytest.mark.parametrize("spelling", ["media&#58;{}", "&#109;edia:{}", "media\\:{}", "media&colon;{}"])
def test_no_way_of_spelling_it_names_somebody_elses_file(
    instructor: ApiClient, instructor_id: UUID, spelling: str
) -> None:
    course = make_course(owner_id=instructor_id)
    disguised = f"![A loaf]({spelling.format(upload_of(new_id()).id)})"

    refused = instructor.patch(f"/api/v1/courses/{course.id}/", {"description": disguised})

    assert refused.status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "article", "article": "![A loaf](media:{})"},
        {
            "kind": "quiz",
            "quiz": {
                "questions": [{"kind": "true_false", "text": "Is ![this](media:{}) bread?", "is_true": True}]
            },
        },
    ],
    ids=lambda content: content["kind"],
)
def test_a_lesson_names_no_file_of_somebody_elses(
    instructor: ApiClient, instructor_id: UUID, content: dict[str, Any]
) -> None:
    course = make_course(owner_id=instructor_id)
    module = outline_of(course.id).modules[0]
    path = f"/api/v1/modules/{module.id}/lessons/"

    def naming(file: MediaFile) -> dict[str, Any]:
        filled: dict[str, Any] = json.loads(json.dumps(content).replace("media:{}", f"media:{file.id}"))
        return {"title": "Look", **filled}

    refused = instructor.post(path, naming(upload_of(new_id())))
    taken = instructor.post(path, naming(upload_of(instructor_id)))

    assert (refused.status_code, instructor.json(refused)["code"]) == (422, "catalog.upload_not_found")
    assert taken.status_code == 201


@pytest.mark.parametrize("place", ["description", "article", "quiz"])
def test_a_spelling_that_only_cleaning_makes_one_names_nothing_either(
    instructor: ApiClient, instructor_id: UUID, place: str
) -> None:
    """U+037E, the Greek question mark, is a semicolon once it is composed."""
    course = make_course(owner_id=instructor_id)
    lesson = outline_of(course.id).modules[0].lessons[0]
    text = f"![A loaf](media&#58\u037e{upload_of(new_id()).id})"
    question = {"kind": "true_false", "text": text, "is_true": True}
    path, changes = {
        "description": (f"/api/v1/courses/{course.id}/", {"description": text}),
        "article": (f"/api/v1/lessons/{lesson.id}/", {"article": text}),
        "quiz": (f"/api/v1/lessons/{lesson.id}/", {"kind": "quiz", "quiz": {"questions": [question]}}),
    }[place]

    refused = instructor.patch(path, changes)

    assert (refused.status_code, instructor.json(refused)["code"]) == (422, "catalog.upload_not_found")


def test_an_administrator_edits_around_the_file_that_an_author_named(
    admin: ApiClient, instructor_id: UUID
) -> None:
    own = upload_of(instructor_id)
    course = make_course(owner_id=instructor_id, description=f"![A loaf](media:{own.id})")

    changed = admin.patch(
        f"/api/v1/courses/{course.id}/", {"description": f"Look: ![A loaf](media:{own.id})"}
    )

    assert changed.status_code == 200
