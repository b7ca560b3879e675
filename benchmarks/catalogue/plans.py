"""How PostgreSQL answers every filter in every order: no sequential scan, no sort of more than a page, and no
long look for one.

The filters and orders are the storefront's own: one that is added there is looked at here, and refused until
it has an example.
"""

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from skillwise_catalog.models import Edition
from skillwise_catalog.rest.filters import CourseFilter
from skillwise_catalog.selectors.storefront import ORDERINGS, RELEVANCE
from skillwise_catalog.selectors.storefront.listing import FEW

from benchmarks.catalogue.dataset.words import COMMON_WORD
from benchmarks.catalogue.scenarios import API, Session, local_client

__all__ = ["PlannedList", "explain_lists", "print_plans"]

#: The longest page, and the row that says whether there is another.
_LARGEST_SORT: Final = 101
#: A table of fewer rows is read whole for good reason.
_LARGEST_SCAN: Final = 1_000

#: The page that is asked for, and the row that says whether there is another.
_PAGE: Final = 21
#: How many times as many rows as courses that lie evenly in every order would need are looked at.
_UNEVENNESS: Final = 4

#: What each filter is asked for: what many courses have, and what few have.
_EXAMPLES: Final[Mapping[str, Sequence[str]]] = {
    "search": (f"search={COMMON_WORD}", f"search={COMMON_WORD} nothing", 'search="der an"'),
    "category": ("category=kitchen", "category=kitchen-1", "category=teaching-12"),
    "level": ("level=beginner", "level=advanced"),
    "language": ("language=en", "language=ja", "language=pt", "language=fi"),
    "currency": ("currency=USD", "currency=JPY", "currency=CHF"),
    "price_min": ("currency=USD&price_min=19000",),
    "price_max": ("currency=USD&price_max=1200", "currency=BDT&price_min=1&price_max=51000"),
    "is_free": ("is_free=true", "is_free=false"),
    "rating_min": ("rating_min=4.9", "rating_min=1"),
    "tags": ("tags=tag-1", "tags=tag-1,tag-400"),
    "instructor": ("instructor={many}", "instructor={few}"),
    "duration_min": ("duration_min=28000", "duration_min=1000", "duration_min=28000&rating_min=4.9"),
    "duration_max": ("duration_max=1000", "duration_max=28000", "duration_max=28000&rating_min=4.9"),
    # The second is of the newest courses: they stand together, at one end of two orders
    "updated_since": (
        "updated_since=2027-01-20T00:00:00Z",
        "updated_since=2026-08-06T00:00:00Z",
        "updated_since=2021-01-01T00:00:00Z",
        "updated_since=2026-08-06T00:00:00Z&duration_min=20000&currency=USD&price_max=5000",
    ),
}


@dataclass(frozen=True, slots=True)
class PlannedList:
    """One list of `courses`, and how its rows are found: how many were looked at, how many entries were read
    of indexes that say enough by themselves, and how many a sort held. A sort that only keeps the first of
    what it reads holds as many as it answers.
    """

    query: str
    courses: int
    milliseconds: float
    rows: int
    entries: int
    sorted: int
    scanned: list[str]

    @property
    def faults(self) -> list[str]:
        faults = [f"reads all of {table}" for table in self.scanned]
        faults += [f"sorts {self.sorted} rows"] * (self.sorted > _LARGEST_SORT)
        is_long = self.rows > self.longest_look and "search=" not in self.query  # words lie as they like
        return faults + [f"looks at {self.rows} rows"] * is_long

    @property
    def longest_look(self) -> int:
        """Rows. `FEW` courses are all read, for any order; of more than these a page is met on a walk through
        the list.
        """
        return _UNEVENNESS * (FEW + math.ceil(self.courses * _PAGE / FEW))


def explain_lists(session: Session) -> Iterator[PlannedList]:
    """Every filter in every order. Raises `LookupError` for a filter without an example."""
    filters = set(CourseFilter.base_filters) - {"ordering"}
    if forgotten := filters - set(_EXAMPLES):
        raise LookupError(f"these filters have no example in {__name__}: {', '.join(sorted(forgotten))}")
    people = _instructors()
    courses = Edition.objects.count()
    examples = ["", *(example.format(**people) for name in sorted(filters) for example in _EXAMPLES[name])]
    for example, ordering in itertools.product(examples, ORDERINGS):
        if ordering == RELEVANCE and "search=" not in example:
            continue
        yield _explain(f"{example}&ordering={ordering}".removeprefix("&"), courses, session)


def print_plans(plans: Sequence[PlannedList]) -> None:
    print(f"\n{'list':105} {'ms':>9} {'rows':>10} {'entries':>10} {'sorted':>10}")
    for plan in plans:
        print(
            f"{plan.query:105} {plan.milliseconds:>9.1f} {plan.rows:>10,} {plan.entries:>10,} "
            f"{plan.sorted:>10,}  "
            f"{', '.join(plan.faults)}"
        )


def _instructors() -> dict[str, UUID]:
    """Who has the most courses, and who has the fewest."""
    counted = Edition.objects.values_list("owner_id").annotate(courses=Count("pk"))
    return {"many": counted.order_by("-courses")[0][0], "few": counted.order_by("courses")[0][0]}


def _explain(query: str, courses: int, session: Session) -> PlannedList:
    with CaptureQueriesContext(connection) as captured:
        answer = local_client().get(f"{API}?{query}", headers=session.headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{query} answered {answer.status_code}: {answer.content[:300]!r}")
    plans = [_plan_of(entry["sql"]) for entry in captured if "skillwise_catalog" in entry["sql"]]
    nodes = [node for plan in plans for node in _nodes(plan["Plan"])]
    return PlannedList(
        query=query,
        courses=courses,
        milliseconds=sum(plan["Execution Time"] for plan in plans),
        rows=sum(_looked_at(node) for node in nodes if "Scan" in node["Node Type"]),
        entries=sum(_entries(node) for node in nodes if node["Node Type"] == "Index Only Scan"),
        sorted=max((_sorted(node) for node in nodes if "Sort" in node["Node Type"]), default=0),
        scanned=sorted(
            {
                node["Relation Name"]
                for node in nodes
                if node["Node Type"] == "Seq Scan" and _looked_at(node) > _LARGEST_SCAN
            }
        ),
    )


def _plan_of(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    (found,) = json.loads(plan) if isinstance(plan, str) else plan
    return dict(found)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def _looked_at(node: dict[str, Any]) -> int:
    """Rows of a table. An entry of an index that says enough costs a thirtieth of one."""
    if node["Node Type"] == "Index Only Scan":
        return round(node["Heap Fetches"])
    return _entries(node)


def _entries(node: dict[str, Any]) -> int:
    found = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return round((found + node.get("Rows Removed by Index Recheck", 0)) * node["Actual Loops"])


def _sorted(node: dict[str, Any]) -> int:
    if node.get("Sort Method") == "top-N heapsort":
        return round(node["Actual Rows"])
    return sum(round(part["Actual Rows"] * part["Actual Loops"]) for part in node["Plans"])
