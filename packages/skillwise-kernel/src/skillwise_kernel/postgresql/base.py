"""Where Django looks for an engine's connection."""

import select
from typing import Any, Final

from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg.pq import Format, TransactionStatus

__all__ = ["DatabaseWrapper"]

#: PostgreSQL would plan anew each time a statement whose plan for any values looks a little dearer: a range
#: of an index does, and is not. Triggers' statements are by keys.
_ONE_PLAN: Final = "-c plan_cache_mode=force_generic_plan"
_ServerBindingCursor: Any = base.ServerBindingCursor


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """What logs and tests are told: with its values, which a prepared statement has apart."""
        if isinstance(cursor, _ServerBindingCursor):
            return str(self.compose_sql(sql, params))
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """Whatever binds its values on the server is prepared, and planned once: of Django's own cursors,
        none.
        """
        parameters = super().get_connection_params()
        options = f"{_ONE_PLAN} {parameters.get('options', '')}".rstrip()
        return {**parameters, "options": options, "prepare_threshold": 0}

    def prepared_cursor(self) -> CursorWrapper:
        """See `skillwise_kernel.postgresql.prepared`."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor: Any = _ServerBindingCursor(self.connection)
        cursor.format = Format.BINARY
        wrapped: CursorWrapper = self._prepare_cursor(cursor)  # type: ignore[attr-defined]  # Django's own, but no stub's
        return wrapped

    def is_usable(self) -> bool:
        """Whether the connection can be asked something.

        A server that ends an idle connection writes to it or closes it, either of which its socket tells:
        only then is the server asked, as Django asks it before each request. It is asked within a transaction
        too, which may have failed.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        if connection.info.transaction_status is not TransactionStatus.IDLE:
            return super().is_usable()
        socket = select.poll()
        socket.register(connection.fileno(), select.POLLIN)
        return super().is_usable() if socket.poll(0) else True
