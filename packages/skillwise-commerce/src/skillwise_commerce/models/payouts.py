"""What instructors have earned, and what was paid out to them."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import TransferStatus
from skillwise_commerce.models.orders import CURRENCY_FORM, OrderLine

__all__ = ["Earning", "Payout", "SellerAccount"]


class Earning(models.Model):
    """An instructor earned, or lost again, a part of a line. Append-only: the sub-ledger of the accounts
    `instructor_payable:<id>`, with which it sums up.

    Above zero for a sale, below it for a refund or a dispute. It can be paid out from `available_at` on, the
    end of the line's refund window; what takes it back carries the same time.
    """

    class Kind(models.TextChoices):
        SALE = "sale", "sale"
        REFUND = "refund", "refund"
        REFUND_FAILED = "refund_failed", "a refund that did not get through"
        DISPUTE = "dispute", "money taken back by a bank"
        DISPUTE_WON = "dispute_won", "money that a bank returned"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller_id = models.UUIDField()
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="earnings")
    course_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=15, choices=Kind)
    reference = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    earned_at = models.DateTimeField()
    available_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["seller_id", "currency", "available_at"],
                include=["amount"],
                name="commerce_earning_available",
            ),
            models.Index(
                F("seller_id"), F("earned_at").desc(), F("id").desc(), name="commerce_earning_of_seller"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "seller_id", "kind", "reference"], name="commerce_earning_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="commerce_earning_not_zero"),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_FORM), name="commerce_earning_currency_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} to {self.seller_id}"


class SellerAccount(models.Model):
    """An instructor as a provider's payee: one for a person and provider."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller_id = models.UUIDField()
    provider = models.CharField(max_length=20)
    provider_account_id = models.CharField(max_length=255)
    can_be_paid = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "provider"], name="commerce_account_once"),
            models.UniqueConstraint(
                fields=["provider", "provider_account_id"], name="commerce_account_id_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.provider_account_id}"


class Payout(models.Model):
    """Available earnings of an instructor in one currency, on their way to them or there. Written before the
    provider hears of it; its id is the provider's idempotency key. An instructor has one pending payout in a
    currency at most.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller_id = models.UUIDField()
    provider = models.CharField(max_length=20)
    provider_account_id = models.CharField(max_length=255)
    provider_transfer_id = models.CharField(max_length=255, null=True)
    attempt = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, default=TransferStatus.PENDING)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    earned_until = models.DateTimeField()
    failure_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                F("seller_id"), F("created_at").desc(), F("id").desc(), name="commerce_payout_of_seller"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "currency"],
                condition=Q(status="pending"),
                name="commerce_payout_pending_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_transfer_id"], name="commerce_payout_id_unique"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="commerce_payout_positive"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(TransferStatus)), name="commerce_payout_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=TransferStatus.PAID) | Q(paid_at__isnull=False),
                name="commerce_payout_paid_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} to {self.seller_id} ({self.status})"

    @property
    def total(self) -> Money:
        return Money(self.amount, self.currency)
