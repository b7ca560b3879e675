"""Uploads and files come to an end: swept, given up, deleted, completed by two at once; and none is lost."""

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection
from files import PDF, UPLOADS, announced, complete, hand_in, send_parts, stored_files, upload
from skillwise_catalog.errors import MediaNotFoundError, MediaQuotaExceededError, UploadIncompleteError
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.gateways.folder import FolderStorage
from skillwise_catalog.models import Course, Lesson, MediaFile, MediaUsage, Upload
from skillwise_catalog.services.uploads import completing
from skillwise_catalog.services.uploads.beginning import begin_upload
from skillwise_catalog.services.uploads.completing import complete_upload
from skillwise_catalog.services.uploads.receiving import receive
from skillwise_catalog.services.uploads.removing import delete_upload, sweep_uploads
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=49)


def begun(client: ApiClient, content: bytes = PDF) -> dict[str, Any]:
    """An upload whose bytes have all arrived."""
    found: dict[str, Any] = client.json(client.post(UPLOADS, announced("sheet.pdf", content)))
    send_parts(client, found, content)
    return found


def test_what_nobody_completed_in_time_is_swept_with_its_parts_and_its_space(
    instructor: ApiClient, media: Path, settings: Any
) -> None:
    settings.SKILLWISE_CATALOG = {"UPLOAD_PART_BYTES": 30}
    parts = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    hand_in(instructor, parts["parts"][1]["request"], PDF[30:60])
    kept = instructor.json(upload(instructor, "notes.txt", b"text"))
    assert sweep_uploads(now=clock.now()) == 0

    assert sweep_uploads(now=clock.now() + LATER) == 1

    assert instructor.get(f"{UPLOADS}{parts['id']}/").status_code == 404
    assert [str(file.id) for file in MediaFile.objects.all()] == [kept["id"]]
    assert len(stored_files(media)) == 1
    assert MediaUsage.objects.get().used_bytes == 4


def test_the_command_sweeps_too(instructor: ApiClient, media: Path) -> None:
    begun(instructor)
    Upload.objects.update(expires_at=clock.now())
    said = io.StringIO()

    call_command("sweep_uploads", stdout=said)

    assert said.getvalue() == "1 uploads.\n"
    assert stored_files(media) == []


