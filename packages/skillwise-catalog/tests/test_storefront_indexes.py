"""Among many courses, every filter, order and page of the storefront is answered by an index."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from skillwise_catalog.models import Category, Course, Edition
from skillwise_catalog.selectors.storefront.listing import ORDERINGS
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.services.projection import render
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from storefront import COURSES, NOW

pytestmark = pytest.mark.django_db


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
    ("search=word1234", {"catalog_edition_heading"}),
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


def test_a_plan_that_is_made_once_for_any_place_reads_a_range_of_an_index_too(
    many_courses: list[Category], reader: ApiClient
) -> None:
    for ordering in sorted(set(ORDERINGS) - {"relevance"}):
        second = reader.json(reader.get(COURSES, {"ordering": ordering}))["next"]
        assert reader.get(reader.json(reader.get(second))["previous"]).status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%ROW($1, $2)%'")
        statements = [statement for (statement,) in cursor.fetchall()]
    assert len(statements) == len(ORDERINGS) - 1, "the way back in one order is the way on in its reverse"
    for statement in statements:
        plan = explain(statement, "(GENERIC_PLAN)")
        assert "Index Cond: (ROW(" in plan, plan
        assert "Sort" not in plan, plan


def test_what_lies_in_a_range_is_found_in_the_index_of_any_order(
    many_courses: list[Category], reader: ApiClient, django_assert_max_num_queries: Any
) -> None:
    for ordering in sorted(set(ORDERINGS) - {"relevance", "rating", "-rating"}):
        address = f"{COURSES}?rating_min=2&ordering={ordering}"
        for _ in range(2):
            with django_assert_max_num_queries(2) as queries:
                page = reader.json(reader.get(address))
            plan = explain(queries.captured_queries[-1]["sql"])
            assert "Index Only Scan" in plan, f"{address}\n{plan}"
            assert len(page["results"]) == 20
            address = page["next"]


def explain(sql: str, options: str = "") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {options} {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
