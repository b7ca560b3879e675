"""An uploaded package becomes a course in the background: once, whole or not at all, and says what became of
it.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from files import PDF, UPLOADS, stored_files, upload, zipped
from olx_packages import PNG, html, olx
from skillwise_catalog.domain.imports.formats import PackageFormat
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Course, CourseImport, MediaFile, MediaUsage
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.services import course_imports, packages
from skillwise_catalog.services.course_imports import (
    IMPORT_TIME,
    MAX_ATTEMPTS,
    run_due_import,
    run_import,
)
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

IMPORT = "/api/v1/courses/import/"
IMPORTS = "/api/v1/courses/imports/"
BREAD = olx(
    html('<p>See <img src="/static/loaf.png" alt="a loaf"/></p>', name="Look"),
    '<lti url_name="lab" display_name="The lab"/>',
    **{"course/static/loaf.png": PNG},
)


def uploaded(client: ApiClient, content: bytes = BREAD, name: str = "bread.tar.gz") -> str:
    answer = upload(client, name, content)
    assert answer.status_code == 200, answer.content
    return str(client.json(answer)["id"])


def ask(client: ApiClient, upload_id: str, **options: Any) -> dict[str, Any]:
    answer = client.post(IMPORT, {"upload_id": upload_id, "format": "olx", **options})
    assert answer.status_code == 202, answer.content
    asked: dict[str, Any] = client.json(answer)
    return asked


def read(client: ApiClient, import_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.json(client.get(f"{IMPORTS}{import_id}/"))
    return found


def run(import_id: str) -> None:
    run_import(import_id=UUID(import_id), clock=clock.now)


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


def test_a_second_delivery_of_the_job_imports_nothing(instructor: ApiClient, media: Path) -> None:
    asked = ask(instructor, uploaded(instructor))
    run(asked["id"])
    kept = sorted(stored_files(media))

    run(asked["id"])

    assert run_due_import(clock=clock.now) is None
    assert Course.objects.count() == 1
    assert sorted(stored_files(media)) == kept


def test_a_job_whose_message_was_lost_is_found(instructor: ApiClient) -> None:
    asked = ask(instructor, uploaded(instructor))

    assert run_due_import(clock=clock.now) == UUID(asked["id"])

    assert read(instructor, asked["id"])["state"] == "done"


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


# When things go wrong


def test_an_import_that_breaks_is_tried_again_and_then_given_up(
    instructor: ApiClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(instructor, uploaded(instructor))

    def fail(*args: Any, **options: Any) -> None:
        assert len(stored_files(media)) == 2  # the picture is there by now
        raise RuntimeError("a defect of ours")

    monkeypatch.setattr(packages, "write_working_copy", fail)

    states = []
    for _ in range(MAX_ATTEMPTS):
        assert run_due_import(clock=clock.now)
        states.append(read(instructor, asked["id"])["state"])

    assert states == ["pending", "pending", "failed"]
    assert read(instructor, asked["id"])["problem"]["code"] == "catalog.import_given_up"
    assert run_due_import(clock=clock.now) is None
    assert not Course.objects.exists()
    assert len(stored_files(media)) == MediaFile.objects.count() == 1


def test_what_a_killed_worker_left_is_cleared_away_and_imported_by_the_next(
    instructor: ApiClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(instructor, uploaded(instructor))
    die_after(monkeypatch, "record_file")
    with pytest.raises(KeyboardInterrupt):
        run(asked["id"])
    assert len(stored_files(media)) == 2
    monkeypatch.undo()

    too_early = run_due_import(clock=clock.now)
    later = run_due_import(clock=lambda: clock.now() + IMPORT_TIME)

    assert (too_early, later) == (None, UUID(asked["id"]))
    assert read(instructor, asked["id"])["state"] == "done"
    assert len(stored_files(media)) == MediaFile.objects.count() == 2


def die_after(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As a killed worker does: its transaction is gone, and nobody clears up its files."""

    def die(*args: Any, **options: Any) -> None:
        monkeypatch.setattr(packages, "get_storage", KeepsAll)
        raise KeyboardInterrupt

    monkeypatch.setattr(packages, name, die)


class KeepsAll:
    def delete(self, *, key: str) -> None:
        pass


def standing_at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_a_package_that_workers_die_of_is_given_up_and_leaves_no_files(
    instructor: ApiClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(instructor, uploaded(instructor))
    die_after(monkeypatch, "insert_course")
    for attempt in range(MAX_ATTEMPTS):
        later = standing_at(clock.now() + attempt * IMPORT_TIME)
        with pytest.raises(KeyboardInterrupt):
            run_due_import(clock=later)
    monkeypatch.undo()
    assert len(stored_files(media)) == 2

    assert run_due_import(clock=lambda: clock.now() + MAX_ATTEMPTS * IMPORT_TIME)

    assert read(instructor, asked["id"])["problem"]["code"] == "catalog.import_given_up"
    assert not Course.objects.exists()
    assert len(stored_files(media)) == MediaFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_an_attempt_that_was_taken_over_nothing_is_kept(
    instructor: ApiClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(instructor, uploaded(instructor))
    read_course = packages.read_course

    def hang(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(packages, "read_course", read_course)
        assert run_due_import(clock=lambda: clock.now() + IMPORT_TIME) == UUID(asked["id"])
        return read_course(*args, **options)

    monkeypatch.setattr(packages, "read_course", hang)

    run(asked["id"])

    done = read(instructor, asked["id"])
    course = Course.objects.get()
    assert (done["state"], done["course_id"]) == ("done", str(course.id))
    assert len(stored_files(media)) == MediaFile.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_job_delivered_many_times_at_once_imports_once(instructor: ApiClient, media: Path) -> None:
    asked = ask(instructor, uploaded(instructor))

    def deliver(_: int) -> None:
        try:
            run(asked["id"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, range(8)))

    assert read(instructor, asked["id"])["state"] == "done"
    assert Course.objects.count() == 1
    assert len(stored_files(media)) == MediaFile.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"package": None},
        {"state": "done", "finished_at": clock.now()},
        {"state": "failed", "package": None, "finished_at": clock.now()},
        {"state": "running"},
        {"problem": {"code": "x"}},
        {"report": {}},
    ],
)
def test_the_database_knows_what_each_state_has(instructor: ApiClient, change: dict[str, Any]) -> None:
    asked = ask(instructor, uploaded(instructor))

    with pytest.raises(IntegrityError), transaction.atomic():
        CourseImport.objects.filter(id=asked["id"]).update(**change)


def test_a_request_is_known_before_a_worker_is_woken(
    instructor: ApiClient, instructor_id: UUID, django_capture_on_commit_callbacks: Any
) -> None:
    upload_id = UUID(uploaded(instructor))

    with django_capture_on_commit_callbacks() as waking:
        course_imports.request_import(
            owner_id=instructor_id, upload_id=upload_id, package_format=PackageFormat.OLX, now=clock.now()
        )

    assert len(waking) == 1


@pytest.fixture
def shared_media(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes that a test starts after this keep files where the test does."""
    monkeypatch.setenv("MEDIA_ROOT", str(media))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_imports_what_is_asked_for(
    shared_media: None, processes: Any, eventually: Callable[..., None], instructor: ApiClient
) -> None:
    asked = CourseImport.objects.filter(id=ask(instructor, uploaded(instructor))["id"])

    processes.start_worker(threads=1)

    eventually(lambda: asked.filter(state="done").exists())
    assert Course.objects.count() == 1
