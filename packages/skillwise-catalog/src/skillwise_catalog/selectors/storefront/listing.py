"""The storefront's lists: published courses, narrowed down and put into an order."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import QuerySet, TextField, Value
from skillwise_kernel.compiled import CompiledQueries

from skillwise_catalog.models import Category, Edition

__all__ = [
    "CARD",
    "FEW",
    "ORDERINGS",
    "RELEVANCE",
    "all_categories",
    "by_id_if_few",
    "cards_of",
    "in_language",
    "listed_editions",
    "looked_up_last",
    "with_terms",
]

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

_compiled: Final = CompiledQueries(most=256)

#: So many courses are rather sorted than looked for in the whole list.
FEW: Final = 1_000


def listed_editions() -> QuerySet[Edition]:
    """What stands in the storefront."""
    return _listed_editions().all()


@cache
def _listed_editions() -> QuerySet[Edition]:
    """Begun once: to narrow all down to these takes Django as long as to check a token."""
    return Edition.objects.filter(is_listed=True)


def with_terms(courses: QuerySet[Edition], *terms: str) -> QuerySet[Edition]:
    """Those that have all of these terms (`services.projection`)."""
    wanted = Value(list(terms), output_field=ArrayField(TextField()))
    return courses.filter(terms__contains=wanted)


def in_language(courses: QuerySet[Edition], tag: str) -> QuerySet[Edition]:
    """Those in the language of this BCP 47 tag: `pt` has `pt-BR` too."""
    primary, _, more = tag.partition("-")
    found = courses.filter(primary_language=primary)
    return with_terms(found, f"language:{tag}") if more else found


def by_id_if_few(courses: QuerySet[Edition], span: Sequence[str]) -> QuerySet[Edition]:
    """The same courses, by their ids where they are no more than `FEW`. `span` is the columns of a range that
    they were narrowed down to, whose index is to be read; none where any index will do. One query.

    PostgreSQL guesses how many courses a range of one column and another condition leave, and taking
    few for many, looks through the whole list for a page of them. This counts. Of more than `FEW`, see
    `looked_up_last`.
    """
    ids = courses.order_by(*span).values_list("course_id", flat=True)[: FEW + 1]
    found = list(ids)
    return listed_editions().filter(course_id__in=found) if len(found) <= FEW else courses


def looked_up_last(page: QuerySet[Edition, dict[str, Any]]) -> list[dict[str, Any]]:
    """These rows, which are a page of `values()` narrowed down by ranges. One query.

    All that lie in a range may stand at the far end of an order. Each order's index holds what ranges are of,
    so that a walk through it reads no course before it is one of the page: it takes a thirtieth of the time.
    """
    rows = listed_editions().filter(course_id__in=page.values("course_id"))
    return list(rows.order_by(*page.query.order_by).values(*page.query.values_select))


def cards_of(ids: Iterable[UUID], *, columns: Iterable[str] = CARD) -> list[dict[str, Any]]:
    """These courses' columns, in the order of `ids`; those that left meanwhile are left out. At most one
    query.
    """
    ids, columns = list(ids), tuple(columns)
    if not ids:
        return []

    def cards() -> QuerySet[Edition, dict[str, Any]]:
        return listed_editions().filter(course_id__in=ids).values(*columns)

    rows = {row["course_id"]: row for row in _compiled.rows((columns, len(ids)), ids, cards)}
    return [rows[course_id] for course_id in ids if course_id in rows]


def all_categories() -> list[Category]:
    """The whole tree, each parent before its children, in the order of their slugs. One query."""
    return list(Category.objects.order_by("lineage").select_related("parent"))
