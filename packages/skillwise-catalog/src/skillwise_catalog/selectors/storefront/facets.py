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
_HOURS: Final = (1, 3, 6, 17)
#: In minor units, 1, 2 and 5 of each power of ten: steps for any currency.
_AMOUNTS: Final = tuple(step * 10**power for power in range(2, 11) for step in (1, 2, 5))
#: The terms of bounds, and the rows that have them.
_BOUNDS: Final = (
    *((f"rating_min:{least}", f"rated >= {least}") for least in _RATINGS),
    *((f"duration_min:{hours * 3600}", f"seconds >= {hours * 3600}") for hours in _HOURS),
    *((f"duration_max:{hours * 3600}", f"seconds <= {hours * 3600}") for hours in _HOURS),
)
_PRICE_BOUNDS: Final = (
    *((f"price_min:{amount}", f"amount >= {amount}") for amount in _AMOUNTS),
    *((f"price_max:{amount}", f"amount <= {amount}") for amount in _AMOUNTS),
)
#: A place in the shuffled order is a fraction of this.
_PLACES: Final = 16**12


@dataclass(frozen=True, slots=True)
class Counted:
    """`terms` are those of `services.projection`, and the filter and its value for each bound that a course
    lies within, such as `rating_min:4.5`. `seen` is how many of those that were looked at have each.
    """

    total: int
    is_exact: bool
    terms: Mapping[str, int]
    seen: Mapping[str, int]


def count_terms(courses: QuerySet[Edition], *, with_prices: bool) -> Counted:
    """How many of these courses have each term; `with_prices` where all are in one currency. One query."""
    sample = courses.order_by(Shuffled()).values_list(
        "terms", "rating_average", "duration", "price_amount", Shuffled()
    )
    sql, parameters = sample[: EXACT + 1].query.sql_with_params()
    bounds = (*_BOUNDS, *_PRICE_BOUNDS) if with_prices else _BOUNDS
    within = ", ".join(f"CASE WHEN {condition} THEN '{term}' END" for term, condition in bounds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH found (terms, rated, seconds, amount, place) AS MATERIALIZED ({sql})
            SELECT term, count(*), max(place) FROM (
                SELECT unnest(terms || array_remove(ARRAY[{within}, ''], NULL)) AS term, place FROM found
            ) counted GROUP BY term""",  # noqa: S608 - what Django compiled, and constants
            parameters,
        )
        rows = cursor.fetchall()
    counts = {term: count for term, count, _ in rows}
    looked_at = counts.pop("", 0)  # every course has it
    if looked_at <= EXACT:
        return Counted(looked_at, is_exact=True, terms=counts, seen=counts)
    last = max(int(place, 16) for term, _, place in rows if not term)
    total = looked_at * _PLACES / (last + 1)
    estimates = {term: _about(total * count / looked_at) for term, count in counts.items()}
    return Counted(_about(total), is_exact=False, terms=estimates, seen=counts)


def _about(estimate: float) -> int:
    """To two digits: more would look like knowledge."""
    return int(float(f"{estimate:.1e}"))
