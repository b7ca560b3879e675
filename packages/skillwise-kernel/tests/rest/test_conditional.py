"""Conditional requests (RFC 9110 §13)."""

import re

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_samples.models import Book
from skillwise_kernel.errors import PreconditionFailedError
from skillwise_kernel.ids import new_id
from skillwise_kernel.rest.conditional import expected_version, expected_whole
from skillwise_kernel.rest.etags import etag, etag_of_encoding
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    return Book.objects.create(title="Flatland", version=7)


@pytest.fixture
def address(book: Book) -> str:
    return f"/api/v1/books/{book.id}/"


@pytest.fixture
def editor() -> ApiClient:
    return ApiClient().as_actor(new_id(), roles=["editor"])


def test_a_read_of_something_versioned_carries_its_version_and_a_hash_of_the_bytes(
    api: ApiClient, address: str
) -> None:
    response = api.get(address)

    assert re.fullmatch(r'"v7-[0-9a-f]{32}"', response["ETag"])
    assert response["ETag"] == etag(7, response.content)
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Authorization"} <= set(response["Vary"].split(", "))


def test_a_read_without_versions_carries_the_hash_alone_and_the_views_own_caching(api: ApiClient) -> None:
    response = api.get("/api/v1/notice/")

    assert response["ETag"] == etag(None, response.content)
    assert response["Cache-Control"] == "public, max-age=60"


def test_a_list_is_tagged_too(api: ApiClient, book: Book) -> None:
    before = api.get("/api/v1/books/")["ETag"]

    Book.objects.create(title="Sphereland")

    assert api.get("/api/v1/books/")["ETag"] != before


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",W/{} , "more"', "*"])
def test_whoever_holds_the_current_answer_gets_304_without_a_body(
    api: ApiClient, address: str, form: str
) -> None:
    full = api.get(address)

    response = api.get(address, headers={"if-none-match": form.format(full["ETag"])})

    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == full["ETag"]
    assert response["Cache-Control"] == full["Cache-Control"]
    assert response["Vary"] == full["Vary"]
    assert response["X-Request-ID"]
    assert not response.has_header("Content-Type")


@pytest.mark.parametrize("header", ['"other"', "garbage", '"unclosed', "", '"v7-"'])
def test_whoever_holds_something_else_gets_the_answer(api: ApiClient, address: str, header: str) -> None:
    assert api.get(address, headers={"if-none-match": header}).status_code == 200


def test_a_changed_thing_is_sent_again(api: ApiClient, book: Book, address: str) -> None:
    before = api.get(address)["ETag"]

    Book.objects.filter(id=book.id).update(title="Flatland, revised")

    assert api.get(address, headers={"if-none-match": before}).status_code == 200


def test_head_answers_as_get_does(api: ApiClient, address: str) -> None:
    full = api.get(address)

    assert api.head(address)["ETag"] == full["ETag"]
    assert api.head(address, headers={"if-none-match": full["ETag"]}).status_code == 304


def test_errors_carry_no_tag_and_are_not_stored(api: ApiClient) -> None:
    response = api.get(f"/api/v1/books/{new_id()}/", headers={"if-none-match": "*"})

    assert response.status_code == 404
    assert not response.has_header("ETag")
    assert response["Cache-Control"] == "no-store"


def test_an_edit_of_what_was_last_read_succeeds_and_brings_the_next_tag(
    editor: ApiClient, address: str
) -> None:
    read = editor.get(address)["ETag"]

    edited = editor.patch(address, {"title": "Sphereland"}, headers={"if-match": read})
    again = editor.patch(address, {"title": "Spaceland"}, headers={"if-match": edited["ETag"]})

    assert (edited.status_code, again.status_code) == (200, 200)
    assert edited["ETag"].startswith('"v8-')
    assert edited["Cache-Control"] == "no-store"
    assert editor.get(address)["ETag"] == again["ETag"]


def test_an_edit_of_what_someone_else_changed_is_412(editor: ApiClient, book: Book, address: str) -> None:
    read = editor.get(address)["ETag"]
    editor.patch(address, {"title": "Sphereland"})

    response = editor.patch(address, {"title": "Spaceland"}, headers={"if-match": read})

    assert (response.status_code, editor.json(response)["code"]) == (412, "precondition_failed")
    book.refresh_from_db()
    assert book.title == "Sphereland"


@pytest.mark.parametrize(
    "header", ['"0123"', 'W/"v7-00000000000000000000000000000000"', "7", "", '"v7"', '"v\u0667-0"']
)
def test_an_if_match_that_can_match_nothing_is_412(editor: ApiClient, address: str, header: str) -> None:
    response = editor.patch(address, {"title": "x"}, headers={"if-match": header})

    assert response.status_code == 412


@pytest.mark.parametrize("header", ["*", " * ", '"other", "v7-00000000000000000000000000000000"'])
def test_an_if_match_of_anything_or_of_several_lets_the_edit_through(
    editor: ApiClient, address: str, header: str
) -> None:
    assert editor.patch(address, {"title": "x"}, headers={"if-match": header}).status_code == 200


def test_what_others_count_of_a_thing_does_not_stand_in_the_way_of_an_edit(
    editor: ApiClient, book: Book, address: str
) -> None:
    read = editor.get(address)["ETag"]
    Book.objects.filter(id=book.id).update(title="moved by a reaction, without a new version")

    assert editor.patch(address, {"title": "x"}, headers={"if-match": read}).status_code == 200


def test_a_tag_of_a_whole_says_its_own_version_and_that_of_all_of_it() -> None:
    tag = etag(7, b"Flatland", whole=64)

    assert re.fullmatch(r'"v7\.64-[0-9a-f]{32}"', tag)
    assert etag_of_encoding(tag, b"squeezed") == etag(7, b"squeezed", whole=64)
    assert expected_version(asking(tag)) == 7
    assert expected_whole(asking(tag)) == 64


@pytest.mark.parametrize("header", [None, "*"])
def test_whoever_names_no_version_means_whichever_whole_there_is(header: str | None) -> None:
    assert expected_whole(asking(header)) is None


def test_of_several_wholes_the_one_of_the_latest_version_counts() -> None:
    tags = [etag(8, b"b", whole=3), etag(7, b"a", whole=64), etag(9, b"c")]

    assert expected_whole(asking(", ".join(tags))) == 3


@pytest.mark.parametrize(
    "header", [etag(7, b"Flatland"), '"other"', '"v7.-00000000000000000000000000000000"']
)
def test_a_tag_that_says_nothing_of_the_whole_does_not_match_it(header: str) -> None:
    with pytest.raises(PreconditionFailedError):
        expected_whole(asking(header))


def asking(header: str | None) -> Request:
    return Request(APIRequestFactory().delete("/", headers={"If-Match": header} if header else {}))
