"""Watching transactions that wait for each other."""

import time
from collections.abc import Callable

from django.db import connection

__all__ = ["wait_until_blocked"]

_SECONDS = 60.0


def wait_until_blocked(number: int = 1, *, unless: Callable[[], bool] = lambda: False) -> None:
    """Until so many connections to the test's database wait for a lock, or `unless` holds: as when what was
    to wait has not, and is done. Raises `TimeoutError`.
    """
    deadline = time.monotonic() + _SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() == (number,) or unless():
                return
            time.sleep(0.02)
    raise TimeoutError(f"there are not {number} that wait for a lock")
