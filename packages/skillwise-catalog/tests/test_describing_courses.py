"""What an author says of a course beside its text: tags, points, a cover, a promo video."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from files import MP4, PDF, UPLOADS, announced, picture, upload
from skillwise_catalog.errors import MediaInUseError
from skillwise_catalog.models import Course, MediaFile
from skillwise_catalog.services.courses import change_course
from skillwise_catalog.services.uploads.removing import delete_upload
from skillwise_catalog.testing import make_course, publish_working_copy
from skillwise_kernel import clock
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"
TOLD = {
    "tags": ["rye", "sour dough"],
    "outcomes": ["Keep a starter alive"],
    "requirements": ["An oven", "A week"],
    "audience": ["Whoever eats bread"],
}


@pytest.fixture
def rival_id() -> UUID:
    return new_id()


@pytest.fixture
def rival(api: ApiClient, rival_id: UUID) -> ApiClient:
    """Another instructor."""
    return api.as_actor(rival_id, roles=["instructor"])


def uploaded(client: ApiClient, name: str, content: bytes) -> str:
    answer = upload(client, name, content)
    assert answer.status_code == 200, answer.content
    return str(client.json(answer)["id"])


def type_at(client: ApiClient, link: str) -> str:
    answer: Any = client.get(link)
    assert b"".join(answer.streaming_content)
    return str(answer["Content-Type"])


def errors_of(answer: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in ApiClient.json(answer)["errors"]]


def test_what_an_author_says_of_a_course_is_what_its_readers_see(
    instructor: ApiClient, student: ApiClient, bread: str
) -> None:
    cover, promo = uploaded(instructor, "loaf.png", picture("PNG")), uploaded(instructor, "loaf.mp4", MP4)

    made = instructor.post(
        COURSES,
        {"title": "Rye", **TOLD, "cover_upload_id": cover, "promo_video_upload_id": promo},
    )

    assert made.status_code == 201, made.content
    course = instructor.json(made)
    assert {name: course[name] for name in TOLD} == TOLD
    assert (course["cover_upload_id"], course["promo_video_upload_id"]) == (cover, promo)
    assert type_at(instructor, course["cover_url"]) == "image/png"
    assert type_at(instructor, course["promo_video_url"]) == "video/mp4"

    path = f"{COURSES}{course['id']}/"
    module = instructor.json(instructor.post(f"{path}modules/", {"title": "All of it"}))
    instructor.post(
        f"/api/v1/modules/{module['id']}/lessons/", {"title": "L", "kind": "article", "article": "A."}
    )
    instructor.patch(
        path,
        {
            "description": "Rye, **slowly**.",
            "category": bread,
            "language": "en",
            "level": "all",
            "price": {"amount": 0, "currency": "USD"},
        },
    )
    publish_working_copy(UUID(course["id"]))

    shown = student.json(student.get(path))
    assert {name: shown[name] for name in TOLD} == TOLD
    assert type_at(student, shown["cover_url"]) == "image/png"
    assert type_at(student, shown["promo_video_url"]) == "video/mp4"
    authored = instructor.json(instructor.get(path))
    assert authored["description_html"] == shown["description_html"] == "<p>Rye, <strong>slowly</strong>.</p>"
    assert authored["instructors"] == shown["instructors"]
    assert student.json(student.get(f"{COURSES}?tags=SOUR DOUGH"))["results"][0]["id"] == course["id"]


def test_text_is_cleaned_and_a_tag_stands_once(instructor: ApiClient) -> None:
    course = instructor.json(
        instructor.post(
            COURSES,
            {"title": "Rye", "tags": ["Rye", " rye ", "Sour  Dough"], "outcomes": ["  Cafe\u0301  culture "]},
        )
    )

    assert course["tags"] == ["rye", "sour dough"]
    assert course["outcomes"] == ["Caf\u00e9 culture"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"tags": ["rye, wheat"]}, ("/tags/0", "invalid_tag")),
        ({"tags": ["x" * 41]}, ("/tags/0", "max_length")),
        ({"tags": ["rye", ""]}, ("/tags/1", "blank")),
        ({"tags": [str(number) for number in range(51)]}, ("/tags", "max_length")),
        ({"tags": "rye"}, ("/tags", "not_a_list")),
        ({"outcomes": ["x" * 201]}, ("/outcomes/0", "max_length")),
        ({"outcomes": ["An\x07 oven"]}, ("/outcomes/0", "unprintable_character")),
        ({"requirements": ["x"] * 51}, ("/requirements", "max_length")),
        ({"audience": ["fine", "\u200b"]}, ("/audience/1", "blank")),
        ({"cover_upload_id": "one"}, ("/cover_upload_id", "invalid")),
        ({"promo_video_url": "ftp://videos.example/f.mp4"}, ("/promo_video_url", "invalid_url_scheme")),
        (
            {"promo_video_url": "https://videos.example/f.mp4", "promo_video_upload_id": str(new_id())},
            ("/promo_video_url", "one_of"),
        ),
    ],
)
def test_what_a_course_cannot_say_is_named(
    instructor: ApiClient, change: dict[str, Any], problem: tuple[str, str]
) -> None:
    for refused in (
        instructor.post(COURSES, {"title": "Rye", **change}),
        instructor.patch(f"{COURSES}{new_id()}/", change),
    ):
        assert (refused.status_code, errors_of(refused)) == (400, [problem])


@pytest.mark.parametrize("field", ["cover_upload_id", "promo_video_upload_id"])
def test_a_file_of_another_kind_of_somebody_elses_or_not_there_yet_is_refused(
    instructor: ApiClient, rival: ApiClient, instructor_id: UUID, field: str
) -> None:
    path = f"{COURSES}{make_course(owner_id=instructor_id).id}/"
    before = instructor.json(instructor.get(path))
    content = {"cover_upload_id": ("a.png", picture("PNG")), "promo_video_upload_id": ("a.mp4", MP4)}[field]
    theirs = uploaded(rival, *content)
    begun = instructor.json(instructor.post(UPLOADS, announced(*content)))["id"]
    other = uploaded(instructor, "a.pdf", PDF)

    for upload_id in (theirs, begun, str(new_id())):
        refused = instructor.patch(path, {field: upload_id})
        assert (refused.status_code, instructor.json(refused)["code"]) == (422, "catalog.upload_not_found")
        assert errors_of(refused) == [(f"/{field}", "catalog.upload_not_found")]
    refused = instructor.patch(path, {field: other})

    assert (refused.status_code, instructor.json(refused)["code"]) == (422, "catalog.upload_of_wrong_kind")
    assert errors_of(refused) == [(f"/{field}", "catalog.upload_of_wrong_kind")]
    assert instructor.json(instructor.get(path)) == before


def test_a_promo_video_is_a_file_or_an_address_and_the_newer_takes_the_others_place(
    instructor: ApiClient, instructor_id: UUID
) -> None:
    path = f"{COURSES}{make_course(owner_id=instructor_id).id}/"
    file, address = uploaded(instructor, "loaf.mp4", MP4), "https://videos.example/loaf.mp4"

    def promo(**change: Any) -> tuple[str | None, str | None]:
        course = instructor.json(instructor.patch(path, change))
        return course["promo_video_upload_id"], course["promo_video_url"]

    assert promo(promo_video_url=address) == (None, address)
    assert promo(promo_video_upload_id=file)[0] == file
    assert promo(title="Still there")[0] == file
    assert promo(promo_video_url=address) == (None, address)
    assert promo(promo_video_upload_id=None) == (None, address)
    assert promo(promo_video_url="") == (None, None)
    assert promo(promo_video_upload_id=file)[0] == file
    assert promo(promo_video_upload_id=None) == (None, None)


def test_a_file_that_stands_there_may_be_named_again_by_whoever_edits(
    instructor: ApiClient, rival: ApiClient, rival_id: UUID, instructor_id: UUID
) -> None:
    path = f"{COURSES}{make_course(owner_id=instructor_id, editor_ids=[rival_id]).id}/"
    cover, other = (uploaded(rival, name, picture("PNG")) for name in ("loaf.png", "crumb.png"))
    assert rival.patch(path, {"cover_upload_id": cover}).status_code == 200
    assert instructor.delete(f"{path}instructors/{rival_id}/").status_code in {200, 204}
    assert instructor.patch(path, {"cover_upload_id": other}).status_code == 422

    renamed = instructor.patch(path, {"title": "Owner's", "cover_upload_id": cover})

    assert renamed.status_code == 200
    assert instructor.json(instructor.patch(path, {"cover_upload_id": None}))["cover_url"] is None


def test_the_same_again_is_no_edit(instructor: ApiClient) -> None:
    cover = uploaded(instructor, "loaf.png", picture("PNG"))
    said = {"title": "Rye", **TOLD, "cover_upload_id": cover}
    made = instructor.json(instructor.post(COURSES, said))

    again = instructor.patch(f"{COURSES}{made['id']}/", said)

    assert again["ETag"].startswith('"v1.')


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_being_named_is_not_deleted_meanwhile(
    instructor: ApiClient, instructor_id: UUID
) -> None:
    cover = UUID(uploaded(instructor, "loaf.png", picture("PNG")))
    course = make_course(owner_id=instructor_id, published=False)
    outcome: list[type[Exception] | None] = []

    def delete() -> None:
        try:
            delete_upload(owner_id=instructor_id, upload_id=cover)
            outcome.append(None)
        except MediaInUseError as error:
            outcome.append(type(error))
        finally:
            connection.close()

    deleting = threading.Thread(target=delete)
    with transaction.atomic():
        change_course(
            actor=Actor(id=instructor_id, roles=frozenset({"instructor"}), is_verified=True),
            course_id=course.id,
            changes={"cover_upload_id": cover},
            now=clock.now(),
        )
        deleting.start()
        deleting.join(0.5)
        assert deleting.is_alive(), "it waits for the edit"
    deleting.join(10)

    assert outcome == [MediaInUseError]
    assert Course.objects.get(id=course.id).cover_id == cover
    assert MediaFile.objects.filter(id=cover).exists()
