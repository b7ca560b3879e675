"""Courses like another one, and those that its buyers bought too."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import TextField, Value

from skillwise_catalog.selectors.courses import listed_course
from skillwise_catalog.selectors.storefront.listing import cards_of, listed_editions

__all__ = ["Companions", "companions_of"]

#: How many are compared: the most popular of those that share a tag or the category.
_COMPARED: Final = 200
_SHOWN: Final = 10
#: What a term in common is worth.
_WORTH: Final = {"tag": 3.0, "category": 2.0, "language": 2.0, "instructor": 1.0, "level": 0.5}
_POPULARITY: Final = 0.2


@dataclass(frozen=True, slots=True)
class Companions:
    """Rows of `CARD`, the closest first, and the most bought first."""

    related: list[dict[str, Any]]
    also_bought: list[dict[str, Any]]


def companions_of(*, course_id: UUID) -> Companions:
    """Raises `CourseNotFoundError`. Three queries."""
    course = listed_course(course_id=course_id, columns=("terms", "also_bought", "category__slug"))
    own = frozenset(course["terms"])
    shared = [term for term in own if term.startswith("tag:")] + [f"category:{course['category__slug']}"]
    candidates = (
        listed_editions()
        .filter(terms__overlap=Value(shared, output_field=ArrayField(TextField())))
        .exclude(course_id=course_id)
        .order_by("-enrollment_count", "-course_id")
        .values("course_id", "terms", "enrollment_count")[:_COMPARED]
    )
    nearest = sorted(candidates, key=lambda row: _closeness(row, own), reverse=True)[:_SHOWN]
    related = [row["course_id"] for row in nearest]
    cards = {row["course_id"]: row for row in cards_of({*related, *course["also_bought"]})}
    return Companions(_present(cards, related), _present(cards, course["also_bought"]))


def _closeness(row: Mapping[str, Any], own: Collection[str]) -> float:
    common = sum(_WORTH.get(term.partition(":")[0], 0) for term in row["terms"] if term in own)
    return common + _POPULARITY * math.log1p(row["enrollment_count"])


def _present(cards: Mapping[UUID, dict[str, Any]], ids: Collection[UUID]) -> list[dict[str, Any]]:
    return [cards[course_id] for course_id in ids if course_id in cards]
