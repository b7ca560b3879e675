"""One run: import, ask, measure, report. Needs Django set up on the run's own servers."""

import statistics
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.catalogue.report import write_document
from benchmarks.relevance.contestants import Search, contestants
from benchmarks.relevance.corpus import Corpus, build
from benchmarks.relevance.judgements import read_judged
from benchmarks.relevance.report import Found, as_document, print_pool, print_report

__all__ = ["run"]

_TIMES = 3


def run(catalogue: Path, *, among: int, only: Collection[str] | None, output: Path, pool: bool) -> None:
    """Asks all searches, or `only` these. Prints the figures and writes them; with `pool`, prints what is
    still to be judged instead.
    """
    judged = read_judged()
    began = time.monotonic()
    corpus = build(catalogue, judged.languages, among=among)
    print(f"{corpus.size:,} courses published in {time.monotonic() - began:.0f} s", flush=True)
    found: dict[str, dict[str, Found]] = {}
    asked = {name: search for name, search in contestants().items() if only is None or name in only}
    for name, search in asked.items():
        found[name] = {query.text: _ask(search, query.text, corpus) for query in judged.queries}
    if pool:
        print_pool(judged.queries, found, catalogue)
        return
    document = as_document(judged.queries, found, courses=corpus.size)
    print_report(document)
    write_document(document, output)


def _ask(search: Search, text: str, corpus: Corpus) -> Found:
    stopwatch = _Stopwatch()
    times = []
    with connection.execute_wrapper(stopwatch):
        for _ in range(_TIMES):
            ranking = search(text)
            times.append(stopwatch.read())
    return Found([corpus.numbers.get(course_id, 0) for course_id in ranking], statistics.median(times))


class _Stopwatch:
    """Adds up how long statements take."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self._seconds += time.perf_counter() - began

    def read(self) -> float:
        """Milliseconds since it was read last."""
        milliseconds, self._seconds = self._seconds * 1000, 0.0
        return milliseconds
