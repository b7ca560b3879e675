"""Courses that were bought for somebody else."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id

from skillwise_commerce.models.orders import Order, OrderLine

__all__ = ["Gift", "GiftIntent"]


class GiftIntent(models.Model):
    """Whom a gift order is for, kept until its payment makes gifts of its lines. Append-only.

    `recipient_id` is identity's id for the address that the codes are mailed to: commerce knows no address.
    """

    order = models.OneToOneField(
        Order, primary_key=True, on_delete=models.PROTECT, related_name="gift_intent"
    )
    recipient_id = models.UUIDField()
    recipient_name = models.CharField(max_length=200)
    message = models.TextField(max_length=1000, blank=True, default="")

    def __str__(self) -> str:
        return f"gift to {self.recipient_id}"


class Gift(models.Model):
    """A course of a paid gift order, for whoever brings the code first. Claimed once (trigger
    `gift_claimed_once`).

    `recipient_id` is whom the code was last mailed to. A gift whose line is refunded is canceled, claimed or
    not. `code` is stored without the dashes that it is printed with.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "nobody has claimed it"
        CLAIMED = "claimed", "somebody has the course"
        EXPIRED = "expired", "nobody claimed it in time"
        CANCELED = "canceled", "its money went back"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="gift")
    buyer_id = models.UUIDField()
    code = models.CharField(max_length=24, unique=True)
    recipient_id = models.UUIDField()
    recipient_name = models.CharField(max_length=200)
    message = models.TextField(max_length=1000, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.UUIDField(null=True, db_index=True)
    canceled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("buyer_id"), F("created_at").desc(), F("id").desc(), name="commerce_gift_of_buyer")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, claimed_by__isnull=True)
                | Q(claimed_at__isnull=False, claimed_by__isnull=False),
                name="commerce_gift_claimed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"gift of {self.line_id}"

    def state(self, *, now: datetime) -> "Gift.State":
        if self.canceled_at is not None:
            return self.State.CANCELED
        if self.claimed_at is not None:
            return self.State.CLAIMED
        return self.State.WAITING if now < self.expires_at else self.State.EXPIRED
