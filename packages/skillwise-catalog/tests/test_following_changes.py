"""A copy of the catalogue follows what changes, and no change is passed over."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connections
from skillwise_catalog import api as catalog
from skillwise_catalog.errors import SyncCursorExpiredError
from skillwise_catalog.selectors.storefront.changes import Mark, changes_since
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.testing import give_cover, make_course
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from storefront import ADMIN, NOW

pytestmark = pytest.mark.django_db

SYNC = "/api/v1/sync/catalog/"


def synchronised(
    api: ApiClient, since: str | None = None, *, until: Callable[[set[str], set[str]], bool]
) -> tuple[set[str], set[str], str | None]:
    """What changed: titles, removed ids, and where to go on. Changes wait for every transaction in the
    cluster, those of tests beside this one too.
    """
    shown: set[str] = set()
    removed: set[str] = set()
    for _ in range(60):
        answer = api.json(api.get(SYNC, {"page_size": 2} | ({"since": since} if since else {})))
        shown |= {course["title"] for course in answer["courses"]}
        removed |= set(answer["removed"])
        since = answer["next"]
        if not answer["has_more"] and until(shown, removed):
            break
        time.sleep(0 if answer["has_more"] else 1)
    return shown, removed, since


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_catalogue_follows_what_changes(api: ApiClient) -> None:
    first, second, third = (make_course(title=title) for title in ("First", "Second", "Third"))
    unpublish_course(actor=ADMIN, course_id=third.id, now=NOW)

    shown, removed, since = synchronised(api, until=lambda shown, removed: len(shown) == 2)
    assert shown == {"First", "Second"}
    assert removed <= {str(third.id)}  # whoever begins before it left may be told

    catalog.set_enrollment_count(course_id=first.id, count=7)
    unpublish_course(actor=ADMIN, course_id=second.id, now=NOW)
    make_course(title="Fourth")
    shown, removed, since = synchronised(
        api, since, until=lambda shown, removed: "Fourth" in shown and str(second.id) in removed
    )
    assert shown == {"Fourth"}
    assert removed - {str(third.id)} == {str(second.id)}
    assert synchronised(api, since, until=lambda shown, removed: True)[:2] == (set(), set())


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """Another connection, in a transaction of its own."""
    other = connections["default"].copy()
    other.set_autocommit(False)
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_not_passed_over(api: ApiClient, elsewhere: Any) -> None:
    late = make_course(title="Late")
    since = synchronised(api, until=lambda shown, removed: bool(shown))[2]
    with elsewhere.cursor() as cursor:
        cursor.execute(
            "UPDATE skillwise_catalog_edition SET card = replace(card, 'Late', 'Better late')"
            " WHERE course_id = %s",
            [late.id],
        )
    make_course(title="Sooner")

    before, _, since = synchronised(api, since, until=lambda shown, removed: True)
    elsewhere.commit()
    after, _, _ = synchronised(api, since, until=lambda shown, removed: len(shown) == 2)

    assert before == set()
    assert after == {"Better late", "Sooner"}


@pytest.mark.django_db(transaction=True)
def test_a_cursor_that_leads_nowhere_says_to_begin_anew(api: ApiClient) -> None:
    make_course()
    since = api.json(api.get(SYNC))["next"]
    known = Mark(cluster=1, begun=0)

    with pytest.raises(SyncCursorExpiredError):
        changes_since(known, columns=(), limit=1)
    for wrong in ("made-up", since[:-1] + ("A" if since[-1] != "A" else "B")):
        refused = api.get(SYNC, {"since": wrong})
        assert (refused.status_code, api.json(refused)["code"]) == (410, "catalog.sync_cursor_expired")


@pytest.mark.django_db(transaction=True)
def test_a_copy_shows_pictures_days_later(api: ApiClient, instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id, title="First")
    first = give_cover(course_id=course.id, owner_id=instructor_id)

    kept = address_in_copy(api)
    with time_machine.travel(clock.now() + timedelta(days=9), tick=False):
        found = api.get(kept)
        shown = api.get(found["Location"])
    with time_machine.travel(clock.now() + timedelta(days=9, minutes=11), tick=False):
        assert api.get(found["Location"]).status_code == 410
    another = give_cover(course_id=course.id, owner_id=instructor_id)

    assert (found.status_code, found["Cache-Control"]) == (302, "private, max-age=300")
    assert found["Location"].startswith(f"/api/v1/media/{first.hex}:")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/svg+xml")
    shown.close()
    assert address_in_copy(api) != kept
    assert api.get(kept)["Location"].startswith(f"/api/v1/media/{another.hex}:")


def test_where_there_is_no_picture_to_see_there_is_none(
    api: ApiClient, instructor: ApiClient, instructor_id: UUID
) -> None:
    bare, left = (make_course(owner_id=instructor_id) for _ in range(2))
    give_cover(course_id=left.id, owner_id=instructor_id)
    unpublish_course(actor=ADMIN, course_id=left.id, now=NOW)

    for course_id in (bare.id, left.id, new_id()):
        for client in (api, instructor):
            refused = client.get(f"/api/v1/courses/{course_id}/cover/")
            assert (refused.status_code, api.json(refused)["code"]) == (404, "catalog.course_not_found")


def address_in_copy(api: ApiClient) -> str:
    for _ in range(60):
        courses = api.json(api.get(SYNC))["courses"]
        if courses:
            return str(courses[0]["cover_url"])
        time.sleep(1)  # changes wait for every transaction in the cluster
    raise AssertionError("the course never came")
