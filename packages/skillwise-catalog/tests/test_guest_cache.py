"""What guests read of the storefront is kept, and is right all the same."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings
from skillwise_catalog import api as catalog
from skillwise_catalog.errors import StorefrontCacheUnavailableError
from skillwise_catalog.rest import cards
from skillwise_catalog.services.categories import ensure_category, rename_category
from skillwise_catalog.testing import make_course
from skillwise_kernel.clock import now
from skillwise_kernel.embedded import EmbeddedValkey
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

# Generations begin when transactions commit: these tests commit theirs.
pytestmark = pytest.mark.django_db(transaction=True)

COURSES = "/api/v1/courses/"
GENERATION_KEY = "skillwise_catalog.storefront.generation"


@pytest.fixture
def listed(api: ApiClient) -> Callable[[], list[str]]:
    """The titles that a guest sees."""

    def listed() -> list[str]:
        return [course["title"] for course in api.json(api.get(COURSES))["results"]]

    return listed


def test_a_guests_second_request_runs_no_query(api: ApiClient, django_assert_num_queries: Any) -> None:
    course = make_course()
    ensure_category(path=("Kitchen",))

    for path in (
        COURSES,
        f"{COURSES}?search=bread",
        f"{COURSES}facets/",
        f"{COURSES}facets/?search=bread&level=beginner",
        f"{COURSES}{course.id}/",
        f"{COURSES}{course.slug}/",
        f"{COURSES}{course.id}/related/",
        "/api/v1/categories/",
    ):
        first = api.get(path)
        with django_assert_num_queries(0):
            second = api.get(path)

        assert second.content == first.content
        assert second["ETag"] == first["ETag"]
        assert second["Content-Type"] == first["Content-Type"] == "application/json"
        for answer in (first, second):
            assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
            assert {"Accept", "Accept-Encoding", "Authorization"} <= set(answer["Vary"].split(", "))


def test_a_guest_who_has_it_already_gets_304_from_the_cache(
    api: ApiClient, django_assert_num_queries: Any
) -> None:
    make_course()
    tag = api.get(COURSES)["ETag"]

    with django_assert_num_queries(0):
        again = api.get(COURSES, headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert again["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_a_guests_read_is_judged_alike_whether_it_was_kept_or_not(api: ApiClient) -> None:
    make_course()

    first, again = (api.get(COURSES, headers={"If-Match": '"v1-stale"'}) for _ in range(2))
    held = [api.get(COURSES, headers={"If-None-Match": value}) for value in ("*", f"W/{first['ETag']}")]

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    for answer in held:
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", first["ETag"])
        assert {"Accept", "Authorization"} <= set(answer["Vary"].split(", "))


def test_a_cache_that_takes_no_writes_undoes_no_change_and_skips_no_one_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise redis.exceptions.NoPermissionError("this user has no permissions to run the 'set' command")

    category = ensure_category(path=("Kitchen", "Bread"))
    told: list[str] = []
    monkeypatch.setattr(cache, "set", refuse)

    with transaction.atomic():
        rename_category(category, name="Loaves")
        transaction.on_commit(lambda: told.append("who comes after"))

    assert told == ["who comes after"]
    category.refresh_from_db()
    assert category.name == "Loaves"


def test_a_course_keeps_the_etag_of_its_version_in_the_cache(api: ApiClient) -> None:
    course = make_course()

    first, second = (api.get(f"{COURSES}{course.id}/")["ETag"] for _ in range(2))

    assert first == second
    assert first.startswith('"v1-')


def test_a_publish_shows_in_the_very_next_request(
    api: ApiClient,
    listed: Callable[[], list[str]],
    instructor: ApiClient,
    admin: ApiClient,
    instructor_id: UUID,
) -> None:
    def counted() -> int:
        total: int = api.json(api.get(f"{COURSES}facets/"))["total"]
        return total

    draft = make_course(owner_id=instructor_id, title="New", published=False)
    assert (listed(), counted()) == ([], 0)
    assert api.get(f"{COURSES}{draft.id}/").status_code == 404

    admin.post(f"{COURSES}{draft.id}/publish/")
    assert (listed(), counted()) == (["New"], 1)
    assert api.get(f"{COURSES}{draft.id}/").status_code == 200

    instructor.patch(f"{COURSES}{draft.id}/", {"title": "Newer"})
    assert listed() == ["New"]
    instructor.post(f"{COURSES}{draft.id}/publish/")
    assert listed() == ["Newer"]
    assert api.json(api.get(f"{COURSES}{draft.id}/"))["title"] == "Newer"

    module = api.json(instructor.post(f"{COURSES}{draft.id}/modules/", {"title": "More"}))
    instructor.post(f"{COURSES}{draft.id}/publish/")
    shown = api.json(api.get(f"{COURSES}{draft.id}/"))["modules"]
    assert shown[-1]["id"] == module["id"]

    instructor.post(f"{COURSES}{draft.id}/unpublish/")
    assert (listed(), counted()) == ([], 0)
    assert api.get(f"{COURSES}{draft.id}/").status_code == 404


def test_a_renamed_category_shows_in_the_very_next_request(api: ApiClient) -> None:
    make_course(category=("Kitchen", "Bread"))

    def shown() -> str:
        (course,) = api.json(api.get(COURSES))["results"]
        return str(course["category"]["name"])

    assert shown() == "Bread"
    rename_category(ensure_category(path=("Kitchen", "Bread")), name="Loaves")
    assert shown() == "Loaves"


def test_ratings_and_enrolments_make_nothing_old_and_show_within_a_minute(
    api: ApiClient, time_machine: Any
) -> None:
    course = make_course()

    def shown() -> tuple[Any, Any]:
        (listed,) = api.json(api.get(COURSES))["results"]
        detail = api.json(api.get(f"{COURSES}{course.id}/"))
        assert listed["rating"] == detail["rating"]
        return listed["rating"]["average"], detail["enrollment_count"]

    assert shown() == (None, 0)
    generation = cache.get(GENERATION_KEY)
    catalog.set_course_rating(course_id=course.id, average=Decimal(4), count=1)
    catalog.set_enrollment_count(course_id=course.id, count=3)
    assert shown() == (None, 0)

    time_machine.move_to(now() + timedelta(seconds=61))
    assert shown() == (4.0, 3)
    assert cache.get(GENERATION_KEY) == generation


def test_what_was_rolled_back_makes_nothing_old(api: ApiClient, instructor: ApiClient) -> None:
    course = make_course()
    api.get(COURSES)
    generation = cache.get(GENERATION_KEY)

    assert instructor.patch(f"{COURSES}{course.id}/", {"title": "Mine"}).status_code == 403
    catalog.set_enrollment_count(course_id=course.id, count=0)

    assert cache.get(GENERATION_KEY) == generation


def test_a_slow_reader_does_not_file_an_old_list_under_a_new_generation(
    api: ApiClient, listed: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_course(title="Old")
    read, published = threading.Event(), threading.Event()
    as_json = cards.card_as_json

    def dawdle(row: Any, **options: Any) -> Any:
        if threading.current_thread() is slow:
            read.set()
            published.wait(10)
        return as_json(row, **options)

    def request() -> None:
        try:
            ApiClient().get(COURSES)
        finally:
            connection.close()

    monkeypatch.setattr(cards, "card_as_json", dawdle)
    slow = threading.Thread(target=request)
    slow.start()
    assert read.wait(10)  # its rows are read, its answer not kept yet
    make_course(title="New")
    published.set()
    slow.join()

    assert listed() == ["New", "Old"]


def test_without_a_cache_guests_are_served_from_the_database(
    listed: Callable[[], list[str]], valkey_down: None
) -> None:
    make_course(title="First")
    assert listed() == ["First"]

    make_course(title="Second")
    assert listed() == ["Second", "First"]


@pytest.fixture
def valkey_away(
    valkey: EmbeddedValkey,
) -> Iterator[Callable[[], contextlib.AbstractContextManager[None]]]:
    """`with valkey_away():` Valkey keeps what it has, and nobody gets through to it."""

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        elsewhere = valkey.socket.with_suffix(".away")
        with redis.Redis.from_url(valkey.url) as client:
            client.ping()
            valkey.socket.rename(elsewhere)
            client.client_kill_filter(_type="normal", skipme=True)
            yield
            elsewhere.rename(valkey.socket)
        time.sleep(0.2)  # until this process asks it again

    default = {**settings.CACHES["default"], "OPTIONS": {"cooldown": 0.1}}
    with override_settings(CACHES={"default": default}):  # ends before what it stands on
        yield away


def test_a_publish_while_the_cache_was_away_shows_once_it_is_back(
    listed: Callable[[], list[str]],
    deliver_events: Callable[..., int],
    valkey_away: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    make_course(title="First")
    deliver_events()
    assert listed() == ["First"]

    with valkey_away():
        make_course(title="Second")
        assert listed() == ["Second", "First"]
    assert listed() == ["First"]  # the cache could not be told

    deliver_events()
    assert listed() == ["Second", "First"]


def test_an_event_is_not_done_with_before_the_cache_was_told(
    valkey_away: Callable[[], contextlib.AbstractContextManager[None]], deliver_events: Callable[..., int]
) -> None:
    make_course()

    with valkey_away(), pytest.raises(StorefrontCacheUnavailableError):
        deliver_events()


def test_somebody_logged_in_reads_from_the_database_and_keeps_it_private(
    student: ApiClient, api: ApiClient, django_assert_num_queries: Any
) -> None:
    make_course()
    api.get(COURSES)

    with django_assert_num_queries(1):
        answer = student.get(COURSES)

    assert answer["Cache-Control"] == "private, no-cache"
    assert student.get(COURSES, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_suggestions_are_kept_for_everybody_and_see_the_very_next_publication(
    student: ApiClient, api: ApiClient, django_assert_num_queries: Any
) -> None:
    make_course(title="Rye bread")

    def suggested(typed: str, by: ApiClient = student) -> list[str]:
        answer = by.get(f"{COURSES}suggest/", {"q": typed})
        return [one["text"] for one in by.json(answer)["results"] if one["kind"] == "course"]

    assert suggested("bread") == suggested("bread", by=api) == ["Rye bread"]
    with django_assert_num_queries(0):
        assert suggested("Bread") == ["Rye bread"]
        assert suggested("bread", by=api) == ["Rye bread"]

    make_course(title="Corn bread")

    assert sorted(suggested("bread")) == ["Corn bread", "Rye bread"]


def test_a_guests_suggestions_are_not_made_of_older_ones(
    student: ApiClient, api: ApiClient, time_machine: Any
) -> None:
    courses = [make_course(title=title) for title in ("Rye loaf", "Corn loaf")]

    def first(by: ApiClient) -> str:
        return str(by.json(by.get(f"{COURSES}suggest/", {"q": "loaf"}))["results"][0]["text"])

    for course, title in zip(courses, ("Rye loaf", "Corn loaf"), strict=True):
        catalog.set_enrollment_count(course_id=course.id, count=9 if title == "Rye loaf" else 5)
    assert first(student) == "Rye loaf"
    catalog.set_enrollment_count(course_id=courses[1].id, count=20)

    time_machine.move_to(now() + timedelta(seconds=50))
    assert first(api) == "Corn loaf"

    time_machine.move_to(now() + timedelta(seconds=11))
    assert first(student) == "Corn loaf"


def test_an_owner_who_reads_a_draft_leaves_nothing_for_guests(
    instructor: ApiClient, api: ApiClient, instructor_id: UUID
) -> None:
    draft = make_course(owner_id=instructor_id, published=False)

    assert instructor.get(f"{COURSES}{draft.id}/").status_code == 200

    assert api.get(f"{COURSES}{draft.id}/").status_code == 404
    assert api.get(f"{COURSES}{new_id()}/").status_code == 404


def test_a_refusal_is_not_kept(api: ApiClient) -> None:
    for _ in range(2):
        refused = api.get(COURSES, {"level": "expert"})
        assert (refused.status_code, refused["Cache-Control"]) == (400, "no-store")
