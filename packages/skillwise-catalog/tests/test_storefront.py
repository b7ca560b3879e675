"""Everybody browses, searches, filters and orders the published courses."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog import api as catalog
from skillwise_catalog.selectors.storefront.listing import ORDERINGS
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.testing import make_course
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from storefront import COURSES, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def titles(reader: ApiClient) -> Callable[..., list[str]]:
    """`titles(search="bread")`: the titles listed for these parameters."""

    def listed(**params: Any) -> list[str]:
        answer = reader.get(COURSES, params)
        assert answer.status_code == 200, answer.content
        return [course["title"] for course in reader.json(answer)["results"]]

    return listed


def test_the_newest_come_first_and_drafts_not_at_all(titles: Callable[..., list[str]]) -> None:
    for number, title in enumerate(["Oldest", "Middle", "Newest"]):
        make_course(title=title, now=NOW + timedelta(days=number))
    make_course(title="Draft", published=False)

    assert titles() == ["Newest", "Middle", "Oldest"]


def test_a_listed_course_says_all_that_a_storefront_shows(
    reader: ApiClient, people: Callable[[str], UUID]
) -> None:
    course = make_course(owner_id=people("Ada Lovelace"), lessons=3, now=NOW)
    catalog.set_course_rating(course_id=course.id, average=Decimal("4.666"), count=3)
    catalog.set_enrollment_count(course_id=course.id, count=12)

    (listed,) = reader.json(reader.get(COURSES))["results"]

    assert listed == {
        "id": str(course.id),
        "slug": "bread-from-three-ingredients",
        "title": "Bread from Three Ingredients",
        "subtitle": "Flour, water, salt",
        "language": "en",
        "level": "beginner",
        "category": {"slug": "bread", "name": "Bread"},
        "tags": [],
        "price": {"amount": 4999, "currency": "USD"},
        "owner": {"id": str(course.owner_id), "display_name": "Ada Lovelace"},
        "instructors": [{"id": str(course.owner_id), "display_name": "Ada Lovelace", "role": "owner"}],
        "rating": {"average": 4.67, "count": 3},
        "enrollment_count": 12,
        "lesson_count": 3,
        "duration": 0,
        "status": "published",
        "published_at": listed["published_at"],
        "updated_at": listed["updated_at"],
        "cover_url": None,
    }


def test_search_finds_words_with_or_without_accents_in_any_case(titles: Callable[..., list[str]]) -> None:
    make_course(title="Élan Vital", description="Ça va?")
    make_course(title="Über das Brot", description="Mehl")

    assert titles(search="elan") == ["Élan Vital"]
    assert titles(search="ÉLAN") == ["Élan Vital"]
    assert titles(search="uber BROT") == ["Über das Brot"]
    assert titles(search="ça") == titles(search="ca") == ["Élan Vital"]
    assert titles(search="brot vital") == []


def test_a_word_in_the_title_counts_more_than_one_below_it(titles: Callable[..., list[str]]) -> None:
    make_course(title="C", subtitle="-", description="All about rye.")
    make_course(title="A rye loaf", subtitle="-", description="-")
    make_course(title="B", subtitle="With rye", description="-")

    assert titles(search="rye") == ["A rye loaf", "B", "C"]
    assert titles(search="rye", ordering="title") == ["A rye loaf", "B", "C"]
    assert titles(search="rye", ordering="-title") == ["C", "B", "A rye loaf"]


def test_phrases_alternatives_and_exclusions_work_as_in_web_searches(
    titles: Callable[..., list[str]],
) -> None:
    make_course(title="Rye bread")
    make_course(title="Bread with rye")
    make_course(title="Spelt cake")

    assert titles(search='"rye bread"') == ["Rye bread"]
    assert titles(search="bread -with") == ["Rye bread"]
    assert set(titles(search="cake or bread")) == {"Rye bread", "Bread with rye", "Spelt cake"}


@pytest.mark.parametrize(
    "title",
    [
        "Bread - and more",
        "Bread -- and more",
        "C++ & C#: what's next?",
        "Bread (from scratch)",
        "50 % water, 2 % salt",
        "はじめての俳句",
        "বাংলায় পাইথন",
    ],
)
def test_a_title_as_it_stands_finds_its_course(titles: Callable[..., list[str]], title: str) -> None:
    make_course(title=title)

    assert titles(search=title) == [title]


def test_a_category_includes_those_below_it(titles: Callable[..., list[str]]) -> None:
    make_course(title="Rye", category=("Kitchen", "Bread", "Rye"))
    make_course(title="Loaf", category=("Kitchen", "Bread"))
    make_course(title="Soup", category=("Kitchen",))
    make_course(title="Stars", category=("Science",))

    assert titles(category="kitchen", ordering="title") == ["Loaf", "Rye", "Soup"]
    assert titles(category="bread", ordering="title") == ["Loaf", "Rye"]
    assert titles(category="rye") == ["Rye"]
    assert titles(category="no-such") == []


def test_filters_narrow_each_other_down(titles: Callable[..., list[str]]) -> None:
    make_course(title="Free", price=Money(0, "EUR"), level="all", language="pt-BR")
    make_course(title="Cheap", price=Money(900, "EUR"), level="beginner", language="pt")
    make_course(title="Dear", price=Money(90_000, "EUR"), level="advanced", language="ptx")
    make_course(title="Yen", price=Money(900, "JPY"), level="beginner", language="ja")

    assert titles(is_free="true") == ["Free"]
    assert titles(is_free="false", ordering="title") == ["Cheap", "Dear", "Yen"]
    assert titles(level="beginner", ordering="title") == ["Cheap", "Yen"]
    assert titles(level="beginner", currency="JPY") == ["Yen"]
    assert titles(language="pt", ordering="title") == ["Cheap", "Free"]
    assert titles(language="PT-br") == ["Free"]
    assert titles(currency="EUR", price_min=1, price_max=900) == ["Cheap"]
    assert titles(currency="EUR", price_max=0) == ["Free"]


def test_ratings_filter_and_order(titles: Callable[..., list[str]]) -> None:
    for title, average, count in [("Good", "4.5", 2), ("Best", "5", 1), ("Poor", "2", 9), ("New", None, 0)]:
        course = make_course(title=title)
        catalog.set_course_rating(
            course_id=course.id, average=Decimal(average) if average else None, count=count
        )

    assert titles(rating_min="4.5", ordering="title") == ["Best", "Good"]
    assert titles(ordering="-rating") == ["Best", "Good", "Poor", "New"]
    assert titles(ordering="rating") == ["New", "Poor", "Good", "Best"]


@pytest.mark.parametrize(
    ("params", "pointer", "code"),
    [
        ({"level": "expert"}, "/level", "invalid_choice"),
        ({"language": "not a tag"}, "/language", "invalid_language"),
        ({"currency": "XXX"}, "/currency", "invalid_choice"),
        ({"price_min": "5"}, "/currency", "currency_required"),
        ({"price_min": "-1", "currency": "USD"}, "/price_min", "min_value"),
        ({"price_max": "1.5", "currency": "USD"}, "/price_max", "invalid"),
        ({"price_max": "9" * 30, "currency": "USD"}, "/price_max", "max_value"),
        ({"is_free": "maybe"}, "/is_free", "invalid_choice"),
        ({"rating_min": "6"}, "/rating_min", "max_value"),
        ({"rating_min": "NaN"}, "/rating_min", "invalid"),
        ({"ordering": "owner"}, "/ordering", "invalid_choice"),
        ({"ordering": "relevance"}, "/ordering", "search_required"),
        ({"search": "x" * 201}, "/search", "max_length"),
        ({"page_size": "101"}, "/page_size", "invalid_page_size"),
    ],
)
def test_a_parameter_that_is_not_valid_is_named(
    reader: ApiClient, params: dict[str, str], pointer: str, code: str
) -> None:
    answer = reader.get(COURSES, params)

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in reader.json(answer)["errors"]] == [(pointer, code)]


def test_pages_of_every_order_hold_each_course_once(api: ApiClient, reader: ApiClient) -> None:
    expected = set()
    for number in range(11):
        course = make_course(
            title=["Rye", "rye", "Ryé", "Rye bread"][number % 4],
            price=Money(900 * (number % 2), "USD"),
            now=NOW + timedelta(days=number % 3),
            lessons=1,
        )
        if number % 3:
            catalog.set_course_rating(course_id=course.id, average=Decimal(2 + number % 3), count=1)
        expected.add(str(course.id))

    for ordering in ORDERINGS:
        seen: list[str] = []
        link: str | None = f"{COURSES}?search=rye&page_size=4&ordering={ordering}"
        while link:
            page = api.json(reader.get(link))
            seen += [course["id"] for course in page["results"]]
            link = page["next"]

        assert len(seen) == len(expected)
        assert set(seen) == expected
        whole = api.json(reader.get(f"{COURSES}?search=rye&page_size=100&ordering={ordering}"))["results"]
        assert [course["id"] for course in whole] == seen


def test_a_list_takes_two_queries_and_a_course_one_besides_the_sessions_however_large(
    reader: ApiClient, people: Callable[[str], UUID], django_assert_num_queries: Any
) -> None:
    for size in (1, 4):
        for _ in range(size):
            course = make_course(owner_id=people("Somebody"), modules=size, lessons=size)
        for params, queries in [
            ({}, 1),
            ({"category": "kitchen", "search": "bread", "level": "beginner"}, 2),
            ({"search": "braed"}, 2),
            ({"search": "bread", "ordering": "price", "include": "modules"}, 1),
        ]:
            with django_assert_num_queries(queries):
                assert reader.json(reader.get(COURSES, params))["results"]
        with django_assert_num_queries(1):
            reader.get(f"{COURSES}{course.id}/")


def test_categories_are_listed_as_a_tree_in_one_query(
    reader: ApiClient, django_assert_num_queries: Any
) -> None:
    ensure_category(path=("Science", "Astronomy"))
    ensure_category(path=("Kitchen", "Bread", "Rye"))
    assert ensure_category(path=("kitchen", "BREAD")).slug == "bread"

    with django_assert_num_queries(1):
        tree = reader.json(reader.get("/api/v1/categories/"))["results"]

    assert [(item["slug"], item["parent"], item["depth"]) for item in tree] == [
        ("kitchen", None, 1),
        ("bread", "kitchen", 2),
        ("rye", "bread", 3),
        ("science", None, 1),
        ("astronomy", "science", 2),
    ]
