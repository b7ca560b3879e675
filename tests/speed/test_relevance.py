"""The search finds what the judged queries look for in a real catalogue, as well as it did when its constants
were chosen (`docs/relevance.md`).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CATALOGUE = Path(__file__).parents[3] / "shared/data/catalogue/coursera-891.csv"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CATALOGUE.is_file(), reason=f"the real catalogue is not at {CATALOGUE}"),
]


@pytest.fixture(scope="module")
def figures(run: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of both halves: by contestant and kind of query."""
    output = tmp_path_factory.mktemp("relevance") / "relevance.json"
    run("-m", "benchmarks.relevance", "--only", "ours", "plain", "--output", str(output))
    found: dict[str, Any] = json.loads(output.read_text())["figures"]["all"]
    return found


@pytest.mark.parametrize(
    ("kind", "measure", "at_least"),
    [
        ("all", "ndcg", 0.78),
        ("common", "ndcg", 0.70),
        ("title", "ndcg", 0.80),
        ("misspelt", "recall", 0.73),
    ],
)
def test_the_search_finds_as_well_as_when_it_was_tuned(
    figures: dict[str, Any], kind: str, measure: str, at_least: float
) -> None:
    assert figures["ours"][kind][measure] >= at_least


def test_the_search_beats_plain_full_text_search_in_every_kind_of_query(figures: dict[str, Any]) -> None:
    ours, plain = figures["ours"], figures["plain"]

    assert {kind for kind in ours if ours[kind]["ndcg"] < plain[kind]["ndcg"]} == set()
