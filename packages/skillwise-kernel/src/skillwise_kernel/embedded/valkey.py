"""Valkey on a folder."""

import shutil
import signal
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote

import redis

from .binaries import valkey_program
from .folders import own_folder
from .server import EmbeddedServer

__all__ = ["EmbeddedValkey"]

_DATABASES = 256


class EmbeddedValkey(EmbeddedServer):
    """A Valkey that keeps what it holds over a restart, unless it is `fast`."""

    name = "valkey"
    socket_name = "valkey.sock"
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    @property
    def url(self) -> str:
        return self.database_url(0)

    def database_url(self, number: int) -> str:
        """The address of one of the server's numbered databases (0 to 255)."""
        return f"unix://{quote(str(self.socket), safe='/')}?db={number}"

    @property
    def mark(self) -> str:
        return str(self.socket)

    def clear(self) -> None:
        """Forgets everything that a stopped server kept: the next start is of an empty one."""
        shutil.rmtree(self.data, ignore_errors=True)

    def _prepare(self) -> Sequence[str]:
        own_folder(self.data, self.account)
        self.socket.unlink(missing_ok=True)
        keep = ["--appendonly", "no", "--save", ""] if self.fast else ["--appendonly", "yes"]
        return [
            *(str(valkey_program(self.account)), "--port", "0"),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.data), "--databases", str(_DATABASES)),
            *("--maxmemory-policy", "noeviction"),  # it carries messages, not only a cache
            *keep,
        ]

    def _is_ready(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_timeout=5)
        try:
            return bool(client.ping())
        except redis.RedisError:  # not listening yet, or still loading what it kept
            return False
        finally:
            client.close()
