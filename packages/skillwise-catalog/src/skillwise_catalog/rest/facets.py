"""Facets as an answer: each filter's choices, with how many courses each would leave."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import QueryDict

from skillwise_catalog.rest.filters import Wanted, read_query
from skillwise_catalog.selectors.storefront.correcting import correct
from skillwise_catalog.selectors.storefront.facets import Counted, count_terms
from skillwise_catalog.selectors.storefront.listing import all_categories, listed_editions
from skillwise_catalog.selectors.storefront.searching import matching

__all__ = ["facets_as_json"]

#: The filters that are counted, and the term that each asks for.
_FACETS: Final[Mapping[str, str]] = {
    "category": "category",
    "tags": "tag",
    "level": "level",
    "language": "language",
    "currency": "currency",
    "is_free": "free",
    "rating_min": "rating",
}
#: How many choices of a filter are told, the most frequent.
_CHOICES: Final = 30


def facets_as_json(params: QueryDict) -> dict[str, Any]:
    """One query for all that the parameters leave, one for each chosen filter that is counted without
    itself, and one for categories' names.
    """
    counted = _count(params)
    names = {category.slug: category.name for category in all_categories()}
    name_of: dict[str, Callable[[str], str]] = {"category": lambda slug: names.get(slug, slug)}
    return {
        "total": counted.total,
        "exact": counted.is_exact,
        "facets": {
            name: _facet(
                _count(params, leaving=name) if params.get(name) and name != "tags" else counted,
                term,
                name_of.get(name, str),
            )
            for name, term in _FACETS.items()
        },
    }


def _count(params: QueryDict, *, leaving: str = "") -> Counted:
    wanted = read_query(listed_editions(), params, leaving=leaving)
    counted = count_terms(_matching(wanted))
    if not counted.total and wanted.search is not None and (meant := correct(wanted.search)) is not None:
        return count_terms(matching(wanted.filtered, meant, language=wanted.language))
    return counted


def _matching(wanted: Wanted) -> Any:
    if wanted.search is None:
        return wanted.filtered
    return matching(wanted.filtered, wanted.search, language=wanted.language)


def _facet(counted: Counted, term: str, name_of: Callable[[str], str]) -> dict[str, Any]:
    prefix = f"{term}:"
    choices = {
        name.removeprefix(prefix): count for name, count in counted.terms.items() if name.startswith(prefix)
    }
    ordered = sorted(choices.items(), key=lambda choice: (-choice[1], choice[0]))[:_CHOICES]
    return {
        "exact": counted.is_exact,
        "choices": [{"value": value, "name": name_of(value), "count": count} for value, count in ordered],
    }