def test_copies_of_a_completion_that_was_killed_go_with_the_upload(
    instructor: ApiClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is made, and the process dies before the file is."""
    found = begun(instructor)

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    owner_id = Upload.objects.get().owner_id
    with monkeypatch.context() as patch:
        patch.setattr(completing, "verify", die)
        with pytest.raises(SystemExit):
            complete_upload(owner_id=owner_id, upload_id=UUID(found["id"]), now=clock.now())
    assert len(stored_files(media)) == 2

    assert complete(instructor, found).status_code == 200

    assert len(stored_files(media)) == 1


def test_a_file_that_a_lesson_has_is_not_deleted(
    instructor: ApiClient, lesson_with: Callable[[UUID], Lesson]
) -> None:
    kept = instructor.json(upload(instructor, "sheet.pdf", PDF))
    lesson = lesson_with(UUID(kept["id"]))

    refused = instructor.delete(f"{UPLOADS}{kept['id']}/")

    assert (refused.status_code, instructor.json(refused)["code"]) == (409, "catalog.media_in_use")
    assert b"".join(get_storage().read(key=MediaFile.objects.get().storage_name)) == PDF
    lesson.delete()
    assert instructor.delete(f"{UPLOADS}{kept['id']}/").status_code == 204
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize("place", ["description", "article", "quiz"])
def test_a_file_that_a_draft_names_in_its_text_is_not_deleted(
    instructor: ApiClient, lesson_with: Callable[[UUID], Lesson], place: str
) -> None:
    kept = instructor.json(upload(instructor, "notes.txt", b"text"))
    other = instructor.json(upload(instructor, "sheet.pdf", PDF))
    lesson = lesson_with(UUID(other["id"]))
    text = f"Take [the notes](media:{kept['id'].upper()})."
    if place == "description":
        Course.objects.update(description=text)
    else:
        said = {"article": text, "quiz": {"questions": [{"text": text}]}}
        Lesson.objects.filter(id=lesson.id).update(kind=place, file=None, **{place: said[place]})

    refused = instructor.delete(f"{UPLOADS}{kept['id']}/")

    assert (refused.status_code, instructor.json(refused)["code"]) == (409, "catalog.media_in_use")
    Course.objects.update(description="")
    lesson.delete()
    assert instructor.delete(f"{UPLOADS}{kept['id']}/").status_code == 204


@pytest.mark.django_db(transaction=True)
def test_a_deleted_file_leaves_nothing(instructor: ApiClient, media: Path) -> None:
    kept = instructor.json(upload(instructor, "sheet.pdf", PDF))

    assert instructor.delete(f"{UPLOADS}{kept['id']}/").status_code == 204

    assert stored_files(media) == []
    assert MediaUsage.objects.get().used_bytes == 0
    assert instructor.delete(f"{UPLOADS}{kept['id']}/").status_code == 404


# While bytes still come in

ENDS: dict[str, Callable[[ApiClient, dict[str, Any]], Any]] = {
    "given up": lambda client, found: client.delete(f"{UPLOADS}{found['id']}/"),
    "swept": lambda client, found: sweep_uploads(now=clock.now() + LATER),
    "completed": complete,
}


@pytest.mark.parametrize("part_bytes", [30, 1000], ids=["in parts", "whole"])
@pytest.mark.parametrize("moment", ["before the first", "among them", "after the last"])
@pytest.mark.parametrize("end", ENDS)
def test_bytes_of_an_upload_that_ends_meanwhile_are_not_found_and_leave_nothing(
    instructor: ApiClient,
    media: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    end: str,
    moment: str,
    part_bytes: int,
) -> None:
    settings.SKILLWISE_CATALOG = {"UPLOAD_PART_BYTES": part_bytes}
    found = begun(instructor)
    keep = FolderStorage.receive

    def keep_while_it_ends(storage: FolderStorage, *, key: str, chunks: Iterable[bytes]) -> None:
        def arriving() -> Iterator[bytes]:
            for chunk in chunks:
                yield chunk
                if moment == "among them":
                    ENDS[end](instructor, found)

        if moment == "before the first":
            ENDS[end](instructor, found)
        keep(storage, key=key, chunks=arriving())
        if moment == "after the last":
            ENDS[end](instructor, found)

    monkeypatch.setattr(FolderStorage, "receive", keep_while_it_ends)
    size = min(part_bytes, len(PDF))

    assert hand_in(instructor, found["parts"][0]["request"], PDF[:size]) == 404

    assert not Upload.objects.exists()
    assert len(stored_files(media)) == MediaFile.objects.count() == (1 if end == "completed" else 0)
    assert list((media / "uploads").iterdir()) == []


def test_an_upload_that_ends_while_too_few_bytes_come_in_is_not_found(
    instructor: ApiClient, media: Path
) -> None:
    found = begun(instructor)
    token = found["parts"][0]["request"]["url"].rstrip("/").rpartition("/")[2]

    def read(_: int) -> bytes:
        sweep_uploads(now=clock.now() + LATER)
        return b""

    with pytest.raises(MediaNotFoundError):
        receive(token=token, content_type="application/pdf", size=len(PDF), read=read)

    assert list((media / "uploads").iterdir()) == []


# At once


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each answers or raises, all begun together, each on a connection of its own."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[index] = call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    return results


def completion(owner_id: UUID, found: dict[str, Any]) -> Callable[[], MediaFile]:
    return lambda: complete_upload(owner_id=owner_id, upload_id=UUID(found["id"]), now=clock.now())


@pytest.mark.django_db(transaction=True)
def test_who_complete_at_once_make_one_file(instructor: ApiClient, instructor_id: UUID, media: Path) -> None:
    for _ in range(5):
        found = begun(instructor)

        files = at_once(*[completion(instructor_id, found)] * 4)

        assert {getattr(file, "id", file) for file in files} == {UUID(found["id"])}
        kept = MediaFile.objects.get(id=found["id"])
        assert b"".join(get_storage().read(key=kept.storage_name)) == PDF
    assert len(stored_files(media)) == MediaFile.objects.count() == 5
    assert MediaUsage.objects.get().used_bytes == 5 * len(PDF)


@pytest.mark.django_db(transaction=True)
def test_handing_in_while_giving_up_is_done_or_not_found_and_leaves_nothing(
    instructor: ApiClient, instructor_id: UUID, media: Path
) -> None:
    for _ in range(8):
        found = begun(instructor)
        again = partial(hand_in, instructor, found["parts"][0]["request"], PDF)
        give_up = partial(delete_upload, owner_id=instructor_id, upload_id=UUID(found["id"]))

        *statuses, given_up = at_once(again, again, give_up)

        assert given_up is None
        assert set(statuses) <= {204, 404}
        assert list((media / "uploads").iterdir()) == []
    assert MediaUsage.objects.get().used_bytes == 0


@pytest.mark.django_db(transaction=True)
def test_sweeping_while_completing_never_loses_a_completed_file(
    instructor: ApiClient, instructor_id: UUID, media: Path
) -> None:
    completed = 0
    for _ in range(12):
        found = begun(instructor)

        answer, *_ = at_once(
            completion(instructor_id, found),
            lambda: sweep_uploads(now=clock.now() + LATER),
            lambda: sweep_uploads(now=clock.now() + LATER),
        )

        if isinstance(answer, MediaFile):
            completed += 1
            assert b"".join(get_storage().read(key=answer.storage_name)) == PDF
        else:
            assert isinstance(answer, MediaNotFoundError | UploadIncompleteError)
            assert not MediaFile.objects.filter(id=found["id"]).exists()
    assert len(stored_files(media)) == MediaFile.objects.count() == completed
    assert MediaUsage.objects.get().used_bytes == completed * len(PDF)


@pytest.mark.django_db(transaction=True)
def test_who_reserve_at_once_do_not_exceed_the_quota(settings: Any) -> None:
    settings.SKILLWISE_CATALOG = {"MEDIA_QUOTA_BYTES": 300}
    owner_id = new_id()

    def reserve() -> Upload:
        return begin_upload(
            owner_id=owner_id, name="a.txt", size=100, content_type="text/plain", sha256="0" * 64,
            now=clock.now(),
        )  # fmt: skip

    results = at_once(*[reserve] * 8)

    assert sum(isinstance(result, Upload) for result in results) == 3
    assert sum(isinstance(result, MediaQuotaExceededError) for result in results) == 5
    assert MediaUsage.objects.get(owner_id=owner_id).used_bytes == 300


@pytest.mark.django_db(transaction=True)
def test_who_delete_at_once_give_the_space_back_once(instructor: ApiClient, instructor_id: UUID) -> None:
    kept = UUID(instructor.json(upload(instructor, "sheet.pdf", PDF))["id"])
    upload(instructor, "notes.txt", b"text")

    results = at_once(*[lambda: delete_upload(owner_id=instructor_id, upload_id=kept)] * 4)

    assert sorted(type(result).__name__ for result in results) == ["MediaNotFoundError"] * 3 + ["NoneType"]
    assert MediaUsage.objects.get().used_bytes == 4
