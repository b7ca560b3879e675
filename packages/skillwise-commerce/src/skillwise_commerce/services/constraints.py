"""Which of its guards the database refused by."""

from django.db import IntegrityError

__all__ = ["violated_constraint"]


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint (or trigger) that the database refused by."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis.constraint_name if diagnosis is not None else None
