"""The figures as tables, and as JSON."""

import csv
import os
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.relevance.judgements import HALVES, Query
from benchmarks.relevance.measures import DEPTH, ndcg, recall, reciprocal_rank

__all__ = ["MISSPELT", "Found", "as_document", "print_pool", "print_report"]

MISSPELT: Final = "misspelt"
_MEASURES: Final[dict[str, Callable[[Sequence[int], Mapping[int, int]], float]]] = {
    "ndcg": ndcg,
    "recall": recall,
    "mrr": reciprocal_rank,
}
_ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Found:
    """What a contestant answers: the real courses' numbers, 0 for a made-up one, the best first; and how
    many milliseconds PostgreSQL took.
    """

    ranking: Sequence[int]
    milliseconds: float


def as_document(
    queries: Sequence[Query], found: Mapping[str, Mapping[str, Found]], *, courses: int
) -> dict[str, Any]:
    """`figures`: by half (or all), contestant and kind of query (or all) the means of each measure, and the
    median and longest time. `queries`: each query's own.
    """
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average": os.getloadavg(),
        "courses": courses,
        "figures": {
            half: {
                name: _by_kind([query for query in queries if half in {query.half, _ALL}], answers)
                for name, answers in found.items()
            }
            for half in (*HALVES, _ALL)
        },
        "queries": [
            {
                "text": query.text,
                "kind": query.kind,
                "half": query.half,
                "found": {name: _own(query, answers[query.text]) for name, answers in found.items()},
            }
            for query in queries
        ],
    }


def print_report(document: Mapping[str, Any]) -> None:
    figures = document["figures"]
    print(f"\n{document['courses']:,} courses; nDCG@{DEPTH} of each kind of query, both halves\n")
    kinds = list(next(iter(figures[_ALL].values())))
    print(_row("", *figures[_ALL], "queries"))
    for kind in kinds:
        of_kind = [by_kind[kind] for by_kind in figures[_ALL].values()]
        print(_row(kind, *(f"{it['ndcg']:.3f}" for it in of_kind), str(of_kind[0]["queries"])))
    print(f"\n{'':12} {'':12}" + "".join(f"{name:>14}" for name in _HEADINGS))
    for half, contestants in figures.items():
        for name, by_kind in contestants.items():
            of_all, misspelt = by_kind[_ALL], by_kind[MISSPELT]
            cells = (of_all["ndcg"], of_all["mrr"], misspelt["ndcg"], misspelt["recall"])
            times = (of_all["p50_ms"], of_all["longest_ms"])
            print(
                f"{half:12} {name:12}"
                + "".join(f"{cell:>14.3f}" for cell in cells)
                + "".join(f"{cell:>14.1f}" for cell in times)
            )


def print_pool(queries: Iterable[Query], found: Mapping[str, Mapping[str, Found]], catalogue: Path) -> None:
    """What any contestant has among the first ten, and nobody has judged."""
    with catalogue.open(encoding="utf-8-sig", newline="") as lines:
        rows = {int(row["Sr.No"]): row for row in csv.DictReader(lines)}
    for query in queries:
        pooled = {course for answers in found.values() for course in answers[query.text].ranking[:DEPTH]}
        if unjudged := sorted(pooled - query.grades.keys() - {0}):
            print(f"\n{query.text}  ({query.kind})")
            for course in unjudged:
                print(f"  {course:4} {rows[course]['course_title']} | {rows[course]['course_organization']}")


_HEADINGS: Final = ("nDCG@10", "MRR", "misspelt nDCG", "recall", "p50 ms", "longest ms")


def _row(first: str, *others: str) -> str:
    return f"{first:12}" + "".join(f"{other:>12}" for other in others)


def _by_kind(queries: Sequence[Query], answers: Mapping[str, Found]) -> dict[str, dict[str, float]]:
    kinds = dict.fromkeys(query.kind for query in queries)
    return {
        kind: _means([query for query in queries if kind in {query.kind, _ALL}], answers)
        for kind in (*kinds, _ALL)
    }


def _means(queries: Sequence[Query], answers: Mapping[str, Found]) -> dict[str, float]:
    own = [_own(query, answers[query.text]) for query in queries]
    times = [it["milliseconds"] for it in own]
    return {
        "queries": len(own),
        **{measure: statistics.fmean(it[measure] for it in own) for measure in _MEASURES},
        "unjudged": statistics.fmean(it["unjudged"] for it in own),
        "p50_ms": statistics.median(times),
        "longest_ms": max(times),
    }


def _own(query: Query, found: Found) -> dict[str, float]:
    measured = {name: measure(found.ranking, query.grades) for name, measure in _MEASURES.items()}
    unjudged = sum(course not in query.grades for course in found.ranking[:DEPTH] if course)
    return {**measured, "unjudged": unjudged, "milliseconds": found.milliseconds}
