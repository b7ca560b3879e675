"""Edits that spare others': what was read is what is changed."""

from skillwise_kernel.errors import PreconditionFailedError

__all__ = ["check_version"]


def check_version(present: int, expected: int | None) -> None:
    """Raises `PreconditionFailedError` when the caller last read another version; None expects none."""
    if expected is not None and present != expected:
        raise PreconditionFailedError(extra={"version": present})
