"""Where Django looks for an engine's connection."""

import select

from django.db.backends.postgresql import base

__all__ = ["DatabaseWrapper"]


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection, idle since the last request, still is one.

        A server that ends a connection writes to it or closes it, either of which its socket tells: only then
        is the server asked, as Django asks it before each request.
        """
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if socket.poll(0) else True
