"""Queries that Django puts together once, and that are asked again with other values.

To put a page's query together takes Django longer than PostgreSQL takes to answer it, and PostgreSQL longer
to plan it than to answer.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from skillwise_kernel.postgresql.prepared import prepared_cursor

__all__ = ["CompiledQueries"]


class CompiledQueries:
    """Statements by their keys, `most` of them at most: the oldest make room."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[Hashable, _Statement] = {}

    def rows(
        self, key: Hashable, values: Sequence[Any], make: Callable[[], QuerySet[Any, dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """The rows of `make()`, a queryset of `values()`. One query.

        With the same key it must be the same but for `values`, which are all its parameters in their order,
        and have the same best plan, whatever they are. One that has others, or whose columns Django converts,
        is put together each time.
        """
        statement = self._known.get(key)
        if statement is None:
            queryset = make()
            statement = _compile(queryset, values)
            if statement is None:
                return list(queryset)
            self._keep(key, statement)
        return statement.ask(values)

    def _keep(self, key: Hashable, statement: "_Statement") -> None:
        with self._lock:
            while len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
            self._known[key] = statement


@dataclass(frozen=True, slots=True)
class _Statement:
    database: str
    sql: str
    names: tuple[str, ...]

    def ask(self, values: Sequence[Any]) -> list[dict[str, Any]]:
        with prepared_cursor(self.database) as cursor:
            cursor.execute(self.sql, values)
            return [dict(zip(self.names, row, strict=True)) for row in cursor.fetchall()]


def _compile(queryset: QuerySet[Any, Any], values: Sequence[Any]) -> _Statement | None:
    """None when the statement says more than its text and these values do."""
    query = queryset.query
    compiler = query.get_compiler(queryset.db)
    sql, parameters = compiler.as_sql()
    is_plain = not compiler.get_converters([column for column, _, _ in compiler.select])
    names = (*query.extra_select, *query.values_select, *query.annotation_select)
    if tuple(parameters) != tuple(values) or not is_plain or not names:
        return None
    return _Statement(queryset.db, sql, names)
