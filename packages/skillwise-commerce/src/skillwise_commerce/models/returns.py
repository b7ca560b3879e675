"""Money that goes back: refunds, and disputes of the buyer's bank."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import DisputeStatus, RefundStatus
from skillwise_commerce.models.orders import CURRENCY_FORM, Order, OrderLine

__all__ = ["Dispute", "Refund", "RefundLine", "RefundLineShare"]


class Refund(models.Model):
    """Money of a paid order that goes, or went, back to its buyer: the sum of its lines.

    Written before the provider hears of it; its id is part of the provider's idempotency key, with `attempt`
    counting definite refusals. `origin` says whose idea it was: one made at the provider, outside our API, is
    recorded when we hear of it.
    """

    class Origin(models.TextChoices):
        POLICY = "policy", "asked for by the buyer, within the policy"
        ADMIN = "admin", "decided by an administrator"
        PROVIDER = "provider", "made at the provider, outside of this API"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=10, default=RefundStatus.PENDING)
    origin = models.CharField(max_length=10, choices=Origin)
    reason = models.CharField(max_length=500, blank=True)
    requested_by = models.UUIDField(null=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_refund_id = models.CharField(max_length=255, null=True)
    attempt = models.PositiveIntegerField(default=0)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    failure_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="commerce_refund_newest"),
            models.Index(
                fields=["updated_at"], condition=Q(status="pending"), name="commerce_refund_pending"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_refund_id"], name="commerce_refund_id_unique"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="commerce_refund_not_negative"),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_FORM), name="commerce_refund_currency_form"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(RefundStatus)), name="commerce_refund_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=RefundStatus.SUCCEEDED) | Q(succeeded_at__isnull=False),
                name="commerce_refund_succeeded_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} of {self.order_id} ({self.status})"

    @property
    def total(self) -> Money:
        return Money(self.amount, self.currency)


class RefundLine(models.Model):
    """What of a refund is for which line; `tax_amount` and `seller_share_amount` are the parts of it that
    were tax and instructors' earnings.

    Trigger `refund_within_paid` locks the order and refuses more than was paid for the line, less what other
    refunds that have not failed give back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField(default=0)
    seller_share_amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="commerce_refund_line_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & Q(tax_amount__gte=0)
                & Q(seller_share_amount__gte=0)
                & Q(amount__gte=F("tax_amount") + F("seller_share_amount")),
                name="commerce_refund_line_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of line {self.line_id}"


class RefundLineShare(models.Model):
    """What one instructor loses by a refunded line; together its `seller_share_amount`. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund_line = models.ForeignKey(RefundLine, on_delete=models.PROTECT, related_name="shares")
    seller_id = models.UUIDField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund_line", "seller_id"], name="commerce_refund_share_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="commerce_refund_share_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.seller_id}"


class Dispute(models.Model):
    """A buyer's bank asks the money back. `fee` is what the provider charges for it, kept when it is lost
    or, as a rule, won.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=20)
    provider_dispute_id = models.CharField(max_length=255)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=100, blank=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    fee_amount = models.BigIntegerField(default=0)
    fee_currency = models.CharField(max_length=3, blank=True, default="")
    is_withdrawn = models.BooleanField(default=False, help_text="the provider has taken the money from us")
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_dispute_id"], name="commerce_dispute_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="commerce_dispute_positive"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(DisputeStatus)), name="commerce_dispute_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} of {self.order_id} ({self.status})"

    @property
    def total(self) -> Money:
        return Money(self.amount, self.currency)
