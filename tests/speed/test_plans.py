"""Every filter of the storefront in every order, as PostgreSQL answers it at size: from an index, without
sorting more than a page or looking long for one.

`CATALOGUE_COURSES=1000000 CATALOGUE_DATA=DIR pytest tests/speed/test_plans.py` looks at a million courses,
which it makes in this directory unless they are there.
"""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import TIMEOUT

pytestmark = pytest.mark.slow

#: As few as make reading them all, or sorting them, the wrong thing to do.
COURSES = os.environ.get("CATALOGUE_COURSES", "50000")
DATA = os.environ.get("CATALOGUE_DATA")


@pytest.fixture(scope="module")
def plans(run: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    output = tmp_path_factory.mktemp("plans") / "plans.json"
    kept = ["--data", DATA] if DATA else []
    run(
        *("-m", "benchmarks.catalogue", "--explain", "--sizes", COURSES, "--output", str(output), *kept),
        timeout=TIMEOUT + int(COURSES) // 250,
    )
    (found,) = json.loads(output.read_text()).values()
    return list(found)


def test_every_filter_in_every_order_is_read_from_an_index_sorts_a_page_and_walks_not_far(
    plans: list[dict[str, Any]],
) -> None:
    assert len(plans) > 100
    assert any("ordering=relevance" in plan["query"] for plan in plans)

    assert [plan for plan in plans if plan["faults"]] == []
