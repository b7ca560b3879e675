"""One run: fill, measure, report. Needs Django set up on the run's own servers."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from benchmarks.catalogue import dataset
from benchmarks.catalogue.measuring import Effort, measure
from benchmarks.catalogue.memory import measure_memory
from benchmarks.catalogue.plans import PlannedList, explain_lists, print_plans
from benchmarks.catalogue.queries import count_queries
from benchmarks.catalogue.report import print_headings, print_rest, print_scenario
from benchmarks.catalogue.scenarios import make_scenarios, open_session
from benchmarks.catalogue.servers import Data, running_web
from benchmarks.catalogue.targets import SizeResult

__all__ = ["explain", "run"]


def run(data: Data, sizes: Sequence[int], effort: Effort) -> Iterator[SizeResult]:
    """All figures of each size in turn; they are printed too."""
    for size in sizes:
        _fill(data, size)
        yield _measure_size(data, size, effort)


def explain(data: Data, sizes: Sequence[int]) -> Iterator[tuple[int, list[PlannedList]]]:
    """How every list is read at each size in turn; printed too."""
    for size in sizes:
        _fill(data, size)
        plans = list(explain_lists(open_session()))
        print_plans(plans)
        yield size, plans


def _fill(data: Data, size: int) -> None:
    _use_database(data, f"courses_{size}")
    call_command("migrate", verbosity=0)
    cache.clear()
    if dataset.holds(size):
        print(f"{size:,} courses found", flush=True)
        return
    began = time.monotonic()
    dataset.fill(size)
    print(f"{size:,} courses made and loaded in {time.monotonic() - began:.0f} s", flush=True)


def _use_database(data: Data, name: str) -> None:
    """From now on, in this process and in web servers that start. Each size has its own: what is kept of one
    outlives the filling of another.
    """
    with psycopg.connect(data.postgres.database_url("postgres"), autocommit=True) as cluster:
        if not cluster.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            cluster.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = data.postgres.database_url(name)


def _measure_size(data: Data, size: int, effort: Effort) -> SizeResult:
    scenarios = list(make_scenarios(open_session(), size))
    with tempfile.TemporaryDirectory(prefix="skillwise-answers-") as path:
        answers = Path(path)
        with running_web(data, answers=answers) as servers:
            everything = [asked for scenario in scenarios for asked in scenario.ours]
            memory = measure_memory(servers, everything, requests=effort.memory_requests)
            print_headings(size)
            measured = {}
            for scenario in scenarios:
                measured[scenario.name] = measure(servers, scenario, effort)
                print_scenario(scenario.title, measured[scenario.name])
    result = SizeResult(size, measured, count_queries(scenarios), memory)
    print_rest(result)
    return result
