"""Facets as an answer: each filter's choices, with how many courses each would leave."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict

from skillwise_catalog.rest.filters import Wanted, read_query
from skillwise_catalog.selectors.storefront.correcting import correct
from skillwise_catalog.selectors.storefront.facets import Counted, count_terms
from skillwise_catalog.selectors.storefront.listing import all_categories, listed_editions
from skillwise_catalog.selectors.storefront.people import names_of
from skillwise_catalog.selectors.storefront.searching import matching

__all__ = ["facets_as_json"]

#: The filters that are counted, and the term that each asks for.
_FACETS: Final[Mapping[str, str]] = {
    "category": "category",
    "tags": "tag",
    "level": "level",
    "language": "language",
    "instructor": "instructor",
    "currency": "currency",
    "price_min": "price_min",
    "price_max": "price_max",
    "is_free": "free",
    "rating_min": "rating_min",
    "duration_min": "duration_min",
    "duration_max": "duration_max",
}
#: Of those of these bounds that leave the same courses, the narrowest is told.
_BOUNDS: Final = frozenset({"price_min", "price_max", "duration_min", "duration_max"})
#: How many choices of a filter are told, the most frequent.
_CHOICES: Final = 30

Choices = list[tuple[str, int]]


def facets_as_json(params: QueryDict) -> dict[str, Any]:
    """One query for all that the parameters leave, one for each chosen filter that is counted without
    itself, one for categories' names and one for people's; of a misspelt search two more for each count.
    """
    whole = _count(params)
    counted = {
        name: _count(params, leaving=name) if params.get(name) and name != "tags" else whole
        for name in _FACETS
    }
    choices = {name: _choices(counted[name], name) for name in _FACETS}
    names = _names(choices)
    return {
        "total": whole.total,
        "exact": whole.is_exact,
        "facets": {
            name: {
                "exact": counted[name].is_exact,
                "choices": [
                    {"value": value, "name": names.get(name, {}).get(value, value), "count": count}
                    for value, count in found
                ],
            }
            for name, found in choices.items()
        },
    }


def _names(choices: Mapping[str, Choices]) -> Mapping[str, Mapping[str, str]]:
    """What values are called that do not say it themselves, by filter."""
    instructors = {value: UUID(value) for value, _ in choices["instructor"]}
    people = names_of(set(instructors.values()))
    return {
        "category": {category.slug: category.name for category in all_categories()},
        "instructor": {value: people.get(user_id, "") for value, user_id in instructors.items()},
    }


def _count(params: QueryDict, *, leaving: str = "") -> Counted:
    wanted = read_query(listed_editions(), params, leaving=leaving)
    with_prices = bool(wanted.chosen.get("currency"))
    counted = count_terms(_matching(wanted), with_prices=with_prices)
    if not counted.total and wanted.search is not None and (meant := correct(wanted.search)) is not None:
        courses = matching(wanted.filtered, meant, language=wanted.language)
        return count_terms(courses, with_prices=with_prices)
    return counted


def _matching(wanted: Wanted) -> Any:
    if wanted.search is None:
        return wanted.filtered
    return matching(wanted.filtered, wanted.search, language=wanted.language)


def _choices(counted: Counted, name: str) -> Choices:
    prefix = f"{_FACETS[name]}:"
    values = [term.removeprefix(prefix) for term in counted.terms if term.startswith(prefix)]
    if name in _BOUNDS:
        values.sort(key=int, reverse=name.endswith("_max"))  # the narrowest last, and so the one that is kept
        values = list({counted.seen[prefix + value]: value for value in values}.values())
    found = [(value, counted.terms[prefix + value]) for value in values]
    return sorted(found, key=lambda choice: (-choice[1], choice[0]))[:_CHOICES]
