"""The figures as tables, and as JSON."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.catalogue.measuring import Measured
from benchmarks.catalogue.plans import PlannedList
from benchmarks.catalogue.targets import SizeResult, Target

__all__ = [
    "as_document",
    "plans_as_document",
    "print_headings",
    "print_rest",
    "print_scenario",
    "print_targets",
    "write_document",
]

_HEADINGS = ("", "", "req/s", "p50 ms", "p99 ms", "app", "db", "cache")
_ROW = "{:32} {:6} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>10} {:>10}"


def print_headings(courses: int) -> None:
    print(f"\n{courses:,} courses; app, db and cache are CPU milliseconds per request\n")
    print(_ROW.format(*_HEADINGS, "ours is", "by CPU"), flush=True)


def print_scenario(title: str, measured: Measured) -> None:
    """At once: should a later one fail, an hour's work is not lost."""
    for contestant, it in measured.figures.items():
        ratio = measured.ratios.get(f"ours/{contestant}")
        numbers = (it.requests_per_second, it.p50, it.p99, it.app_cpu, it.database_cpu, it.cache_cpu)
        cells = [f"{number:,.2f}" for number in numbers]
        cells += [f"{by:.2f} ×" if ratio else "" for by in (ratio, it.cost / measured.figures["ours"].cost)]
        print(_ROW.format(title, contestant, *cells), flush=True)
        title = ""


def print_rest(result: SizeResult) -> None:
    print("\nqueries: " + ", ".join(f"{name} {count}" for name, count in result.queries.items()))
    memory = result.memory
    started, before, after = (
        f"{size / (1 << 20):.1f}" for size in (memory.started, memory.before, memory.after)
    )
    print(
        f"memory of the workers (PSS): {started} MiB at first, {before} warm, "
        f"{after} after {memory.requests:,} requests"
    )


def print_targets(targets: Sequence[Target]) -> None:
    print(f"\n{'courses':>9}  {'target':58} {'wanted':>10} {'figure':>10}")
    for target in targets:
        wanted = f"{'≥' if target.at_least else '≤'} {target.bound:g}"
        verdict = "reached" if target.is_reached else "MISSED"
        print(f"{target.courses:>9,}  {target.text:58} {wanted:>10} {target.figure:>10.2f}  {verdict}")


def as_document(results: Mapping[int, SizeResult], targets: Sequence[Target]) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "load_average": os.getloadavg(),
        "sizes": {
            str(size): {
                "scenarios": {name: measured.as_json() for name, measured in result.scenarios.items()},
                "queries": dict(result.queries),
                "memory": asdict(result.memory),
            }
            for size, result in results.items()
        },
        "targets": [{**asdict(target), "is_reached": target.is_reached} for target in targets],
    }


def plans_as_document(plans: Mapping[int, Sequence[PlannedList]]) -> dict[str, Any]:
    """By size."""
    return {str(size): [{**asdict(it), "faults": it.faults} for it in lists] for size, lists in plans.items()}


def write_document(document: Mapping[str, Any], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")
