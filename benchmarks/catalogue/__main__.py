"""uv run python -m benchmarks.catalogue --sizes 1000,100000,1000000

Measures the storefront: a bare Django view, plain DRF and ours, in turn on the same servers. Prints tables
and what of the targets is reached, and writes benchmarks/results/catalogue.json.
"""

import argparse
import logging
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.catalogue.load import find_wrk
from benchmarks.catalogue.servers import Data, running_data

RESULT = Path(__file__).parents[1] / "results" / "catalogue.json"


def main() -> int:
    options = _options()
    if not options.explain:
        find_wrk()
    with _folder(options.data) as folder, running_data(folder) as data:
        _set_up_django(data)
        return _explain(data, options) if options.explain else _measure(data, options)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """Where PostgreSQL and Valkey keep what they have: one that stays, or one that goes with the run."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="skillwise-") as path:
        yield Path(path)


def _measure(data: Data, options: argparse.Namespace) -> int:
    from benchmarks.catalogue.measuring import Effort
    from benchmarks.catalogue.report import as_document, print_targets, write_document
    from benchmarks.catalogue.running import run
    from benchmarks.catalogue.targets import judge

    effort = (
        Effort(seconds=1, rounds=1, warm_up_seconds=0, memory_requests=500)
        if options.smallest
        else Effort(
            options.seconds, options.rounds, warm_up_seconds=1, memory_requests=options.memory_requests
        )
    )
    results, targets = {}, []
    for result in run(data, [1_000] if options.smallest else options.sizes, effort):
        results[result.courses] = result
        targets = judge(results)
        write_document(as_document(results, targets), options.output)  # what there is, should the rest fail
    print_targets(targets)
    return 1 if options.check and not all(target.is_reached for target in targets) else 0


def _explain(data: Data, options: argparse.Namespace) -> int:
    from benchmarks.catalogue.report import plans_as_document, write_document
    from benchmarks.catalogue.running import explain

    plans = dict(explain(data, options.sizes))
    write_document(plans_as_document(plans), options.output)
    faulty = any(plan.faults for lists in plans.values() for plan in lists)
    return 1 if options.check and faulty else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.catalogue",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=_sizes, default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=int, default=2, help="of load on each contestant in each round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--memory-requests", type=int, default=100_000)
    parser.add_argument(
        "--check", action="store_true", help="exit with 1 when a target is missed, or a plan is bad"
    )
    parser.add_argument(
        "--smallest", action="store_true", help="at 1,000 courses and as short as it can be: whether it works"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="instead say how PostgreSQL answers every filter in every order, and write that",
    )
    parser.add_argument("--output", type=Path, default=RESULT)
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="keep the courses in this folder, of each size by themselves; the next run finds them there",
    )
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted(int(size) for size in text.split(","))


def _set_up_django(data: Data) -> None:
    """In this process, and by its environment in the web server's: with one secret, so that both know its
    tokens and cursors.
    """
    os.environ |= {
        **data.environment,
        "DJANGO_SETTINGS_MODULE": "benchmarks.catalogue.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }
    import django

    django.setup()
    logging.getLogger("skillwise.access").setLevel(logging.WARNING)  # of requests within this process


if __name__ == "__main__":
    sys.exit(main())
