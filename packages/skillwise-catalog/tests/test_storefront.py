"""Everybody browses, searches, filters and orders the published courses."""

import contextlib
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from skillwise_catalog import api as catalog
from skillwise_catalog.domain.searches import read_search
from skillwise_catalog.domain.text import TextRefusedError, clean_line
from skillwise_catalog.models import Category, Course, Edition
from skillwise_catalog.selectors.storefront.listing import ORDERINGS
from skillwise_catalog.selectors.storefront.searching import matching
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.services.courses import create_course
from skillwise_catalog.services.projection import render
from skillwise_catalog.testing import make_course
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NAUGHTY_STRINGS = Path(__file__).parents[4] / "shared/data/text/naughty-strings.json"


@pytest.fixture
def reader(student: ApiClient) -> ApiClient:
    """Somebody logged in: what they read comes from the database."""
    return student


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


@pytest.fixture
def naughty_strings() -> list[str]:
    if not NAUGHTY_STRINGS.exists():
        pytest.skip(f"the shared naughty strings are not at {NAUGHTY_STRINGS}")
    strings: list[str] = json.loads(NAUGHTY_STRINGS.read_text())
    return strings


def test_naughty_strings_as_search_terms_and_titles_harm_nobody(
    api: ApiClient, naughty_strings: list[str]
) -> None:
    for text in naughty_strings[::8]:
        actor = api.as_actor(new_id(), roles=["instructor"])
        found = actor.get(COURSES, {"search": text})
        assert found.status_code in {200, 400}, (text, found.content)
        answer = actor.post(COURSES, {"title": text})
        assert answer.status_code in {201, 400}, (text, answer.content)


def test_what_is_accepted_of_naughty_strings_is_kept_and_found_again(naughty_strings: list[str]) -> None:
    kept = {}
    for text in naughty_strings:
        with contextlib.suppress(TextRefusedError):
            title = clean_line(text, max_length=200)
            kept[create_course(owner_id=new_id(), fields={"title": title}, now=NOW).id] = title

    assert len(kept) > 400
    assert dict(Course.objects.values_list("id", "title")) == kept


def test_naughty_strings_are_searched_for_without_harm(naughty_strings: list[str]) -> None:
    make_course(title="社會科學院語學研究所")

    for text in naughty_strings:
        assert matching(Edition.objects.all(), read_search(text.replace("\x00", ""))).count() >= 0
    assert matching(Edition.objects.all(), read_search("社會科學院語學研究所")).count() == 1


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


def test_a_list_takes_three_queries_and_a_course_four_however_large(
    reader: ApiClient, people: Callable[[str], UUID], django_assert_num_queries: Any
) -> None:
    for size in (1, 4):
        for _ in range(size):
            course = make_course(owner_id=people("Somebody"), modules=size, lessons=size)
        for params, queries in [
            ({}, 1),
            ({"category": "kitchen", "search": "bread", "level": "beginner"}, 2),
            ({"search": "braed"}, 3),
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


@pytest.fixture
def many_courses(db: None) -> list[Category]:
    """3,000 published courses in 30 categories, and as PostgreSQL knows of them after an autovacuum."""
    chance = random.Random(11)  # noqa: S311 - the same courses each time
    shelves = [ensure_category(path=(f"Top {number % 5}", f"Shelf {number}")) for number in range(30)]
    words = [f"word{number}" for number in range(5_000)]
    courses: list[Course] = []
    editions: list[Edition] = []
    for number in range(3_000):
        course = Course(
            id=(course_id := new_id()),
            owner_id=new_id(),
            slug=course_id.hex,
            title=" ".join(chance.sample(words, 4)),
            status="published",
            published_at=NOW + timedelta(minutes=number),
            created_at=NOW,
            updated_at=NOW,
        )
        courses.append(course)
        editions.append(
            edition := Edition(
                course=course,
                is_listed=True,
                number=1,
                slug=course.slug,
                owner_id=course.owner_id,
                title=course.title,
                description=" ".join(chance.sample(words, 20)),
                category=chance.choice(shelves),
                language=chance.choice(["en", "de", "pt-BR", "bn", "ja"]),
                level=chance.choice(["beginner", "intermediate", "advanced", "all"]),
                price_amount=chance.choice([0, *range(500, 20_000, 100)]),
                price_currency=chance.choice(["USD", "EUR", "BDT"]),
                lesson_count=3,
                duration=0,
                outline=[],
                rating_count=1,
                rating_average=Decimal(chance.randint(100, 500)) / 100,
                published_at=course.published_at,
                updated_at=NOW,
                instructors=[{"id": str(course.owner_id), "display_name": "", "role": "owner"}],
            )
        )
        render(edition)
    Course.objects.bulk_create(courses)
    Edition.objects.bulk_create(editions)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('catalog_edition_search')")
        cursor.execute("ANALYZE skillwise_catalog_edition, skillwise_catalog_category")
    return shelves


PLANS: list[tuple[str, set[str]]] = [
    ("", {"catalog_edition_newest"}),
    ("ordering=published_at", {"catalog_edition_newest"}),
    ("ordering=-rating", {"catalog_edition_rating"}),
    ("ordering=rating", {"catalog_edition_rating"}),
    ("ordering=price", {"catalog_edition_price"}),
    ("ordering=-price", {"catalog_edition_price"}),
    ("ordering=title", {"catalog_edition_title"}),
    ("ordering=-title", {"catalog_edition_title"}),
    ("ordering=-popularity", {"catalog_edition_popularity"}),
    ("search=word1234", {"catalog_edition_title_search"}),
    ("search=word1234&ordering=price", {"catalog_edition_search"}),
    ("category={category}", {"catalog_edition_terms", "catalog_edition_newest"}),
    ("level=advanced", {"catalog_edition_terms", "catalog_edition_newest"}),
    ("language=ja", {"catalog_edition_language", "catalog_edition_newest"}),
    ("language=fi", {"catalog_edition_language"}),
    ("language=ja&ordering=-title", {"catalog_edition_language"}),
    (
        "currency=USD&price_min=500&price_max=600&ordering=price",
        {"catalog_edition_currency", "catalog_edition_price"},
    ),
    ("is_free=true", {"catalog_edition_price", "catalog_edition_newest"}),
    ("is_free=true&ordering=-price", {"catalog_edition_price"}),
    ("rating_min=4.9&ordering=-rating", {"catalog_edition_rating"}),
    ("duration_min=90000", {"catalog_edition_duration"}),
    ("updated_since=2027-01-01T00:00:00Z", {"catalog_edition_updated"}),
]


def test_every_filter_order_and_page_is_answered_by_an_index(
    many_courses: list[Category], reader: ApiClient, django_assert_max_num_queries: Any
) -> None:
    def plan_of(path: str) -> str:
        with django_assert_max_num_queries(3) as queries:
            assert reader.get(path).status_code == 200
        return explain(queries.captured_queries[0]["sql"])

    for query, wanted in PLANS:
        plan = plan_of(f"{COURSES}?{query.format(category=many_courses[1].slug)}")
        assert "Seq Scan on skillwise_catalog_edition" not in plan, (query, plan)
        assert any(index in plan for index in wanted), f"{query}\n{plan}"
    for ordering in sorted(set(ORDERINGS) - {"relevance"}):
        second = reader.json(reader.get(COURSES, {"ordering": ordering}))["next"]
        plan = plan_of(second)
        assert "Index Cond: (ROW(" in plan, plan
        assert "Sort" not in plan, plan


def explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
