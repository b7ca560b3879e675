"""A copy of the catalogue follows what changes, and no change is passed over."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from skillwise_catalog import api as catalog
from skillwise_catalog.errors import SyncCursorExpiredError
from skillwise_catalog.selectors.storefront.changes import Mark, changes_since
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.testing import make_course
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
