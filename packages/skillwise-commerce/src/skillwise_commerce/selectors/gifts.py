"""What people have given."""

from uuid import UUID

from django.db.models import QuerySet

from skillwise_commerce.models import Gift

__all__ = ["gifts_of_buyer"]


def gifts_of_buyer(*, buyer_id: UUID) -> QuerySet[Gift]:
    """With the line of each: one query, however many."""
    return Gift.objects.filter(buyer_id=buyer_id).select_related("line")
