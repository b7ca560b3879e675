"""The storefront's list: published courses, searched and put into an order."""

import re
from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cast
from skillwise_identity import api as identity

from skillwise_catalog.models import SEARCH_CONFIG, Category, Course, Edition, Fold

__all__ = [
    "ORDERINGS",
    "RELEVANCE",
    "all_categories",
    "display_names",
    "in_category",
    "in_language",
    "matching",
    "published_courses",
]

RELEVANCE: Final = "relevance"

#: The columns behind each order that may be asked for. All of a kind in one direction, ending in the course's
#: id: one index serves an order and its reverse, and a page begins where a row comparison says.
ORDERINGS: Final[dict[str, tuple[str, ...]]] = {
    "-published_at": ("-published_at", "-course_id"),
    "published_at": ("published_at", "course_id"),
    "-rating": ("-rating_average", "-course_id"),
    "rating": ("rating_average", "course_id"),
    "price": ("price_amount", "course_id"),
    "-price": ("-price_amount", "-course_id"),
    "title": ("title_key", "course_id"),
    "-title": ("-title_key", "-course_id"),
    RELEVANCE: (f"-{RELEVANCE}", "-course_id"),
}

#: A hyphen before a word excludes it, to `websearch_to_tsquery`; one that stands alone is a dash.
_DASH: Final = re.compile(r"(?:(?<=\s)|^)-+(?=\s|$)")


def published_courses() -> QuerySet[Edition]:
    """What everybody may see, with each course's category."""
    return Edition.objects.filter(is_listed=True).select_related("category").defer("search")


def matching(courses: QuerySet[Edition], words: str) -> QuerySet[Edition]:
    """The courses that hold all of these words, in any case and with or without accents; `"a phrase"`, `or`
    and `-without` mean what they do in web searches. Each has a `relevance`, greater for words in its title
    than below.
    """
    query = SearchQuery(Fold(Value(_DASH.sub(" ", words))), config=SEARCH_CONFIG, search_type="websearch")
    # PostgreSQL ranks in single precision; a cursor must come back exactly as it went.
    relevance = Cast(SearchRank(F("search"), query), FloatField())
    return courses.filter(search=query).annotate(**{RELEVANCE: relevance})


def in_category(courses: QuerySet[Edition], slug: str) -> QuerySet[Edition]:
    """Those in the category or in one below it. A query of its own finds which these are: with their ids
    before it PostgreSQL knows how many courses to expect, and enters the right index.
    """
    subtree = Category.objects.filter(lineage__contains=[slug]).values_list("id", flat=True)
    return courses.filter(category_id__in=list(subtree))


def in_language(courses: QuerySet[Edition], tag: str) -> QuerySet[Edition]:
    """Those in this language, whichever kind of it where the tag names none: `pt` finds `pt-BR` (RFC 4647
    §3.3.1).
    """
    return courses.filter(Q(language=tag) | Q(language__startswith=f"{tag}-"))


def all_categories() -> list[Category]:
    """The whole tree, each parent before its children, in the order of their slugs. One query."""
    return list(Category.objects.order_by("lineage").select_related("parent"))


def display_names(courses: Collection[Course | Edition]) -> dict[UUID, str]:
    """What the owners of these courses are called. One query, however many."""
    users = identity.get_users(ids={course.owner_id for course in courses})
    return {user.id: user.display_name for user in users.values()}
