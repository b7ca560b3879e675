"""Guests all see the same storefront: it is kept, and what changes it makes it old."""

from typing import Final

from django.db import transaction
from skillwise_kernel.response_cache import ResponseCache

from skillwise_catalog.errors import StorefrontCacheUnavailableError

__all__ = ["STOREFRONT", "make_sure_of_freshness", "refresh_storefront"]

#: What guests are answered. A publish makes all of it old: lists hold many courses, and publishes are rare.
#: Figures (ratings, numbers of participants) do not; they show within a minute.
STOREFRONT: Final = ResponseCache("skillwise_catalog.storefront")


def refresh_storefront() -> None:
    """Make what is kept old when the transaction commits, so that the very next request sees the change.

    Should the cache not answer at that moment nobody notices: the event of the same change does it through
    the outbox.
    """
    transaction.on_commit(STOREFRONT.invalidate, robust=True)


def make_sure_of_freshness() -> None:
    """Make what is kept old now. Raises `StorefrontCacheUnavailableError` when that cannot be done."""
    if not STOREFRONT.invalidate():
        raise StorefrontCacheUnavailableError
