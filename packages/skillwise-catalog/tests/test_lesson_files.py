"""What an author puts beside a lesson's text: a video and its captions, files to take along, pictures."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from files import MP4, PDF, UPLOADS, VTT, announced, picture, upload
from skillwise_catalog.models import LessonCaption
from skillwise_catalog.testing import make_course, outline_of, publish_working_copy
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

VIDEO: dict[str, Any] = {"title": "Feeding", "kind": "video", "video_url": "https://videos.example/f.mp4"}
ARTICLE: dict[str, Any] = {"title": "Why", "kind": "article", "article": "Yeast."}


@pytest.fixture
def course_id(instructor_id: UUID) -> UUID:
    return make_course(owner_id=instructor_id).id


@pytest.fixture
def lessons(course_id: UUID) -> str:
    return f"/api/v1/modules/{outline_of(course_id).modules[0].id}/lessons/"


def uploaded(client: ApiClient, name: str, content: bytes) -> str:
    answer = upload(client, name, content)
    assert answer.status_code == 200, answer.content
    return str(client.json(answer)["id"])


def read(client: ApiClient, link: str) -> bytes:
    answer: Any = client.get(link)
    assert answer.status_code == 200, link
    return b"".join(answer.streaming_content)


def errors_of(answer: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in ApiClient.json(answer)["errors"]]


def test_a_video_has_captions_and_a_lesson_files_to_take_along(
    instructor: ApiClient, student: ApiClient, lessons: str, course_id: UUID
) -> None:
    film, bengali, english = (
        uploaded(instructor, "feeding.mp4", MP4),
        uploaded(instructor, "bn.vtt", VTT),
        uploaded(instructor, "en.vtt", VTT + b"\n"),
    )
    sheet, table = uploaded(instructor, "sheet.pdf", PDF), uploaded(instructor, "table.csv", b"a,b\n1,2\n")

    made = instructor.post(
        lessons,
        {
            "title": "Feeding",
            "kind": "video",
            "upload_id": film,
            "group": "Day one",
            "is_preview": True,
            "is_downloadable": True,
            "captions": [
                {"language": "EN", "upload_id": english},
                {"language": "bn", "upload_id": bengali},
            ],
            "resources": [
                {"title": "To  print", "upload_id": sheet},
                {"title": "Weights", "upload_id": table},
            ],
        },
    )

    assert made.status_code == 201, made.content
    lesson = instructor.json(instructor.get(f"/api/v1/lessons/{instructor.json(made)['id']}/"))
    assert lesson["upload_id"] == film
    assert [(item["language"], item["upload_id"]) for item in lesson["captions"]] == [
        ("bn", bengali),
        ("en", english),
    ]
    assert [(item["title"], item["name"], item["upload_id"]) for item in lesson["resources"]] == [
        ("To print", "sheet.pdf", sheet),
        ("Weights", "table.csv", table),
    ]
    assert (lesson["group"], lesson["is_preview"], lesson["is_downloadable"]) == ("Day one", True, True)
    assert read(instructor, lesson["file_url"]) == MP4
    assert read(instructor, lesson["captions"][0]["url"]) == VTT
    assert read(instructor, lesson["resources"][0]["url"]) == PDF

    publish_working_copy(course_id)
    shown = student.json(student.get(f"/api/v1/lessons/{lesson['id']}/"))
    assert [caption["language"] for caption in shown["captions"]] == ["bn", "en"]
    assert [item["title"] for item in shown["resources"]] == ["To print", "Weights"]


def test_lists_are_replaced_whole_and_stay_where_they_are_not_given(
    instructor: ApiClient, lessons: str
) -> None:
    captions, sheet, table = (
        uploaded(instructor, "bn.vtt", VTT),
        uploaded(instructor, "sheet.pdf", PDF),
        uploaded(instructor, "table.csv", b"a,b\n1,2\n"),
    )
    both = [{"title": "Sheet", "upload_id": sheet}, {"title": "Table", "upload_id": table}]
    made = instructor.json(
        instructor.post(
            lessons, VIDEO | {"captions": [{"language": "bn", "upload_id": captions}], "resources": both}
        )
    )

    def lists_after(**change: Any) -> tuple[list[str], list[str]]:
        lesson = instructor.json(instructor.patch(f"/api/v1/lessons/{made['id']}/", change))
        return (
            [caption["language"] for caption in lesson["captions"]],
            [item["title"] for item in lesson["resources"]],
        )

    assert lists_after(title="Fed") == (["bn"], ["Sheet", "Table"])
    assert lists_after(resources=both[::-1]) == (["bn"], ["Table", "Sheet"])
    assert lists_after(captions=[{"language": "de", "upload_id": captions}]) == (["de"], ["Table", "Sheet"])
    assert lists_after(resources=[]) == (["de"], [])
    assert lists_after(kind="article", article="Read on.") == ([], [])
    assert not LessonCaption.objects.filter(lesson_id=made["id"]).exists()


def test_captions_belong_to_videos(instructor: ApiClient, lessons: str) -> None:
    captions = [{"language": "bn", "upload_id": uploaded(instructor, "bn.vtt", VTT)}]
    article = instructor.json(instructor.post(lessons, {**ARTICLE, "captions": []}))

    for refused in (
        instructor.post(lessons, {**ARTICLE, "captions": captions}),
        instructor.patch(f"/api/v1/lessons/{article['id']}/", {"captions": captions}),
    ):
        assert (refused.status_code, errors_of(refused)) == (422, [("/captions", "not_of_this_kind")])
        assert instructor.json(refused)["code"] == "catalog.lesson_content_mismatch"


@pytest.mark.parametrize(
    ("member", "pointer", "right", "wrong"),
    [
        ("captions", "/captions/0/upload_id", ("a.vtt", VTT), ("a.txt", b"WEBVTT of a kind")),
        ("resources", "/resources/0/upload_id", ("a.pdf", PDF), None),
        ("upload_id", "/upload_id", ("a.mp4", MP4), ("a.pdf", PDF)),
    ],
)
def test_a_file_of_another_kind_of_somebody_elses_or_not_there_yet_is_refused(
    instructor: ApiClient,
    rival: ApiClient,
    lessons: str,
    member: str,
    pointer: str,
    right: tuple[str, bytes],
    wrong: tuple[str, bytes] | None,
) -> None:
    def naming(upload_id: str) -> dict[str, Any]:
        match member:
            case "captions":
                return {"captions": [{"language": "bn", "upload_id": upload_id}]}
            case "resources":
                return {"resources": [{"title": "Sheet", "upload_id": upload_id}]}
        return {"upload_id": upload_id}

    path = f"/api/v1/lessons/{instructor.json(instructor.post(lessons, VIDEO))['id']}/"
    before = instructor.get(path)
    theirs = uploaded(rival, *right)
    begun = instructor.json(instructor.post(UPLOADS, announced(*right)))["id"]

    for upload_id in (theirs, begun, str(new_id())):
        refused = instructor.patch(path, naming(upload_id))
        assert (refused.status_code, instructor.json(refused)["code"]) == (422, "catalog.upload_not_found")
        assert errors_of(refused) == [(pointer, "catalog.upload_not_found")]
    if wrong is not None:
        refused = instructor.patch(path, naming(uploaded(instructor, *wrong)))
        assert (refused.status_code, errors_of(refused)) == (422, [(pointer, "catalog.upload_of_wrong_kind")])
    assert instructor.json(instructor.get(path)) == instructor.json(before)
    assert instructor.patch(path, naming(uploaded(instructor, *right))).status_code == 200


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"captions": [{"language": tag, "upload_id": str(new_id())} for tag in ("en", "EN")]},
            ("/captions", "duplicate"),
        ),
        ({"captions": [{"language": "bn"}]}, ("/captions/0/upload_id", "required")),
        (
            {"captions": [{"language": "tongues", "upload_id": str(new_id())}]},
            ("/captions/0/language", "invalid_language"),
        ),
        ({"resources": [{"upload_id": str(new_id())}]}, ("/resources/0/title", "required")),
        ({"resources": [{"title": "", "upload_id": str(new_id())}]}, ("/resources/0/title", "blank")),
        (
            {"resources": [{"title": "Sheet", "upload_id": str(new_id())}] * 51},
            ("/resources", "max_length"),
        ),
    ],
)
def test_a_list_that_is_not_valid_is_named(
    instructor: ApiClient, lessons: str, change: dict[str, Any], problem: tuple[str, str]
) -> None:
    for refused in (
        instructor.post(lessons, VIDEO | change),
        instructor.patch(f"/api/v1/lessons/{new_id()}/", change),
    ):
        assert (refused.status_code, errors_of(refused)) == (400, [problem])


def test_authors_see_their_article_as_readers_do_with_links_that_expire(
    instructor: ApiClient, api: ApiClient, lessons: str
) -> None:
    loaf, sheet = uploaded(instructor, "loaf.png", picture("PNG")), uploaded(instructor, "sheet.pdf", PDF)
    article = f"![A loaf](media:{loaf}) and [a sheet](media:{sheet})\n\n<script>alert(1)</script>"
    lesson = instructor.json(instructor.post(lessons, {**ARTICLE, "article": article}))

    answer = instructor.get(f"/api/v1/lessons/{lesson['id']}/")
    html = instructor.json(answer)["article_html"]

    assert answer["Cache-Control"] == "private, no-cache"
    assert instructor.json(answer)["article"] == article
    assert "<script" not in html
    assert "media:" not in html
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert [read(api, link) for link in links] == [picture("PNG"), PDF]
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert [api.get(link).status_code for link in links] == [410, 410]
        again = instructor.get(f"/api/v1/lessons/{lesson['id']}/", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 200, "what an app holds is not current: its links are dead"
        fresh = re.findall(r'(?:src|href)="([^"]+)"', instructor.json(again)["article_html"])
        assert [read(api, link) for link in fresh] == [picture("PNG"), PDF]


def test_an_authors_quiz_comes_with_its_answers_and_a_guests_without(
    instructor: ApiClient, api: ApiClient, lessons: str, course_id: UUID
) -> None:
    question = {"kind": "true_false", "text": "Salt rises.", "is_true": False}
    made = instructor.post(
        lessons, {"title": "Know?", "kind": "quiz", "is_preview": True, "quiz": {"questions": [question]}}
    )
    publish_working_copy(course_id)
    path = f"/api/v1/lessons/{instructor.json(made)['id']}/"

    (authored,) = instructor.json(instructor.get(path))["quiz"]["questions"]
    (shown,) = api.json(api.get(path))["quiz"]["questions"]

    assert authored["is_true"] is False
    assert "is_true" not in shown
