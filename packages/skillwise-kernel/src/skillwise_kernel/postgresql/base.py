"""Where Django looks for an engine's connection."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

__all__ = ["DatabaseWrapper"]


class DatabaseWrapper(base.DatabaseWrapper):
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
