"""Making the storefront's cached answers old."""

from django.core.cache import cache
from django.db import transaction
from skillwise_kernel.ids import new_id

from skillwise_catalog.errors import StorefrontCacheUnavailableError
from skillwise_catalog.selectors.freshness import GENERATION_KEY

__all__ = ["begin_generation", "refresh_storefront"]


def refresh_storefront() -> None:
    """Begin a new generation when the transaction commits, so that the very next request sees the change.

    Should the cache not answer at that moment nobody notices: the event of the same change begins one through
    the outbox.
    """
    transaction.on_commit(lambda: cache.set(GENERATION_KEY, new_id().hex, timeout=None), robust=True)


def begin_generation() -> None:
    """Begin a new generation now, and make sure of it. Raises `StorefrontCacheUnavailableError` when that
    cannot be done.
    """
    generation = new_id().hex
    cache.set(GENERATION_KEY, generation, timeout=None)
    present = cache.get(GENERATION_KEY)
    # Ids grow with time: a greater one is somebody's who began one after us.
    if present is None or present < generation:
        raise StorefrontCacheUnavailableError
