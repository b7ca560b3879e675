"""What is asked, of ours and of the plain one: the same things, in the same proportions."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.test import Client
from skillwise_catalog.models import Module
from skillwise_identity.models import User
from skillwise_identity.testing import tokens_for

from benchmarks.catalogue.dataset.loading import STUDENT
from benchmarks.catalogue.dataset.words import COMMON_WORD
from benchmarks.catalogue.load import Asked

__all__ = ["API", "PAGE_VISITS", "Scenario", "Session", "local_client", "make_scenarios", "open_session"]

API: Final = "/api/v1/courses/"
PLAIN: Final = "/benchmarks/plain/courses/"
#: Ours, where nothing is kept.
UNKEPT: Final = "/benchmarks/unkept/"
_PAGE_SIZE: Final = 20
_LONGEST_PAGE: Final = 100
_DETAILS: Final = 50

#: What stands in the search field when suggestions are asked for: the common word as it grows, and others.
_TYPED: Final = ("co", "cou", "cour", COMMON_WORD, "ma", "kitch", "ada ah", "tag-1", "über", "уч", "গো")
#: Of twenty readers of a list, how many are on which page; a page that there is not is the last one. The
#: deepest is half-way through the list.
PAGE_VISITS: Final[Mapping[int, int]] = {1: 10, 2: 4, 3: 2, 10: 1, 100: 1, 1_000: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Requests of ours, in turn, and what the plain one is asked instead (None: it has no such thing)."""

    name: str
    title: str
    ours: Sequence[Asked]
    plain: Sequence[Asked] | None = None
    expected: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in."""

    headers: dict[str, str]


def local_client() -> Client:
    """Asks the API within this process."""
    return Client(SERVER_NAME="localhost")


def open_session() -> Session:
    """A student's."""
    user = User.objects.get(email=STUDENT)
    return Session({"Authorization": f"Bearer {tokens_for(user).access}"})


def make_scenarios(session: Session, size: int) -> Iterator[Scenario]:
    """All of them, for a catalogue of so many courses."""
    signed_in, pages = session.headers, _visited_pages(session.headers, size)
    ids = _course_ids()
    guest_list = [Asked(f"{API}{query}") for query in _guest_queries()]
    guest_detail = [Asked(f"{API}{course_id}/") for course_id in ids]
    plain_list = [Asked(f"{PLAIN}?page={number}", signed_in) for number, _ in pages]
    plain_detail = [Asked(f"{PLAIN}{course_id}/", signed_in) for course_id in ids]
    plain_guest_detail = [Asked(f"{PLAIN}{course_id}/") for course_id in ids]
    first = [Asked(f"{PLAIN}?page=1")]
    modified = HTTPStatus.NOT_MODIFIED
    yield Scenario(name="guest_list", title="list, guest", ours=guest_list, plain=first)
    yield Scenario(name="guest_detail", title="detail, guest", ours=guest_detail, plain=plain_guest_detail)
    yield Scenario(name="guest_list_304", title="list, guest, 304", ours=guest_list, expected=modified)
    yield Scenario(name="guest_detail_304", title="detail, guest, 304", ours=guest_detail, expected=modified)
    yield Scenario(
        name="list",
        title="list, signed in, all pages",
        ours=[Asked(f"{API}{query}", signed_in) for _, query in pages],
        plain=plain_list,
    )
    yield Scenario(
        name="first_page",
        title="list, signed in, first page",
        ours=[Asked(API, signed_in)],
        plain=[Asked(PLAIN, signed_in)],
    )
    yield Scenario(
        name="detail",
        title="detail with outline, signed in",
        ours=[Asked(asked.path, signed_in) for asked in guest_detail],
        plain=plain_detail,
    )
    yield Scenario(
        name="search",
        title=f"search for {COMMON_WORD!r}, signed in",
        ours=[Asked(f"{API}?search={COMMON_WORD}", signed_in)],
    )
    yield Scenario(
        name="suggest",
        title="suggestions, signed in",
        ours=[Asked(f"{API}suggest/?{query}", signed_in) for query in _typed()],
    )
    yield Scenario(
        name="suggest_unkept",
        title="the same, not kept",
        ours=[Asked(f"{UNKEPT}suggest/?{query}", signed_in) for query in _typed()],
    )
    yield Scenario(
        name="facets",
        title="facets, signed in",
        ours=[
            Asked(f"{API}facets/{query}", signed_in) for query in ("", "?category=music", "?level=advanced")
        ],
    )


def _typed() -> list[str]:
    return [urlencode({"q": typed}) for typed in _TYPED]


def _guest_queries() -> list[str]:
    """Twenty lists that a home page leads to."""
    queries = ["", "?ordering=-rating", "?ordering=price", "?is_free=true", "?level=beginner", "?language=en"]
    queries += ["?rating_min=4.5&ordering=-rating", "?level=advanced", "?language=es", "?language=bn"]
    slugs = ("kitchen", "science", "music", "design", "business", "health", "languages", "code", "history")
    return [*queries, *(f"?category={slug}" for slug in slugs), f"?search={COMMON_WORD}"]


def _course_ids() -> list[UUID]:
    """Courses with an outline, from all over the catalogue."""
    ids = list(Module.objects.filter(position=1).values_list("course_id", flat=True).order_by("course_id"))
    return random.Random("details").sample(ids, min(_DETAILS, len(ids)))


def _visited_pages(headers: Mapping[str, str], size: int) -> list[tuple[int, str]]:
    """Pages by number, and our address of each, as often as they are visited."""
    last = -(-size // _PAGE_SIZE)
    visits = {min(page, last): 0 for page in [*PAGE_VISITS, last // 2]}
    for page, times in [*PAGE_VISITS.items(), (max(last // 2, 1), 1)]:
        visits[min(page, last)] = visits.get(min(page, last), 0) + times
    queries = _queries_of_pages(headers, set(visits))
    pages = [page for page, times in visits.items() for _ in range(times)]
    random.Random("pages").shuffle(pages)
    return [(page, queries[page]) for page in pages]


def _queries_of_pages(headers: Mapping[str, str], pages: set[int]) -> dict[int, str]:
    """Our addresses of these pages, found as an app finds them: by following `next`. Long pages are as good
    on the way, since a cursor is a place and not a page.
    """
    client = local_client()
    found, row, cursor = {}, 0, ""
    for page in sorted(pages):
        wanted = (page - 1) * _PAGE_SIZE
        while row < wanted:
            step = min(_LONGEST_PAGE, wanted - row)
            answer: dict[str, Any] = client.get(f"{API}?page_size={step}{cursor}", headers=headers).json()
            cursor = "&cursor=" + answer["next"].partition("cursor=")[2].partition("&")[0]
            row += step
        found[page] = f"?page_size={_PAGE_SIZE}{cursor}" if cursor else ""
    return found
