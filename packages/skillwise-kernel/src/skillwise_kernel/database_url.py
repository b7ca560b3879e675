"""Django's database settings from a PostgreSQL address."""

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

__all__ = ["database_settings"]

_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def database_settings(url: str) -> dict[str, Any]:
    """What `DATABASES["default"]` is for `postgresql://user:password@host:port/database?option=value`.

    The address is read by libpq itself, so everything it allows works: a unix socket's folder as
    `?host=/run/postgresql`, several hosts, `sslmode`. Raises `ValueError` when it is no such address.
    """
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ValueError(f"not a PostgreSQL address: {error}") from error
    if not parts.get("dbname"):
        raise ValueError("the PostgreSQL address names no database")
    return {
        "ENGINE": "skillwise_kernel.postgresql",
        **{name: str(parts.pop(part, "")) for part, name in _NAMES.items()},
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
