"""What somebody who is typing may be about to ask for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet, Value

from skillwise_catalog.domain.searches import Search, read_search
from skillwise_catalog.models import Edition, Fold, SearchTerm
from skillwise_catalog.selectors.storefront.listing import listed_editions
from skillwise_catalog.selectors.storefront.searching import correct, entitled

__all__ = ["Suggestion", "suggest"]

_TITLES: Final = 5
_TERMS: Final = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` is `course`, `category`, `tag` or `instructor`; `reference` a course's slug, a category's, the
    tag, or the instructor's id.
    """

    kind: str
    text: str
    reference: str


def suggest(text: str) -> list[Suggestion]:
    """What begins with the text: categories, tags and instructors that the most courses have, and of
    courses in whose titles its words stand the most popular. Misspelt words are taken for what was probably
    meant. At most four queries, whose cost has a bound.
    """
    search = read_search(text)
    found = [*_terms(text), *_courses(search)]
    if not found and (meant := correct(search)) is not None:
        found = [*_terms(meant.words), *_courses(meant)]
    return found


def _terms(text: str) -> Iterable[Suggestion]:
    terms = SearchTerm.objects.exclude(kind=SearchTerm.Kind.WORD).filter(
        key__startswith=Fold(Value(text.strip()))
    )
    for term in terms.order_by("-weight", "key")[:_TERMS]:
        yield Suggestion(term.kind, term.text, term.reference)


def _courses(search: Search) -> Iterable[Suggestion]:
    courses: QuerySet[Edition] = entitled(listed_editions(), search)
    for title, slug in courses.order_by("-enrollment_count", "-course_id").values_list("title", "slug")[
        :_TITLES
    ]:
        yield Suggestion("course", title, slug)
