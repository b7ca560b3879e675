"""An author's own uploads and files, in one list."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from files import PDF, UPLOADS, announced, complete, hand_in, send_parts, upload
from skillwise_catalog.gateways.folder import FolderStorage
from skillwise_catalog.models import MediaFile, Upload
from skillwise_catalog.selectors.media import own_uploads, uploads_and_files
from skillwise_catalog.services.uploads.completing import complete_upload
from skillwise_catalog.services.uploads.removing import remove_upload
from skillwise_catalog.testing import make_rendered_video
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


def begun(client: ApiClient, name: str = "sheet.pdf", content: bytes = PDF) -> dict[str, Any]:
    found: dict[str, Any] = client.json(client.post(UPLOADS, announced(name, content)))
    return found


def completed(client: ApiClient, name: str = "notes.txt", content: bytes = b"Rye.") -> dict[str, Any]:
    found: dict[str, Any] = client.json(upload(client, name, content))
    return found


def listed(client: ApiClient, path: str = UPLOADS, **params: Any) -> dict[str, Any]:
    answer = client.get(path, params)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = client.json(answer)
    return found


def ids(page: dict[str, Any]) -> list[str]:
    return [found["id"] for found in page["results"]]


def as_listed(alone: dict[str, Any]) -> dict[str, Any]:
    """Without its parts; of a signed link what stays the same: that there is one."""
    kept = {name: value for name, value in alone.items() if name != "parts"}
    return {**kept, "playlist_url": alone["playlist_url"] is not None}


def test_ones_own_are_listed_as_each_is_by_itself_and_nobody_elses(
    instructor: ApiClient, instructor_id: UUID, rival: ApiClient, admin: ApiClient, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"UPLOAD_PART_BYTES": 30}
    file = completed(instructor)
    in_parts = begun(instructor)
    hand_in(instructor, in_parts["parts"][1]["request"], PDF[30:60])
    video_id = make_rendered_video(owner_id=instructor_id)
    theirs = begun(rival)

    page = listed(instructor)

    assert ids(page) == [str(video_id), in_parts["id"], file["id"]]
    assert (page["next"], page["previous"]) == (None, None)
    for found in page["results"]:
        alone = instructor.json(instructor.get(f"{UPLOADS}{found['id']}/"))
        assert "parts" not in found
        assert as_listed(found) == as_listed(alone)
    assert ids(listed(rival)) == [theirs["id"]]
    assert ids(listed(admin)) == []


def test_pages_follow_each_other_whatever_is_completed_or_begun_meanwhile(instructor: ApiClient) -> None:
    uploads = [begun(instructor) if number % 2 else completed(instructor) for number in range(5)]
    wanted = [found["id"] for found in reversed(uploads)]

    first = listed(instructor, page_size=2)
    send_parts(instructor, uploads[1], PDF)
    assert complete(instructor, uploads[1]).status_code == 200
    begun(instructor)
    second = listed(instructor, first["next"])
    third = listed(instructor, second["next"])

    assert [ids(first), ids(second), ids(third)] == [wanted[:2], wanted[2:4], wanted[4:]]
    assert third["next"] is None
    assert ids(listed(instructor, third["previous"])) == wanted[2:4]


def test_the_list_is_narrowed_to_files_or_to_what_goes_on(instructor: ApiClient) -> None:
    files = [completed(instructor)["id"] for _ in range(3)]
    going_on = [begun(instructor)["id"] for _ in range(2)]

    page = listed(instructor, is_completed="true", page_size=2)

    assert ids(page) == files[:0:-1]
    assert ids(listed(instructor, page["next"])) == files[:1]
    assert ids(listed(instructor, is_completed="false")) == going_on[::-1]
    assert ids(listed(instructor, is_completed="")) == [*going_on[::-1], *files[::-1]]


@pytest.mark.parametrize("value", ["yes", "1", "True", "null", "completed"])
def test_a_filter_that_is_neither_true_nor_false_is_refused(instructor: ApiClient, value: str) -> None:
    refused = instructor.get(UPLOADS, {"is_completed": value})

    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    assert instructor.json(refused)["code"] == "invalid_input"
    assert [error["pointer"] for error in instructor.json(refused)["errors"]] == ["/is_completed"]


def test_a_page_asks_the_same_number_of_queries_whatever_is_on_it(
    instructor: ApiClient, django_assert_num_queries: Any, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"UPLOAD_PART_BYTES": 30}
    for number in range(1, 4):
        begun(instructor)
        completed(instructor)

        with django_assert_num_queries(3):
            assert len(listed(instructor)["results"]) == 2 * number


def test_a_page_is_read_from_an_index_of_each(
    instructor: ApiClient, instructor_id: UUID, django_assert_num_queries: Any
) -> None:
    for owner_id in [*(new_id() for _ in range(50)), instructor_id]:
        said = {"owner_id": owner_id, "name": "a.txt", "content_type": "text/plain", "size": 1}
        said |= {"sha256": "0" * 64, "created_at": clock.now()}
        Upload.objects.bulk_create(Upload(**said, expires_at=clock.now()) for _ in range(100))
        MediaFile.objects.bulk_create(MediaFile(**said, storage_name=new_id().hex) for _ in range(100))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE skillwise_catalog_upload, skillwise_catalog_mediafile")
    second = listed(instructor, page_size=5)["next"]

    for path in (f"{UPLOADS}?page_size=5", second, f"{UPLOADS}?is_completed=true&page_size=5"):
        with django_assert_num_queries(3) as queries:
            listed(instructor, path)

        plan = plan_of(queries.captured_queries[0]["sql"])
        assert "catalog_media_by_owner" in plan
        assert ("catalog_upload_by_owner" in plan) == ("is_completed" not in path)
        assert "Seq Scan" not in plan
        assert "Sort " not in plan.replace("Sort Key", "")


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_reading_the_list_is_not_counted_as_announcing(instructor: ApiClient, settings: Any) -> None:
    rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "catalog_upload": "1/hour"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}

    for _ in range(2):
        assert instructor.get(UPLOADS).status_code == 200

    assert instructor.post(UPLOADS, announced("sheet.pdf", PDF)).status_code == 201
    assert instructor.post(UPLOADS, announced("sheet.pdf", PDF)).status_code == 429


# Meanwhile


def test_an_upload_that_is_completed_while_it_is_listed_is_listed(
    instructor: ApiClient, instructor_id: UUID
) -> None:
    going_on = begun(instructor)
    send_parts(instructor, going_on, PDF)
    entries = list(own_uploads(owner_id=instructor_id))

    complete_upload(owner_id=instructor_id, upload_id=UUID(going_on["id"]), now=clock.now())

    assert uploads_and_files(entries) == [MediaFile.objects.get()]


def test_an_upload_that_is_swept_while_it_is_listed_is_left_out(
    instructor: ApiClient, instructor_id: UUID
) -> None:
    file = completed(instructor)
    going_on = begun(instructor)
    entries = list(own_uploads(owner_id=instructor_id))

    assert remove_upload(upload_id=UUID(going_on["id"]))

    assert [str(found.id) for found in uploads_and_files(entries)] == [file["id"]]


def test_the_list_asks_the_storage_for_nothing(
    instructor: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(instructor)
    completed(instructor)

    def asked(*_: Any, **__: Any) -> None:
        raise AssertionError("a bucket may be slow, or away")

    for name in ("size", "parts_present", "begin_parts", "part_target", "whole_target"):
        monkeypatch.setattr(FolderStorage, name, asked)

    assert len(listed(instructor)["results"]) == 2
