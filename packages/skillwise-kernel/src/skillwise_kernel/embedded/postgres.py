"""PostgreSQL on a folder."""

import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psycopg
from psycopg import sql

from .binaries import postgres_programs
from .folders import digest, own_folder
from .server import EmbeddedServer

__all__ = ["EmbeddedPostgres"]

_USER = _DATABASE = "skillwise"


class EmbeddedPostgres(EmbeddedServer):
    """A PostgreSQL cluster whose superuser and database are both called `skillwise`."""

    name = "postgres"
    socket_name = ".s.PGSQL.5432"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": ends sessions, then shuts down cleanly

    @property
    def url(self) -> str:
        return self.database_url(_DATABASE)

    def database_url(self, database: str) -> str:
        """The address of one of the cluster's databases."""
        return f"postgresql://{_USER}@/{quote(database)}?host={quote(str(self.sockets), safe='/')}"

    @property
    def mark(self) -> str:
        return f"skillwise-{digest(self.data)}"

    def _prepare(self) -> Sequence[str]:
        programs = postgres_programs(self.account)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster(programs / "initdb")
        # PostgreSQL asks only whether some process has the number in the file: by now, another may. No
        # process of this cluster is left, so the file says nothing.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        settings = {
            "cluster_name": self.mark,  # stands in the titles of all its processes
            "listen_addresses": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = (option for name, value in settings.items() for option in ("-c", f"{name}={value}"))
        return [str(programs / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *options]

    def _is_ready(self) -> bool:
        try:
            with psycopg.connect(
                self.database_url("postgres"), autocommit=True, connect_timeout=5
            ) as connection:
                found = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE]
                ).fetchone()
                if not found:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))
        except psycopg.OperationalError:
            return False
        return True

    def _create_cluster(self, initdb: Path) -> None:
        """Makes the cluster aside and puts it in place whole: an initdb that is killed leaves none that looks
        good.
        """
        unfinished = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        own_folder(unfinished, self.account)
        self._run(
            [
                *(str(initdb), "-D", str(unfinished), "-U", _USER, "-E", "UTF8"),
                # The locale is PostgreSQL's own, so that text sorts alike on every machine.
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                # Whoever can enter the socket's folder is the account itself, or root.
                *("--auth=trust", "--no-sync", "--no-instructions"),
            ]
        )
        if self.data.exists():
            shutil.rmtree(self.data)
        unfinished.rename(self.data)
