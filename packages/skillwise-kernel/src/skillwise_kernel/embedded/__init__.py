"""A real PostgreSQL 18 and a real Valkey out of Python wheels, for development and tests.

    with EmbeddedPostgres(folder) as postgres, EmbeddedValkey(folder) as valkey:
        run(DATABASE_URL=postgres.url, REDIS_URL=valkey.url)

They listen on unix sockets in a folder that is closed to other people, run as an unprivileged account when
root starts them, and end with the process that started them, however it ends. Linux only.
"""

from .errors import EmbeddedServerError, FolderInUseError
from .postgres import EmbeddedPostgres
from .processes import ending_with_parent, processes_with
from .server import EmbeddedServer
from .valkey import EmbeddedValkey

__all__ = [
    "EmbeddedPostgres",
    "EmbeddedServer",
    "EmbeddedServerError",
    "EmbeddedValkey",
    "FolderInUseError",
    "ending_with_parent",
    "processes_with",
]
