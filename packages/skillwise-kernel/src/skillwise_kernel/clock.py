"""The time, as an aware UTC datetime. Domain code never asks for it: its caller passes it in."""

from datetime import UTC, datetime

__all__ = ["now"]


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)
