"""When a mail that could not be sent is tried again, and when it is given up."""

from datetime import datetime, timedelta

__all__ = ["MAX_ATTEMPTS", "next_attempt"]

MAX_ATTEMPTS = 18
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)


def next_attempt(*, failed_attempts: int, now: datetime) -> datetime | None:
    """When to try after this many failures (at least one): pauses of 30 s that double up to 6 hours, for
    about two days; then `None`.
    """
    if failed_attempts >= MAX_ATTEMPTS:
        return None
    doublings: int = 2 ** (failed_attempts - 1)
    return now + min(_FIRST_PAUSE * doublings, _LONGEST_PAUSE)
