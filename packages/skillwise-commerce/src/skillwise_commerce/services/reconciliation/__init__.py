"""Comparing our books with what a payment provider has, both ways."""

from skillwise_commerce.services.reconciliation.findings import Finding
from skillwise_commerce.services.reconciliation.runs import (
    LONG_AGO,
    Reconciliation,
    reconcile,
    since_last_run,
)

__all__ = ["LONG_AGO", "Finding", "Reconciliation", "reconcile", "since_last_run"]
