"""uv run python -m benchmarks.relevance

Asks the judged queries of the real catalogue, of ours and of simpler searches in turn. Prints how well each
finds, and how long its SQL takes; writes benchmarks/results/relevance.json.
"""

import argparse
import logging
import os
import secrets
import sys
import tempfile
from pathlib import Path

from benchmarks.catalogue.servers import Data, running_data

RESULT = Path(__file__).parents[1] / "results" / "relevance.json"
CATALOGUE = Path(__file__).parents[3] / "shared/data/catalogue/coursera-891.csv"


def main() -> int:
    options = _options()
    if not CATALOGUE.is_file():
        print(f"Nothing is measured: the real catalogue is not at {CATALOGUE}.")
        return 0
    with tempfile.TemporaryDirectory(prefix="skillwise-") as path, running_data(Path(path)) as data:
        _set_up_django(data)
        from benchmarks.relevance.running import run

        run(CATALOGUE, among=options.among, only=options.only, output=options.output, pool=options.pool)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.relevance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--among", type=int, default=0, metavar="N", help="put the real courses among so many made-up ones"
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="ask these of the searches, of which ours is one"
    )
    parser.add_argument(
        "--pool", action="store_true", help="list what was found and nobody has judged, and measure nothing"
    )
    parser.add_argument("--output", type=Path, default=RESULT)
    return parser.parse_args()


def _set_up_django(data: Data) -> None:
    os.environ |= {
        **data.environment,
        "DJANGO_SETTINGS_MODULE": "benchmarks.catalogue.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }
    import django

    django.setup()
    logging.getLogger("skillwise.access").setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
