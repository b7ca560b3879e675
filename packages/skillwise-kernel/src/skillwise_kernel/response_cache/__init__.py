"""Answers to guests, rendered once and kept in two tiers: this process's memory, and Valkey.

    storefront = ResponseCache("skillwise_catalog.storefront")

    path("courses/", storefront.cached(CourseListView.as_view()))  # urls.py
    storefront.value(("suggestions", text), lambda: suggest(text))  # what those who are signed in get, too
    storefront.invalidate()  # after the commit of whatever it shows
    MIDDLEWARE = [..., "skillwise_kernel.response_cache.KeptAnswersMiddleware"]  # last: hits need no URLconf

For GET views whose answer to a guest depends on nothing but the address and what calls `invalidate()`.
docs/decisions/0019 tells why it is right in every process.
"""

from .caching import KeptAnswersMiddleware, ResponseCache

__all__ = ["KeptAnswersMiddleware", "ResponseCache"]
