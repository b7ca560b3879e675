"""Runs of `manage reconcile` against Stripe's stand-in, and what they found."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from skillwise_commerce.models import ReconciliationRun
from skillwise_kernel.clock import now


def run(*, since: datetime | None = None) -> str:
    """What `manage reconcile` prints."""
    printed = StringIO()
    moment = ["--since", since.isoformat()] if since else []
    call_command("reconcile", "--provider", "stripe", *moment, stdout=printed)
    return printed.getvalue()


def run_ending_with(code: int, *, since: datetime) -> str:
    printed = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("reconcile", "--provider", "stripe", "--since", since.isoformat(), stdout=printed)
    assert ended.value.returncode == code
    return printed.getvalue()


def an_hour_ago() -> datetime:
    return now() - timedelta(hours=1)


def counted(kind: str = "payments") -> tuple[int, int, int]:
    """Of the last run: how many were seen, repaired and reported."""
    row = ReconciliationRun.objects.latest("started_at").counts[kind]
    return row["seen"], row["repaired"], row["reported"]
