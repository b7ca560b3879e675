"""How long all that one request asks may take together."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

__all__ = ["is_time_out", "time_limit"]

#: What PostgreSQL says when it stops at `statement_timeout`.
_CANCELLED: Final = "57014"
#: Seconds that are not worth a word to PostgreSQL.
_QUICK: Final = 0.1


@contextmanager
def time_limit(seconds: float, database: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Lets PostgreSQL work so long at most at the statements of this block, all together: each one's
    `statement_timeout` is what the others have left. Those that take no time cost none.

    The statement that takes too long raises `OperationalError`, of which `is_time_out` is true. Around
    transactions, not within.
    """
    connection = connections[database]
    began = time.monotonic()
    is_limited = False

    def limit(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal is_limited
        spent = time.monotonic() - began
        if spent > _QUICK:
            is_limited = True
            _set_timeout(connection, max(int((seconds - spent) * 1000), 1))
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(limit):
            yield
    finally:
        if is_limited and connection.is_usable():
            _set_timeout(connection, None)


def is_time_out(error: BaseException) -> bool:
    """Whether PostgreSQL stopped at a statement as it took too long."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) == _CANCELLED


def _set_timeout(connection: Any, milliseconds: int | None) -> None:
    """Past Django's own cursors, which would ask for a limit again."""
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "RESET statement_timeout" if milliseconds is None else f"SET statement_timeout = {milliseconds}"
        )
