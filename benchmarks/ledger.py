"""What a balance costs: by all entries of an account, and by its snapshot and the entries since.

    uv run python benchmarks/ledger.py --entries 10000000

A tenth of the entries are of one busy account, whose balance is asked for; a thousand of them came after
the snapshot.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedValkey

RESULT = Path(__file__).parent / "results" / "ledger.json"
SINCE = 1000
ROUNDS = 15
BUSY = {"account": "stripe_clearing", "currency": "USD"}
PLAIN = """
SELECT coalesce(sum(amount_amount), 0) FROM skillwise_commerce_ledgerentry
WHERE account = %(account)s AND amount_currency = %(currency)s
"""
# Pairs that sum to zero; every fifth moves the busy account. Triggers rest meanwhile: they would check each.
FILL = (
    "SET session_replication_role = replica",
    """
    INSERT INTO skillwise_commerce_ledgertransaction (id, kind, reference, booked_at)
    SELECT md5('t' || n)::uuid, 'sale', 'benchmark:' || n, now()
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    """,
    """
    INSERT INTO skillwise_commerce_ledgerentry
        (id, transaction_id, account, amount_amount, amount_currency, position)
    SELECT md5('d' || n)::uuid, md5('t' || n)::uuid,
        CASE WHEN n %% 5 = 0 THEN 'stripe_clearing' ELSE 'fees:' || n %% 1000 END, n %% 9973 + 1, 'USD', 2 * n
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    UNION ALL
    SELECT md5('c' || n)::uuid, md5('t' || n)::uuid,
        'instructor_payable:' || n %% 5000, -(n %% 9973 + 1), 'USD', 2 * n + 1
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    """,
    "SET session_replication_role = DEFAULT",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--output", type=Path, default=RESULT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="skillwise-") as path:
        folder = Path(path)
        folder.chmod(0o711)
        with EmbeddedPostgres(folder, fast=True) as postgres, EmbeddedValkey(folder, fast=True) as valkey:
            figures = _measure(options.entries, database_url=postgres.url, redis_url=valkey.url)
    _report(figures, options.output)


def _measure(entries: int, *, database_url: str, redis_url: str) -> dict[str, float]:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "skillwise_host.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from skillwise_commerce.selectors.ledger import BALANCE
    from skillwise_commerce.services.ledger_snapshots import take_snapshots

    call_command("migrate", verbosity=0)
    pairs, since = entries // 2, 5 * SINCE
    with connection.cursor() as cursor:
        _fill(cursor.execute, 1, pairs - since)
        cursor.execute("VACUUM ANALYZE skillwise_commerce_ledgerentry")
        began = time.perf_counter()
        take_snapshots(now=datetime.now(UTC))
        snapshot_seconds = time.perf_counter() - began
        _fill(cursor.execute, pairs - since + 1, pairs)
        cursor.execute("VACUUM ANALYZE skillwise_commerce_ledgerentry")
        cursor.execute("ANALYZE skillwise_commerce_ledgersnapshot")
        times: dict[str, list[float]] = {"plain": [], "snapshot": []}
        answers = set()
        for _ in range(ROUNDS):
            for name, statement in (("plain", PLAIN), ("snapshot", BALANCE)):
                began = time.perf_counter()
                cursor.execute(statement, BUSY)
                answers.add(int(cursor.fetchone()[0]))
                times[name].append(time.perf_counter() - began)
        if len(answers) != 1:
            raise SystemExit(f"the two do not agree: {answers}")
        cursor.execute(
            "SELECT count(*) FROM skillwise_commerce_ledgerentry WHERE account = %(account)s", BUSY
        )
        (of_account,) = cursor.fetchone()
    plain, snapshot = (statistics.median(times[name]) for name in ("plain", "snapshot"))
    return {
        "entries": entries,
        "entries_of_the_account": of_account,
        "entries_since_the_snapshot": SINCE,
        "plain_ms": round(plain * 1000, 3),
        "snapshot_ms": round(snapshot * 1000, 3),
        "ratio": round(plain / snapshot, 1),
        "taking_all_snapshots_s": round(snapshot_seconds, 2),
    }


def _fill(execute: Callable[..., object], first: int, last: int) -> None:
    for statement in FILL:
        if "generate_series" in statement:
            execute(statement, {"first": first, "last": last})
        else:
            execute(statement)


def _report(figures: dict[str, float], output: Path) -> None:
    for name, figure in figures.items():
        print(f"{name.replace('_', ' '):28} {figure:>14,}")
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
