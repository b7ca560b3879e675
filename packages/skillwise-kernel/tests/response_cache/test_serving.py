"""What a guest is answered out of the cache is what the view would answer, in every encoding."""

import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from django.http import HttpResponse
from rest_samples.models import Book
from rest_samples.views import SHELVES, ShelfView
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

from .conftest import SHELF


@pytest.fixture
def full(book: Book) -> None:
    """A shelf worth compressing."""
    Book.objects.bulk_create(Book(title=f"Volume {number}", shelf="novels") for number in range(40))
    SHELVES.invalidate()


@pytest.fixture
def get(api: ApiClient, book: Book) -> Callable[..., HttpResponse]:
    def get(**headers: str) -> HttpResponse:
        return api.get(SHELF, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return get


def test_a_hit_runs_no_query_and_reaches_no_view(
    get: Callable[..., HttpResponse], django_assert_num_queries: Any
) -> None:
    first = get()

    with django_assert_num_queries(0):
        again = get()

    assert ShelfView.renderings == 1
    assert again.content == first.content
    assert {**again.headers, "X-Request-ID": ""} == {**first.headers, "X-Request-ID": ""}
    assert again["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert set(again["Vary"].split(", ")) == {"Accept", "Accept-Encoding", "Authorization"}


def test_a_hit_is_answered_before_django_looks_for_its_view(get: Callable[..., Any]) -> None:
    first, again = get(), get()

    assert first.wsgi_request.resolver_match is not None
    assert again.wsgi_request.resolver_match is None


@pytest.mark.parametrize(
    ("accepted", "used"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("identity", None),
        ("deflate", None),
        ("gzip;q=0, br;q=0", None),
        ("*;q=0", None),
        ("gzip;q=nonsense", None),
        (", ;", None),
        ("", None),
        ("gzip," * 60, None),
    ],
)
@pytest.mark.usefixtures("full")
def test_a_body_is_encoded_as_the_guest_accepts(
    get: Callable[..., HttpResponse], accepted: str, used: str | None
) -> None:
    plain = get()

    answer = get(Accept_Encoding=accepted)

    assert answer.headers.get("Content-Encoding") == used
    decoded = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[used](answer.content)
    assert decoded == plain.content
    assert ShelfView.renderings == 1


@pytest.mark.usefixtures("full")
def test_each_encoding_has_an_etag_of_its_own_and_its_own_304(get: Callable[..., HttpResponse]) -> None:
    tags = {coding: get(Accept_Encoding=coding)["ETag"] for coding in ("identity", "gzip", "br")}
    assert len(set(tags.values())) == 3
    assert all(tag.startswith('"v7-') for tag in tags.values())  # If-Match knows it in any of them

    for coding, tag in tags.items():
        for held in (tag, f"W/{tag}", f'"another", {tag}', "*"):
            answer = get(Accept_Encoding=coding, If_None_Match=held)
            assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
            assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
            assert "Accept-Encoding" in answer["Vary"]
            assert "Content-Encoding" not in answer
        others = ", ".join(other for other in tags.values() if other != tag)
        assert get(Accept_Encoding=coding, If_None_Match=others).status_code == 200


def test_a_304_to_the_first_who_asks_leaves_the_whole_answer_to_the_others(
    get: Callable[..., HttpResponse],
) -> None:
    first = get()
    SHELVES.invalidate()

    assert get(If_None_Match=first["ETag"]).status_code == 304

    assert get().content == first.content
    assert ShelfView.renderings == 2


def test_a_small_body_is_not_compressed(get: Callable[..., HttpResponse]) -> None:
    assert "Content-Encoding" not in get(Accept_Encoding="br")


def test_head_says_what_get_says(api: ApiClient, get: Callable[..., HttpResponse]) -> None:
    answer = get()

    head = api.head(SHELF)

    assert head.content == b""
    assert {**head.headers, "X-Request-ID": ""} == {**answer.headers, "X-Request-ID": ""}
    assert ShelfView.renderings == 1


@pytest.mark.parametrize("accept", ["application/json", "text/html, */*;q=0.8, */*", "application/*"])
def test_a_guest_who_takes_json_gets_what_is_kept(get: Callable[..., HttpResponse], accept: str) -> None:
    get()

    assert get(Accept=accept).status_code == 200
    assert ShelfView.renderings == 1


def test_a_guest_who_takes_no_json_is_told_so(get: Callable[..., HttpResponse]) -> None:
    get()

    assert get(Accept="text/html").status_code == 406


def test_somebody_who_says_who_they_are_is_answered_by_the_view(api: ApiClient, book: Book) -> None:
    api.get(SHELF)
    student = api.as_actor(new_id())

    answers = [student.get(SHELF) for _ in range(2)]

    assert ShelfView.renderings == 3
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-cache"}


def test_writing_is_never_answered_out_of_the_cache(api: ApiClient, book: Book) -> None:
    api.get(SHELF)

    assert api.post(SHELF).status_code == 405


def test_what_is_not_there_is_not_kept(api: ApiClient, book: Book) -> None:
    assert api.get("/api/v1/shelves/poems/").status_code == 404

    Book.objects.create(title="A poem", shelf="poems")

    assert api.get("/api/v1/shelves/poems/").status_code == 200


@pytest.mark.parametrize("query", ["?q=%00", "?q=%ff%fe", "?q=%", "?" + "x" * 5000])
def test_a_strange_address_is_judged_by_the_view(api: ApiClient, book: Book, query: str) -> None:
    kept, again = (api.get(SHELF + query) for _ in range(2))

    expected = 400 if "%00" in query else 200
    assert (kept.status_code, again.status_code) == (expected, expected)


def test_a_question_mark_within_a_path_is_not_a_query(api: ApiClient, book: Book) -> None:
    Book.objects.create(title="Why?", shelf="novels/?a")

    assert api.get(SHELF + "?a").status_code == 200
    assert api.get("/api/v1/shelves/novels%2F%3Fa").status_code != 200
