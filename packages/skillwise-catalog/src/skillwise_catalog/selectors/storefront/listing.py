"""The storefront's lists: published courses, narrowed down and put into an order."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import QuerySet, TextField, Value

from skillwise_catalog.models import Category, Edition

__all__ = ["CARD", "ORDERINGS", "RELEVANCE", "all_categories", "cards_of", "listed_editions", "with_terms"]

RELEVANCE: Final = "relevance"

#: The columns behind each order that may be asked for. All of a kind in one direction, ending in the
#: course's id: one index serves an order and its reverse, and a page begins where a row comparison says.
#: Relevance is the order that `searching` puts courses into.
ORDERINGS: Final[dict[str, tuple[str, ...]]] = {
    "-published_at": ("-published_at", "-course_id"),
    "published_at": ("published_at", "course_id"),
    "-rating": ("-rating_average", "-course_id"),
    "rating": ("rating_average", "course_id"),
    "-popularity": ("-enrollment_count", "-course_id"),
    "popularity": ("enrollment_count", "course_id"),
    "price": ("price_amount", "course_id"),
    "-price": ("-price_amount", "-course_id"),
    "title": ("title_key", "course_id"),
    "-title": ("-title_key", "-course_id"),
    RELEVANCE: (f"-{RELEVANCE}",),
}

#: What a course's place in a list is made of.
CARD: Final = ("course_id", "card", "cover_id", "rating_average", "rating_count", "enrollment_count")


def listed_editions() -> QuerySet[Edition]:
    """What stands in the storefront."""
    return Edition.objects.filter(is_listed=True)


def with_terms(courses: QuerySet[Edition], *terms: str) -> QuerySet[Edition]:
    """Those that have all of these terms (`services.projection`)."""
    wanted = Value(list(terms), output_field=ArrayField(TextField()))
    return courses.filter(terms__contains=wanted)


def cards_of(ids: Iterable[UUID], *, columns: Iterable[str] = CARD) -> list[dict[str, Any]]:
    """These courses' columns, in the order of `ids`; those that left meanwhile are left out. One query."""
    ids = list(ids)
    rows = {row["course_id"]: row for row in listed_editions().filter(course_id__in=ids).values(*columns)}
    return [rows[course_id] for course_id in ids if course_id in rows]


def all_categories() -> list[Category]:
    """The whole tree, each parent before its children, in the order of their slugs. One query."""
    return list(Category.objects.order_by("lineage").select_related("parent"))
