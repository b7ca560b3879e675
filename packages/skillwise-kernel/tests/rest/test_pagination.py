"""Pages by keyset: every row once, in order, whatever happens to the list meanwhile."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_samples.models import Book
from rest_samples.views import ORDERINGS
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

BOOKS = "/api/v1/books/"
#: More pages than any of these lists has.
MANY = 50


def make_books(*titles: str, **attributes: Any) -> list[Book]:
    return Book.objects.bulk_create([Book(title=title, **attributes) for title in titles])


def read(api: ApiClient, address: str) -> dict[str, Any]:
    response = api.get(address)
    assert response.status_code == 200, response.content
    page: dict[str, Any] = api.json(response)
    return page


def titles(page: dict[str, Any]) -> list[str]:
    return [book["title"] for book in page["results"]]


def pages(api: ApiClient, address: str, link: str = "next") -> Iterator[list[str]]:
    """The ids of each page from `address` on, by following `link`."""
    following: str | None = address
    for _ in range(MANY):
        if following is None:
            return
        page = read(api, following)
        yield [book["id"] for book in page["results"]]
        following = page[link]
    pytest.fail("the links lead nowhere")


def flat(pages: Iterable[list[str]]) -> list[str]:
    return [book_id for page in pages for book_id in page]


def last_page(api: ApiClient, address: str) -> str:
    for _ in range(MANY):
        following = read(api, address)["next"]
        if following is None:
            return address
        address = following
    pytest.fail("the links lead nowhere")


@pytest.fixture
def tangled_books() -> list[Book]:
    """Rows with ties, and with nulls in every column that allows them."""
    chance = random.Random(7)  # noqa: S311 - the same rows each time
    start = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
    return Book.objects.bulk_create(
        Book(
            title=chance.choice("abc"),
            shelf=chance.choice([None, "x", "y"]),
            rating=chance.choice([None, Decimal("1.00"), Decimal("4.25"), Decimal("4.50")]),
            published_at=chance.choice([None, start, start + timedelta(microseconds=1)]),
        )
        for _ in range(40)
    )


def as_sorted_in_memory(books: list[Book], ordering: tuple[str, ...]) -> list[str]:
    rows = list(books)
    for name in reversed(ordering):
        path, descending = name.removeprefix("-"), name.startswith("-")
        known = sorted(
            (row for row in rows if getattr(row, path) is not None),
            key=lambda row: getattr(row, path),
            reverse=descending,
        )
        rows = known + [row for row in rows if getattr(row, path) is None]
    return [str(row.id) for row in rows]


@pytest.mark.parametrize("order", ORDERINGS)
@pytest.mark.parametrize("size", [1, 7, 40])
def test_every_row_comes_once_and_in_order_forwards_and_backwards(
    api: ApiClient, tangled_books: list[Book], order: str, size: int
) -> None:
    address = f"{BOOKS}?order={order}&page_size={size}"

    forwards = list(pages(api, address))
    backwards = list(pages(api, last_page(api, address), "previous"))

    assert flat(forwards) == as_sorted_in_memory(tangled_books, ORDERINGS[order])
    assert flat(reversed(backwards)) == flat(forwards)


def test_rows_inserted_between_pages_neither_repeat_nor_hide_others(api: ApiClient) -> None:
    make_books("b", "d", "f", "h")
    first = read(api, f"{BOOKS}?page_size=2")

    make_books("a", "c", "e", "g")
    second = read(api, first["next"])
    back = read(api, second["previous"])

    assert titles(first) == ["b", "d"]
    assert titles(second) == ["e", "f"]
    assert titles(back) == ["c", "d"]


def test_rows_deleted_between_pages_are_not_missed(api: ApiClient) -> None:
    make_books("a", "b", "c", "d", "e")
    first = read(api, f"{BOOKS}?page_size=2")

    Book.objects.filter(title__in=["a", "b", "c"]).delete()

    assert titles(read(api, first["next"])) == ["d", "e"]


def test_a_page_that_emptied_meanwhile_still_leads_back(api: ApiClient) -> None:
    make_books("a", "b", "c")
    first = read(api, f"{BOOKS}?page_size=2")

    Book.objects.filter(title="c").delete()
    empty = read(api, first["next"])

    assert (titles(empty), empty["next"]) == ([], None)
    assert titles(read(api, empty["previous"])) == ["a", "b"]


def test_a_beginning_that_emptied_meanwhile_still_leads_on(api: ApiClient) -> None:
    make_books("a", "b", "c")
    second = read(api, read(api, f"{BOOKS}?page_size=2")["next"])

    Book.objects.filter(title__in=["a", "b"]).delete()
    empty = read(api, second["previous"])

    assert (titles(empty), empty["previous"]) == ([], None)
    assert titles(read(api, empty["next"])) == ["c"]


def test_the_ends_have_no_link_beyond_them(api: ApiClient) -> None:
    make_books("a", "b", "c")

    first = read(api, f"{BOOKS}?page_size=2")
    second = read(api, first["next"])

    assert first["previous"] is None
    assert second["next"] is None
    assert read(api, second["previous"])["previous"] is None


def test_an_empty_list_is_one_page(api: ApiClient) -> None:
    assert read(api, BOOKS) == {"next": None, "previous": None, "results": []}


def test_links_are_paths_that_keep_the_other_parameters(api: ApiClient) -> None:
    make_books("a", "b")

    link = urlsplit(read(api, f"{BOOKS}?page_size=1&order=title&q=%C3%A9%26")["next"])

    assert (link.scheme, link.netloc, link.path) == ("", "", BOOKS)
    assert parse_qs(link.query).keys() == {"page_size", "order", "q", "cursor"}
    assert parse_qs(link.query)["q"] == ["é&"]


@pytest.mark.parametrize(
    "asked",
    ["0", "101", "-1", "ten", "1.5", "", "٣", "9" * 400, "000000001500", "000000001" + "9" * 21, "007"],
)
def test_a_page_size_that_is_none_is_bad_input(api: ApiClient, asked: str) -> None:
    response = api.get(BOOKS, {"page_size": asked})

    assert response.status_code == 400
    assert api.json(response)["code"] == "invalid_input"
    assert [error["pointer"] for error in api.json(response)["errors"]] == ["/page_size"]


@pytest.mark.parametrize("asked", ["1", "100"])
def test_the_limits_of_a_page_size_belong_to_it(api: ApiClient, asked: str) -> None:
    assert api.get(BOOKS, {"page_size": asked}).status_code == 200


def cursor_of(api: ApiClient, address: str) -> str:
    return parse_qs(urlsplit(read(api, address)["next"]).query)["cursor"][0]


@pytest.mark.parametrize("cursor", ["", "x", "a:b", "WzFd:AAAA", "é"])
def test_a_cursor_that_was_made_up_is_refused(api: ApiClient, cursor: str) -> None:
    response = api.get(BOOKS, {"cursor": cursor})

    assert (response.status_code, api.json(response)["code"]) == (400, "invalid_cursor")


def test_an_altered_cursor_is_refused(api: ApiClient) -> None:
    make_books("a", "b")
    cursor = cursor_of(api, f"{BOOKS}?page_size=1")

    response = api.get(BOOKS, {"cursor": "A" + cursor[1:]})

    assert (response.status_code, api.json(response)["code"]) == (400, "invalid_cursor")


def test_a_cursor_of_another_order_is_refused(api: ApiClient) -> None:
    make_books("a", "b")
    cursor = cursor_of(api, f"{BOOKS}?page_size=1&order=title")

    response = api.get(BOOKS, {"cursor": cursor, "order": "rating"})

    assert (response.status_code, api.json(response)["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("order", ORDERINGS)
def test_a_page_takes_one_query_that_neither_counts_nor_skips(
    api: ApiClient, tangled_books: list[Book], order: str
) -> None:
    first = read(api, f"{BOOKS}?order={order}&page_size=5")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        read(api, first["next"])

    (query,) = queries.captured_queries
    assert "COUNT" not in query["sql"]
    assert "OFFSET" not in query["sql"]


def test_a_page_far_down_is_one_range_of_the_index(api: ApiClient) -> None:
    make_books(*(f"{number:05}" for number in range(3000)))
    first = read(api, f"{BOOKS}?page_size=5")
    with CaptureQueriesContext(connection) as queries:
        read(api, first["next"])

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE rest_samples_book")
        cursor.execute(f"EXPLAIN {queries.captured_queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Scan using book_by_title" in plan
    assert "Index Cond: (ROW(" in plan
    assert "Sort" not in plan


def test_never_null_columns_are_compared_as_rows() -> None:
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory
    from skillwise_kernel.rest.pagination import KeysetPagination

    class Published(KeysetPagination):
        ordering = ("-published_at", "-id")
        never_null = frozenset({"published_at"})
        page_size = 1

    make_books("a", "b", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    paginator = Published()
    paginator.paginate_queryset(Book.objects.all(), Request(APIRequestFactory().get("/")))
    following = paginator.get_paginated_response([]).data["next"]

    with CaptureQueriesContext(connection) as queries:
        page = Published().paginate_queryset(Book.objects.all(), Request(APIRequestFactory().get(following)))

    assert len(page) == 1
    assert "NULLS" not in queries.captured_queries[0]["sql"]
    assert "ROW(" in queries.captured_queries[0]["sql"]


def test_annotations_and_plain_dicts_can_be_paged(api: ApiClient) -> None:
    from django.db.models.functions import Upper
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory
    from skillwise_kernel.rest.pagination import KeysetPagination

    class Loudly(KeysetPagination):
        ordering = ("loud", "id")
        page_size = 1

    make_books("b", "a")
    rows = Book.objects.annotate(loud=Upper("title")).values("id", "loud")
    seen, address = [], "/"
    while address:
        paginator = Loudly()
        seen += [
            row["loud"]
            for row in paginator.paginate_queryset(rows, Request(APIRequestFactory().get(address)))
        ]
        address = paginator.get_paginated_response([]).data["next"]

    assert seen == ["A", "B"]
