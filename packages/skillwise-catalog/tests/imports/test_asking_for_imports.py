"""An uploaded package becomes a course in the background, whole or not at all, and says what became of it."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from files import PDF, UPLOADS, stored_files, zipped
from olx_packages import PNG, html, olx
from requested_imports import IMPORT, IMPORTS, ask, read, run, uploaded
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Course, CourseImport, MediaFile, MediaUsage
from skillwise_catalog.selectors.documents import working_copy
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


def test_an_uploaded_package_becomes_a_draft_of_whoever_asked(
    instructor: ApiClient, instructor_id: UUID, bread: str
) -> None:
    asked = ask(instructor, uploaded(instructor), category=bread)
    assert (asked["state"], asked["course_id"], asked["report"], asked["file_name"]) == (
        "pending",
        None,
        None,
        "bread.tar.gz",
    )

    run(asked["id"])

    done = read(instructor, asked["id"])
    course = Course.objects.get()
    assert (done["state"], done["course_id"], done["problem"]) == ("done", str(course.id), None)
    assert done["report"]["imported"]["html"] == 1
    assert done["report"]["left_out"] == [
        {
            "path": "vertical/v.xml#lab",
            "kind": "lti",
            "reason": "unsupported",
            "title": "The lab",
            "detail": "",
        }
    ]
    assert course.owner_id == instructor_id
    assert course.category
    assert (course.category.slug, course.lesson_count) == (bread, 1)
    assert instructor.get(f"/api/v1/courses/{done['course_id']}/").status_code == 200


def test_the_answer_says_where_to_look(instructor: ApiClient) -> None:
    answer = instructor.post(IMPORT, {"upload_id": uploaded(instructor), "format": "olx"})

    assert answer["Location"] == f"{IMPORTS}{instructor.json(answer)['id']}/"
    assert instructor.get(answer["Location"]).status_code == 200


def test_a_lesson_for_each_vertical_is_an_option_of_open_edx(instructor: ApiClient) -> None:
    upload_id = uploaded(instructor, olx(html("<p>One.</p>"), html("<p>Two.</p>")))
    asked = ask(instructor, upload_id, lessons_from="verticals")

    run(asked["id"])

    assert Course.objects.get().lesson_count == 1
    answer = instructor.post(
        IMPORT, {"upload_id": upload_id, "format": "package", "lessons_from": "verticals"}
    )
    assert answer.status_code == 400
    assert [problem["pointer"] for problem in instructor.json(answer)["errors"]] == ["/lessons_from"]


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (olx(**{"course/course.xml": "<nothing/>"}), "catalog.package_refused", "not_olx"),
        (olx(**{"course/chapter/c.xml": "<chapter"}), "catalog.package_refused", "xml"),
        (zipped({"readme.txt": b"no course"}), "catalog.package_refused", "format"),
    ],
)
def test_a_faulty_package_leaves_nothing_but_its_problem(
    instructor: ApiClient, media: Path, content: bytes, code: str, reason: str
) -> None:
    name = "bread.zip" if content.startswith(b"PK") else "bread.tar.gz"
    asked = ask(instructor, uploaded(instructor, content, name))

    run(asked["id"])

    failed = read(instructor, asked["id"])
    assert (failed["state"], failed["course_id"], failed["report"]) == ("failed", None, None)
    assert (failed["problem"]["code"], failed["problem"]["reason"]) == (code, reason)
    assert failed["problem"]["title"]
    assert not Course.objects.exists()
    assert len(stored_files(media)) == MediaFile.objects.count() == 1


def test_a_package_whose_files_find_no_room_leaves_nothing(
    instructor: ApiClient, media: Path, settings: Any
) -> None:
    upload_id = uploaded(instructor)
    settings.SKILLWISE_CATALOG = {"MEDIA_QUOTA_BYTES": MediaUsage.objects.get().used_bytes + 1}
    asked = ask(instructor, upload_id)

    run(asked["id"])

    assert read(instructor, asked["id"])["problem"]["code"] == "catalog.media_quota_exceeded"
    assert not Course.objects.exists()
    assert len(stored_files(media)) == MediaFile.objects.count() == 1


def test_the_pointers_of_a_bad_description_are_told(instructor: ApiClient) -> None:
    manifest = {"format": "skillwise.package/1", "course": {"format": "skillwise.course/1"}, "files": []}
    content = zipped({"course.json": json.dumps(manifest).encode()})
    asked = ask(instructor, uploaded(instructor, content, "bread.zip"), format="package")

    run(asked["id"])

    (problem,) = read(instructor, asked["id"])["problem"]["errors"]
    assert (problem["pointer"], problem["code"]) == ("/course/title", "blank")


def test_what_a_package_says_is_quoted_without_what_cannot_be_stored(instructor: ApiClient) -> None:
    policy = json.dumps({"lti/lab": {"display_name": "The\u0000 \ud800lab\u202e"}})
    content = olx('<lti url_name="lab"/>', **{"course/policies/2026/policy.json": policy})
    asked = ask(instructor, uploaded(instructor, content))

    run(asked["id"])

    (left_out,) = read(instructor, asked["id"])["report"]["left_out"]
    assert left_out["title"] == "The lab"


def described(**course: Any) -> bytes:
    """A package that is nothing but a description without a title."""
    manifest = {"format": "skillwise.package/1", "course": {"format": "skillwise.course/1"} | course}
    return zipped({"course.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize("name", ["a\u0000b", "a\ud800b", "a\u202eb"])
def test_a_package_fails_at_once_whatever_the_names_in_its_description(
    instructor: ApiClient, name: str
) -> None:
    upload_id = uploaded(instructor, described(title="Bread", **{name: 1}), "bread.zip")
    asked = ask(instructor, upload_id, format="package")

    run(asked["id"])

    failed = read(instructor, asked["id"])
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "catalog.package_refused")
    assert [problem["pointer"] for problem in failed["problem"]["errors"]] == ["/course/ab"]
    assert instructor.delete(f"{UPLOADS}{upload_id}/").status_code == 204


def test_of_very_many_problems_the_first_are_told(instructor: ApiClient) -> None:
    content = described(title="Bread", **{f"member{number:04}": 1 for number in range(1_500)})
    asked = ask(instructor, uploaded(instructor, content, "bread.zip"), format="package")

    run(asked["id"])

    told = [problem["pointer"] for problem in read(instructor, asked["id"])["problem"]["errors"]]
    assert (len(told), told[0], told[-1]) == (1_000, "/course/member0000", "/course/member0999")


def test_a_package_is_held_until_its_import_is_through_and_the_course_keeps_its_files(
    instructor: ApiClient,
) -> None:
    upload_id = uploaded(instructor)
    asked = ask(instructor, upload_id)

    while_it_waits = instructor.delete(f"{UPLOADS}{upload_id}/")
    run(asked["id"])
    afterwards = instructor.delete(f"{UPLOADS}{upload_id}/")

    assert (while_it_waits.status_code, afterwards.status_code) == (409, 204)
    assert instructor.json(while_it_waits)["code"] == "catalog.media_in_use"
    picture = MediaFile.objects.get()
    assert b"".join(get_storage().read(key=picture.storage_name)) == PNG
    (lesson,) = working_copy(Course.objects.get()).lessons
    assert f"media:{picture.id}" in lesson.article
    assert read(instructor, asked["id"])["upload_id"] == upload_id


def test_a_draft_may_be_deleted_and_its_import_stays_done(instructor: ApiClient) -> None:
    asked = ask(instructor, uploaded(instructor))
    run(asked["id"])

    deleted = instructor.delete(f"/api/v1/courses/{Course.objects.get().id}/")

    done = read(instructor, asked["id"])
    assert (deleted.status_code, done["state"], done["course_id"]) == (204, "done", None)


def test_ones_own_imports_are_listed_the_newest_first_and_nobody_elses(
    instructor: ApiClient, rival: ApiClient, admin: ApiClient, django_assert_num_queries: Any
) -> None:
    upload_id = uploaded(instructor)
    first, second = (ask(instructor, upload_id)["id"] for _ in range(2))
    run(first)

    with django_assert_num_queries(1):
        listed = instructor.json(instructor.get(IMPORTS))["results"]

    assert [(found["id"], found["state"]) for found in listed] == [(second, "pending"), (first, "done")]
    assert not any("report" in found for found in listed)
    for other in (rival, admin):
        assert other.json(other.get(IMPORTS))["results"] == []
        answer = other.get(f"{IMPORTS}{first}/")
        assert (answer.status_code, other.json(answer)["code"]) == (404, "catalog.import_not_found")


def test_another_persons_upload_is_unknown(instructor: ApiClient, rival: ApiClient) -> None:
    answer = rival.post(IMPORT, {"upload_id": uploaded(instructor), "format": "olx"})

    assert answer.status_code == 422
    assert rival.json(answer)["code"] == "catalog.upload_not_found"
    assert [problem["pointer"] for problem in rival.json(answer)["errors"]] == ["/upload_id"]
    assert not CourseImport.objects.exists()


def test_what_is_no_archive_or_no_category_is_refused_at_once(instructor: ApiClient, bread: str) -> None:
    sheet = instructor.post(IMPORT, {"upload_id": uploaded(instructor, PDF, "a.pdf"), "format": "olx"})
    shelf = instructor.post(IMPORT, {"upload_id": uploaded(instructor), "format": "olx", "category": "cake"})

    assert (sheet.status_code, instructor.json(sheet)["reason"]) == (422, "not_an_archive")
    assert (shelf.status_code, instructor.json(shelf)["code"]) == (422, "catalog.category_not_found")
    assert not CourseImport.objects.exists()


def test_asking_again_with_the_same_key_imports_once(instructor: ApiClient) -> None:
    body = {"upload_id": uploaded(instructor), "format": "olx"}

    answers = [instructor.post(IMPORT, body, headers={"Idempotency-Key": "one"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert CourseImport.objects.count() == 1
