"""Promising somebody a price for some minutes."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from skillwise_commerce.domain.baskets import PricedBasket, basket_from_json
from skillwise_commerce.errors import QuoteExpiredError, QuoteNotFoundError
from skillwise_commerce.models import Quote

__all__ = ["make_quote", "quoted_basket"]


def make_quote(basket: PricedBasket, *, buyer_id: UUID, now: datetime) -> Quote:
    """Promise this basket at this price for `QUOTE_MINUTES`."""
    minutes = settings.SKILLWISE_COMMERCE["QUOTE_MINUTES"]
    return Quote.objects.create(
        buyer_id=buyer_id,
        basket=basket.as_json(),
        total_amount=basket.total.amount,
        total_currency=basket.currency,
        created_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )


def quoted_basket(*, quote_id: UUID, buyer_id: UUID, now: datetime) -> PricedBasket:
    """The basket as it was promised, whatever prices have become since.

    Raises `QuoteNotFoundError`, for another person's quote too, and `QuoteExpiredError`.
    """
    quote = Quote.objects.filter(id=quote_id, buyer_id=buyer_id).first()
    if quote is None:
        raise QuoteNotFoundError
    if now >= quote.expires_at:
        raise QuoteExpiredError
    return basket_from_json(quote.basket)
