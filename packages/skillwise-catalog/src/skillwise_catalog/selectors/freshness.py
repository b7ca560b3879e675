"""Which generation the storefront's cached answers belong to.

Every change that the storefront shows begins a new generation. A cached answer is kept under the generation
that was current *before* its rows were read, so whoever reads slowly files an old answer where nobody will
look again.
"""

from typing import Final

from django.core.cache import cache
from skillwise_kernel.ids import new_id

__all__ = ["GENERATION_KEY", "current_generation"]

GENERATION_KEY: Final = "skillwise_catalog.storefront.generation"


def current_generation() -> str | None:
    """The present generation; None when the cache does not answer, and nothing should be kept."""
    generation: str | None = cache.get(GENERATION_KEY)
    if generation is None:
        # A cache that starts empty: of those who begin the first generation at once, one does.
        cache.add(GENERATION_KEY, new_id().hex, timeout=None)
        generation = cache.get(GENERATION_KEY)
    return generation
