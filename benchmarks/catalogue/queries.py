"""How many queries a request runs, authentication included."""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.catalogue.load import Asked
from benchmarks.catalogue.scenarios import Scenario, local_client

__all__ = ["count_queries"]

_COUNTED = ("list", "detail", "search", "suggest_unkept", "facets")


def count_queries(scenarios: Iterable[Scenario]) -> Mapping[str, int]:
    """The most queries that any request of each signed-in scenario runs: of lists, at every depth."""
    return {
        scenario.name: max(map(_queries_of, scenario.ours))
        for scenario in scenarios
        if scenario.name in _COUNTED
    }


def _queries_of(asked: Asked) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = local_client().get(asked.path, headers=dict(asked.headers))
    if answer.status_code != 200:
        raise RuntimeError(f"{unquote(asked.path)} answered {answer.status_code}")
    return len(captured)
