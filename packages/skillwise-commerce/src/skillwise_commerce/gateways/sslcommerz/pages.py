"""The pages that we have handed to buyers.

SSLCOMMERZ tells a page's address once, opens another for whoever asks again, and closes none: two pages for
one payment can both be paid. So we remember the one that there is, in the cache: should that be lost, the
buyer gets a second page, and a second payment, should they make it, is noted.
"""

from typing import Final

from django.core.cache import cache

from skillwise_commerce.gateways.sslcommerz.calls import Page

__all__ = ["forget_page", "remember_page", "remembered_page"]

#: A session's life is not documented; it is shorter than a day.
PAGE_SECONDS: Final = 24 * 60 * 60


def remember_page(tran_id: str, page: Page) -> Page:
    """The page of this payment from now on: this one, or that of whoever was faster."""
    cache.add(_key(tran_id), (page.sessionkey, page.url), PAGE_SECONDS)
    return remembered_page(tran_id) or page


def remembered_page(tran_id: str) -> Page | None:
    match cache.get(_key(tran_id)):
        case (str(sessionkey), str(url)):
            return Page(sessionkey=sessionkey, url=url)
        case _:
            return None


def forget_page(tran_id: str, page: Page) -> None:
    """To be called when it can no longer be paid; one that has taken its place stays."""
    if remembered_page(tran_id) == page:
        cache.delete(_key(tran_id))


def _key(tran_id: str) -> str:
    return f"commerce:sslcommerz:page:{tran_id}"
