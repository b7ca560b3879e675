"""Extensions of PostgreSQL, for migrations."""

from typing import Any

from django.contrib.postgres.operations import CreateExtension

__all__ = ["SharedExtension"]


class SharedExtension(CreateExtension):
    """Creates the extension where it is not there. Unapplied, it leaves it to those who still use it."""

    def database_backwards(self, *_: Any) -> None:
        """Nothing."""
