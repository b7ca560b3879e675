"""Queries that are put together once: the rows are those that Django would find each time."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import ExpressionWrapper, F, QuerySet, TextField
from django.test.utils import CaptureQueriesContext
from rest_samples.models import Book
from skillwise_kernel.compiled import CompiledQueries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books() -> None:
    Book.objects.bulk_create([Book(title=title) for title in "abcd"])


class Making:
    """Makes the query of the books from a title on, and counts how often it had to."""

    def __init__(self, title: str, *, beside: str = "") -> None:
        self.times = 0
        self._title, self._beside = title, beside

    def __call__(self) -> QuerySet[Book, dict[str, Any]]:
        self.times += 1
        return (
            Book.objects.filter(title__gte=self._title).exclude(title=self._beside).values("title", "version")
        )


def plain(title: str) -> QuerySet[Book, dict[str, Any]]:
    return Book.objects.filter(title__gte=title).order_by("title").values("title", "version")


class LoudField(TextField):
    def from_db_value(self, value: str, *_: Any) -> str:
        return value.upper()


def titles(rows: list[dict[str, Any]]) -> list[str]:
    return [row["title"] for row in rows]


def test_a_query_is_put_together_once_and_asked_with_each_ones_values() -> None:
    compiled = CompiledQueries(most=5)
    assert compiled.rows("from", ["b"], lambda: plain("b")) == list(plain("b"))

    with CaptureQueriesContext(connection) as asked:
        found = compiled.rows("from", ["c"], lambda: pytest.fail("it was put together again"))

    assert found == list(plain("c")) == [{"title": "c", "version": 1}, {"title": "d", "version": 1}]
    assert len(asked) == 1


def test_a_query_with_values_of_its_own_is_put_together_each_time() -> None:
    compiled = CompiledQueries(most=5)

    for beside, others in (("c", ["b", "d"]), ("d", ["b", "c"])):
        make = Making("b", beside=beside)
        assert titles(compiled.rows("from", ["b"], make)) == others
        assert make.times == 1


def test_a_query_whose_columns_django_converts_is_put_together_each_time() -> None:
    compiled = CompiledQueries(most=5)

    def make() -> QuerySet[Book, dict[str, Any]]:
        loud = ExpressionWrapper(F("title"), output_field=LoudField())
        return Book.objects.filter(title__gte="d").values(loud=loud)

    for _ in range(2):
        assert compiled.rows("loud", ["d"], make) == [{"loud": "D"}]


def test_no_more_queries_are_kept_than_were_to_be_and_the_oldest_makes_room() -> None:
    compiled = CompiledQueries(most=1)
    for key in ("first", "second"):
        compiled.rows(key, ["b"], lambda: plain("b"))

    again = Making("d")
    assert titles(compiled.rows("second", ["d"], lambda: pytest.fail("the second was not kept"))) == ["d"]
    assert titles(compiled.rows("first", ["d"], again)) == ["d"]
    assert again.times == 1
