"""An import is run once, however often it is delivered and whatever its workers die of."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from files import UPLOADS, stored_files, zipped
from requested_imports import ask, read, run, uploaded
from skillwise_catalog.domain.imports.formats import PackageFormat
from skillwise_catalog.errors import ImportGivenUpError
from skillwise_catalog.models import Course, CourseImport, MediaFile
from skillwise_catalog.services import course_imports, packages
from skillwise_catalog.services.course_imports import IMPORT_TIME, MAX_ATTEMPTS, run_due_import
from skillwise_kernel import clock
from skillwise_kernel.errors import SkillWiseError
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


def test_a_second_delivery_of_the_job_imports_nothing(instructor: ApiClient, media: Path) -> None:
    asked = ask(instructor, uploaded(instructor))
    run(asked["id"])
    kept = sorted(stored_files(media))

    run(asked["id"])

    assert run_due_import(clock=clock.now) is None
    assert Course.objects.count() == 1
    assert sorted(stored_files(media)) == kept


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


def test_a_job_whose_message_was_lost_is_found(instructor: ApiClient) -> None:
    asked = ask(instructor, uploaded(instructor))

    assert run_due_import(clock=clock.now) == UUID(asked["id"])

    assert read(instructor, asked["id"])["state"] == "done"


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


@pytest.mark.parametrize("unwritable", ["a\u0000b", object()])
def test_an_import_whose_problem_cannot_be_written_down_is_over_all_the_same(
    instructor: ApiClient, monkeypatch: pytest.MonkeyPatch, unwritable: object
) -> None:
    upload_id = uploaded(instructor, zipped({"readme.txt": b"no course"}), "bread.zip")
    asked = ask(instructor, upload_id)
    as_json = course_imports._as_json

    def describe(error: SkillWiseError) -> dict[str, Any]:
        return as_json(error) | ({} if isinstance(error, ImportGivenUpError) else {"path": unwritable})

    monkeypatch.setattr(course_imports, "reported", lambda found: found)
    monkeypatch.setattr(course_imports, "_as_json", describe)

    run(asked["id"])

    failed = read(instructor, asked["id"])
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "catalog.import_given_up")
    assert instructor.delete(f"{UPLOADS}{upload_id}/").status_code == 204


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
