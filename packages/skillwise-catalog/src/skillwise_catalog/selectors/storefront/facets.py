"""How many courses each choice of a filter would leave.

Up to `EXACT` courses are counted. Of more, so many are looked at in a random order that stays the same (the
random ends of their ids), and what they have in common is taken for all: how far that order had to be read
for them says how many there are. So a facet costs the same, however many courses there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from skillwise_catalog.models import Edition, Shuffled

__all__ = ["EXACT", "Counted", "count_terms"]

EXACT: Final = 2_000
_RATINGS: Final = ("4.5", "4.0", "3.5", "3.0")
#: A place in the shuffled order is a fraction of this.
_PLACES: Final = 16**12


@dataclass(frozen=True, slots=True)
class Counted:
    """`terms` are those of `services.projection`, and `rating:4.5` for what is rated as well or better."""

    total: int
    is_exact: bool
    terms: Mapping[str, int]


def count_terms(courses: QuerySet[Edition]) -> Counted:
    """How many of these courses have each term. One query."""
    sample = courses.order_by(Shuffled()).values_list("terms", "rating_average", Shuffled())
    sql, parameters = sample[: EXACT + 1].query.sql_with_params()
    ratings = ", ".join(f"CASE WHEN rated >= {least} THEN 'rating:{least}' END" for least in _RATINGS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH found (terms, rated, place) AS MATERIALIZED ({sql})
            SELECT term, count(*), max(place) FROM (
                SELECT unnest(terms || array_remove(ARRAY[{ratings}, ''], NULL)) AS term, place FROM found
            ) counted GROUP BY term""",  # noqa: S608 - what Django compiled, and constants
            parameters,
        )
        rows = cursor.fetchall()
    counts = {term: count for term, count, _ in rows}
    looked_at = counts.pop("", 0)  # every course has it
    if looked_at <= EXACT:
        return Counted(looked_at, is_exact=True, terms=counts)
    last = max(int(place, 16) for term, _, place in rows if not term)
    total = looked_at * _PLACES / (last + 1)
    estimates = {term: _about(total * count / looked_at) for term, count in counts.items()}
    return Counted(_about(total), is_exact=False, terms=estimates)


def _about(estimate: float) -> int:
    """To two digits: more would look like knowledge."""
    return int(float(f"{estimate:.1e}"))
